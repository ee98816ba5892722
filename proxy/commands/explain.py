"""`media-proxy explain URL`: what it takes. What explains is loaded when it runs."""

import argparse
import re

from proxy.commands.arguments import utf8
from proxy.commands.terminal import Command, Commands, add_command

SIZE = re.compile(r"([1-9]\d{0,4})x([1-9]\d{0,4})")
HEADER_HELP = "of the viewer: Sec-CH-Width, Sec-CH-DPR, Save-Data; may be given more than once"
BROWSER = "image/avif,image/webp,*/*"
URL = "https://img.example.com/tr:w-400,h-300:rt-90/media-files/1/2/a/b/12ab_mug.jpg"
EXPLAIN = Command(
    "explain",
    "what a URL means: plan, sizes, cache key, ignored or wrong parts",
    (
        ((URL, "--size", "1000x600"), "of an original of this size"),
        (("/tr:w-400/media-files/a.jpg", "--json"), "for a script"),
    ),
    failed="the URL would be answered with an error",
    json=True,
)


def add_parser(commands: Commands) -> None:
    explain = add_command(commands, EXPLAIN, run)
    explain.add_argument("url", type=utf8, metavar="URL", help="whole, or from its first slash on")
    explain.add_argument("--accept", default=BROWSER, metavar="TYPES", help=f"of the viewer; without it {BROWSER}")
    explain.add_argument("--header", type=header, action="append", default=[], metavar="NAME:VALUE", help=HEADER_HELP)
    explain.add_argument("--size", type=sides, metavar="WxH", help="of the original, where it is not in the cache")


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
