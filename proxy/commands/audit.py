"""`media-proxy audit`: what it takes. What walks, looks and writes is loaded when it runs."""

import argparse
import re
from pathlib import Path

from proxy.commands.catalogue.options import FOUND, add_catalogue_arguments
from proxy.commands.terminal import INTERRUPTED, Command, Commands, add_command

RATIO = re.compile(r"(\d+(?:\.\d+)?)(?:[:x/-](\d+(?:\.\d+)?))?")
AUDIT = Command(
    "audit",
    "have the running server look at the catalogue's pictures, and tell which need somebody's care",
    (
        ((), "what is missing, broken, CMYK or there twice"),
        (("--min-width", "1200", "--ratio", "1:1"), "also what is too small, and what is not square"),
        (("--html", "audit.html", "--csv", "audit.csv"), "as a page with thumbnails, and for a spreadsheet"),
        (("--kind", "products", "--family", "cups", "--json"), "some products; for a script"),
    ),
    failed="some could not be looked at, a list could not be read, or no server answers",
    statuses={
        0: "done, and nothing was found",
        FOUND: "done, and something was found",
        INTERRUPTED: "ended by Ctrl-C; the next run goes on from there",
    },
    json=True,
)


def add_parser(commands: Commands) -> None:
    audit = add_command(commands, AUDIT, run)
    wanted = audit.add_argument_group("what is wanted of a picture")
    wanted.add_argument("--min-width", type=pixels, default=0, metavar="PIXELS", help="as it is seen, turned upright")
    wanted.add_argument("--min-height", type=pixels, default=0, metavar="PIXELS")
    wanted.add_argument("--ratio", type=ratio, metavar="W:H", help="width to height, such as 1:1 or 4:3")
    wanted.add_argument("--tolerance", type=percent, default=0.02, metavar="N%%", help="how far it may be off (2%%)")
    told = audit.add_argument_group("how it is told")
    told.add_argument("--csv", type=Path, metavar="FILE", help="a row for each place where a file is named")
    told.add_argument("--html", type=Path, metavar="FILE", help="one page, with thumbnails in it")
    told.add_argument(
        "--thumbnails", type=pixels, default=1000, metavar="N", help="how many the page has at most (1000)"
    )
    add_catalogue_arguments(audit, "audit.sqlite")


def run(options: argparse.Namespace) -> int:
    """Raises SettingsError."""
    from proxy.commands.catalogue.auditing import audited  # noqa: PLC0415

    return audited(options)


def pixels(text: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number such as 1200")
    return int(text)


def ratio(text: str) -> float:
    match = RATIO.fullmatch(text)
    width, height = (float(match[1]), float(match[2] or 1)) if match else (0.0, 0.0)
    if not width or not height:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a ratio such as 4:3")
    return width / height


def percent(text: str) -> float:
    try:
        share = float(text.removesuffix("%")) / 100
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a percentage such as 2%")
    return share
