"""Arguments that the commands over a catalogue have in common."""

import argparse
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from proxy.commands.arguments import utf8

FOUND = 3  # the exit status of an audit that has found something
VIEWERS = {"avif": "image/avif,image/webp,*/*", "webp": "image/webp,*/*", "other": "*/*"}
KINDS = ("products", "models", "assets", "records")
AGO = re.compile(r"([1-9]\d{0,5})([mhdw])")
MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
MOST_AT_ONCE = 8


def add_catalogue_arguments(parser: argparse.ArgumentParser, state: str) -> None:
    what = parser.add_argument_group("what of the catalogue")
    what.add_argument("--kind", type=kinds, metavar="KIND,...", help=f"some of {', '.join(KINDS)}; all of them")
    what.add_argument("--family", type=names, default=(), metavar="CODE,...", help="products and models of these alone")
    what.add_argument("--channel", type=utf8, metavar="CODE", help="values of this channel alone")
    what.add_argument("--locale", type=names, default=(), metavar="CODE,...", help="values of these locales alone")
    what.add_argument("--since", type=since, metavar="TIME", help="updated since 2026-01-31T08:00, or 90m, 12h, 7d, 2w")
    what.add_argument("--uuids", action="store_true", help="also products without an identifier; Akeneo 7.0 and later")
    how = parser.add_argument_group("how")
    how.add_argument("--endpoint", type=utf8, metavar="NAME", help="prefix or host, where there are several endpoints")
    how.add_argument("--at-once", type=at_once, default=4, metavar="N", help="files that are asked for together (4)")
    how.add_argument("--state", type=Path, metavar="FILE", help=f"what is done; {state} in the cache directory")
    how.add_argument("--restart", action="store_true", help="forget what is done, and begin anew")
    how.add_argument("--admin", metavar="URL", help="the admin port, http://host:port, if not that of the settings")


def chosen_kinds(options: argparse.Namespace) -> tuple[str, ...]:
    """Assets and records have no family of products."""
    if options.kind is not None:
        return tuple(options.kind)
    return KINDS[:2] if options.family else KINDS


def names(text: str) -> tuple[str, ...]:
    return tuple(name for name in utf8(text).split(",") if name)


def kinds(text: str) -> tuple[str, ...]:
    found = names(text)
    if not found or set(found) - set(KINDS):
        raise argparse.ArgumentTypeError(f"{text!r}: expected some of {','.join(KINDS)}")
    return tuple(kind for kind in KINDS if kind in found)


def since(text: str) -> str:
    moment(text, datetime.now(UTC))
    return text


def moment(text: str, now: datetime) -> datetime:
    """In UTC unless it says otherwise; raises ArgumentTypeError."""
    ago = AGO.fullmatch(text)
    try:
        if ago is not None:
            return now - timedelta(minutes=int(ago[1]) * MINUTES[ago[2]])
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r}: expected 2026-01-31, 2026-01-31T08:00 or 7d") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def at_once(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_AT_ONCE:
        raise argparse.ArgumentTypeError(f"{text!r}: expected 1 to {MOST_AT_ONCE}")
    return int(text)
