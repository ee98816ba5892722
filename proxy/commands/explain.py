"""`media-proxy explain URL`: what it takes. What explains is loaded when it runs."""

import argparse
import re
from pathlib import Path

from proxy.commands.arguments import utf8

SIZE = re.compile(r"([1-9]\d{0,4})x([1-9]\d{0,4})")
HEADER_HELP = "of the viewer: Sec-CH-Width, Sec-CH-DPR, Save-Data; may be given more than once"
BROWSER = "image/avif,image/webp,*/*"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    explain = commands.add_parser("explain", help="what a URL means: plan, sizes, cache key, ignored or wrong parts")
    explain.add_argument("url", type=utf8, metavar="URL", help="whole, or from its first slash on")
    explain.add_argument("--json", action="store_true", help="as a JSON object")
    explain.add_argument("--accept", default=BROWSER, metavar="TYPES", help=f"of the viewer; without it {BROWSER}")
    explain.add_argument("--header", type=header, action="append", default=[], metavar="NAME:VALUE", help=HEADER_HELP)
    explain.add_argument("--size", type=sides, metavar="WxH", help="of the original, where it is not in the cache")
    explain.add_argument("--config", type=Path, metavar="FILE", help="settings in TOML; the environment goes over them")
    explain.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Raises SettingsError."""
    from proxy.commands.explaining import explained  # noqa: PLC0415

    return explained(options)


def header(text: str) -> tuple[str, str]:
    """`Sec-CH-DPR: 2`"""
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r}: expected NAME:VALUE such as Sec-CH-DPR:2")
    return name.strip(), value.strip()


def sides(text: str) -> tuple[int, int]:
    """Pixels of `1000x600`."""
    match = SIZE.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r}: expected pixels such as 1000x600")
    return int(match[1]), int(match[2])
