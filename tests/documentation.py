"""What of the documentation is made from the code. `make docs` writes it anew, the tests compare it.

A page marks where such a table, or a whole file, stands; what is around it is written by hand.
"""

import argparse
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from proxy.cli import parser
from proxy.commands.terminal import Command
from proxy.imagekit.layer_parameters import CANVAS, IMAGE, POSITION, TEXT
from proxy.imagekit.parameter import Parameter
from proxy.imagekit.parameters import PARAMETERS
from proxy.imagekit.refusals import ADDRESSES, PASSED_OVER, REFUSED, Absence
from tests import samples

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
RECIPES = sorted(path for path in (ROOT / "docs/recipes").iterdir() if path.is_file())
MARKED = re.compile(r"(<!-- made by make docs: ([\w-]+) -->\n).*?(<!-- until here -->)", re.DOTALL)
LAYERS = [("`l-image`", IMAGE), ("position", POSITION), ("`l-image,i-ik_canvas`", CANVAS), ("`l-text`", TEXT)]


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    head, *lines = (f"| {' | '.join(cells)} |" for cells in (heads, *rows))
    return "\n".join([head, "|---" * len(heads) + "|", *lines, ""])


def code(*words: str) -> str:
    return " ".join(f"`{word}`" for word in words)


def parameters() -> str:
    rows = ((code(row.key), row.about, row.accepts) for row in PARAMETERS)
    return table(("key", "what it does", "values"), rows)


def layer_parameters() -> str:
    rows = ((layer, code(row.key), row.about, row.accepts) for layer, them in LAYERS for row in them)
    return table(("layer", "key", "what it does", "values"), rows)


def compared(rows: Iterable[Parameter]) -> str:
    heads = ("key", "what it does", "compared with ImageKit")
    return table(heads, ((code(row.key), row.about, str(row.verdict)) for row in rows))


def compared_parameters() -> str:
    return compared(PARAMETERS)


def compared_layer_parameters() -> str:
    rows = ((layer, code(row.key), row.about, str(row.verdict)) for layer, them in LAYERS for row in them)
    return table(("layer", "key", "what it does", "compared with ImageKit"), rows)


def absences(rows: Iterable[Absence]) -> str:
    heads = ("word", "what it is", "compared with ImageKit", "answer")
    return table(heads, ((code(*row.words), row.about, str(row.verdict), row.answer) for row in rows))


def refused() -> str:
    return absences((*REFUSED, *PASSED_OVER, *ADDRESSES))


def commands_there() -> list[Command]:
    """Those of groups too, such as `sync cloudinary link`."""
    return list(commands_below(parser()))


def commands_below(top: argparse.ArgumentParser) -> Iterator[Command]:
    command: Command | None = top.get_default("command")
    if command is not None:
        yield command
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from commands_below(below)


def commands() -> str:
    rows = ((code(it.name), it.help, "yes" if it.json else "") for it in commands_there())
    return table(("command", "what it does", "`--json`"), rows)


def exit_statuses() -> str:
    rows = ((code(it.name), code(str(status)), when) for it in commands_there() for status, when in it.endings.items())
    return table(("command", "exit status", "when"), rows)


def pictures(group: str) -> str:
    """One row for each sample; the path is that from the page of the reference."""
    rows = (
        (f"![{one.name}](images/reference/{one.path.name})", code(f"tr:{one.steps}"), one.about)
        for one in samples.GROUPS[group]
    )
    return table(("picture", "in the URL", "what it does"), rows)


def recipe(path: Path) -> str:
    """A whole file, as code."""
    return f"```{path.suffix[1:]}\n{path.read_text(encoding='utf-8')}```\n"


TABLES: dict[str, Callable[[], str]] = {
    "parameters": parameters,
    "layer-parameters": layer_parameters,
    "compared-parameters": compared_parameters,
    "compared-layer-parameters": compared_layer_parameters,
    "refused": refused,
    "commands": commands,
    "exit-statuses": exit_statuses,
    **{f"pictures-{group}": partial(pictures, group) for group in samples.GROUPS},
    **{f"recipe-{path.stem.replace('.', '-')}-{path.suffix[1:]}": partial(recipe, path) for path in RECIPES},
}


def refreshed(page: str) -> str:
    """The page with the tables of today."""
    return MARKED.sub(lambda mark: f"{mark[1]}\n{TABLES[mark[2]]()}\n{mark[3]}", page)


def write() -> None:
    samples.write()
    for path in PAGES:
        page = path.read_text(encoding="utf-8")
        path.write_text(refreshed(page), encoding="utf-8")


if __name__ == "__main__":
    write()
