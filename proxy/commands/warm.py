"""`media-proxy warm`: what it takes. What walks and asks is loaded when it runs."""

import argparse
from pathlib import Path

from proxy.commands.arguments import utf8
from proxy.commands.catalogue.options import VIEWERS, add_catalogue_arguments
from proxy.commands.terminal import INTERRUPTED, Command, Commands, add_command

WARM = Command(
    "warm",
    "have the running server fetch and draw the catalogue's pictures before anybody asks",
    (
        ((), "the originals alone"),
        (("--transformation", "w-300,h-300", "--transformation", "w-1200"), "and two sizes, for all kinds of viewers"),
        (("--kind", "products", "--family", "cups,mugs", "--since", "7d"), "of some products, changed this week"),
        (("--transformations", "sizes.txt", "--accept", "webp", "--json"), "from a file, in WebP; for a script"),
        (("--dry-run",), "how many there are"),
    ),
    failed="some failed, a list could not be read, or no server answers; the next run tries again",
    statuses={INTERRUPTED: "ended by Ctrl-C; the next run goes on from there"},
    json=True,
)


def add_parser(commands: Commands) -> None:
    warm = add_command(commands, WARM, run)
    drawn = warm.add_argument_group("what is drawn")
    drawn.add_argument(
        "--transformation", type=utf8, action="append", default=[], metavar="WORDS", help="as behind tr:; repeatable"
    )
    drawn.add_argument("--transformations", type=Path, metavar="FILE", help="one a line, # for comments")
    drawn.add_argument(
        "--accept", type=viewers, metavar="KIND,...", help="for viewers of avif, webp, other; all of them"
    )
    drawn.add_argument("--dry-run", action="store_true", help="count what there is to do, and do none of it")
    add_catalogue_arguments(warm, "warm.sqlite")


def run(options: argparse.Namespace) -> int:
    """Raises SettingsError."""
    from proxy.commands.catalogue.warming import warmed  # noqa: PLC0415

    return warmed(options)


def viewers(text: str) -> list[str]:
    wrong = set(text.split(",")) - VIEWERS.keys()
    if wrong:
        raise argparse.ArgumentTypeError(f"{text!r}: expected some of {','.join(VIEWERS)}")
    return [VIEWERS[name] for name in VIEWERS if name in text.split(",")]
