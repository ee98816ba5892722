"""What every command has in common: its help with examples, its exit statuses, colours, JSON and errors.

Known before anything runs, so nothing but the standard library is loaded here.
"""

import argparse
import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TextIO, TypeAlias
from unicodedata import category

DONE, FAILED, WRONG, INTERRUPTED, CUT_OFF = 0, 1, 2, 130, 141  # exit statuses; the last two as a shell has them
ALWAYS = {
    DONE: "done",
    WRONG: "wrong arguments or settings",
    INTERRUPTED: "ended by Ctrl-C",
    CUT_OFF: "nobody reads on",
}
NAME = "media-proxy"
DISTRIBUTION = "akeneo-media-proxy"
CONFIG_HELP = "settings in TOML; the environment goes over them"
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # of Unicode
PAINT = re.compile(r"(\x1b\[(?:31|32|33|[012])m)")  # ours
RED, GREEN, YELLOW, BOLD, FAINT = "31", "32", "33", "1", "2"

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Run = Callable[[argparse.Namespace], int]


@dataclass(frozen=True)
class Command:
    """`name`: the words of it. `examples`: arguments behind the name, and what they do. `failed`: what exit status 1
    says, if there is such an end; `statuses`: others than those that every command has, or with another meaning.
    `json`: it takes `--json`. `config`: what `--config` says of its file.
    """

    name: str
    help: str
    examples: tuple[tuple[tuple[str, ...], str], ...]
    failed: str = ""
    statuses: Mapping[int, str] | None = None
    json: bool = False
    config: str = CONFIG_HELP

    @property
    def endings(self) -> dict[int, str]:
        """Every exit status with its meaning, in order."""
        failed = {FAILED: self.failed} if self.failed else {}
        return dict(sorted((ALWAYS | failed | dict(self.statuses or {})).items()))

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The examples, as one types them."""
        return [(shlex.join((NAME, *self.name.split(), *words)), meaning) for words, meaning in self.examples]


def add_command(commands: Commands, command: Command, run: Run) -> argparse.ArgumentParser:
    """Its parser, for the arguments that are its own. `run` gives the exit status and may raise SettingsError."""
    parser = commands.add_parser(
        command.name.split()[-1],
        help=command.help,
        description=sentence(command.help),
        epilog=epilog(command),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if command.json:
        parser.add_argument("--json", action="store_true", help="for a script: one JSON object")
    parser.add_argument("--config", type=Path, metavar="FILE", help=command.config)
    parser.set_defaults(run=run, command=command)
    return parser


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def epilog(command: Command) -> str:
    statuses = [(str(status), meaning) for status, meaning in command.endings.items()]
    return "\n\n".join((listing("examples", command.lines), listing("exit status", statuses)))


def listing(title: str, rows: list[tuple[str, str]]) -> str:
    """Pairs below a title; the second one has its own line where the first is long."""
    short = [len(left) for left, _ in rows if len(left) <= 44]
    width = max(short, default=0)
    lines = [
        f"  {left:<{width}}  {right}" if len(left) <= width else f"  {left}\n      {right}" for left, right in rows
    ]
    return "\n".join((f"{title}:", *lines))


class ShowVersion(argparse.Action):
    """`--version`, which is looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print_line(f"{NAME} {metadata.version(DISTRIBUTION)}")
        parser.exit(DONE)


def paint(text: str, color: str, stream: TextIO) -> str:
    """Coloured where a person looks at it."""
    return f"\x1b[{color}m{text}\x1b[0m" if shows_colors(stream) else text


def shows_colors(stream: TextIO) -> bool:
    """On a terminal that knows colours, unless NO_COLOR is set to anything."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_json(facts: object) -> None:
    sys.stdout.write(json.dumps(facts, indent=2) + "\n")


def print_line(*lines: str) -> None:
    """Each of them is one, whatever names it has: a terminal obeys nobody but us."""
    sys.stdout.write("".join(f"{clean(line)}\n" for line in lines))


def print_error(message: object) -> None:
    """One line, where it does not mix with what a script reads."""
    sys.stderr.write(f"{paint(f'{NAME}:', RED, sys.stderr)} {clean(str(message))}\n")


def clean(line: str) -> str:
    """Without what would move the cursor, begin a line or turn the text round; our own colours stay."""
    return "".join(part if PAINT.fullmatch(part) else "".join(map(seen, part)) for part in PAINT.split(line))


def seen(letter: str) -> str:
    return "?" if letter != "\t" and category(letter) in UNSEEN else letter
