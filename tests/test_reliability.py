"""What docs/reliability.md tells of can be run: each test that it names exists, and so do commands and metrics."""

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from proxy.configuration import setting_names
from proxy.metrics import Metrics

PAGE = Path("docs/reliability.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| fault |")]
CELLS = 5


def cells_of(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def named_in_the_suite() -> set[str]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in Path("tests").rglob("test_*.py")]
    functions = (
        node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return {function.name for function in functions if function.name.startswith("test_")}


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))

    assert named
    assert named - named_in_the_suite() == set()


def test_every_command_that_is_named_exists() -> None:
    commands = set(re.findall(r"`python -m (benchmarks\.\w+)", PAGE))
    targets = set(re.findall(r"`make (\w+)`", PAGE))
    makefile = Path("Makefile").read_text(encoding="utf-8")

    assert commands
    assert [command for command in commands if find_spec(command) is None] == []
    assert [target for target in targets if f"\n{target}:" not in makefile] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: cells_of(row)[0][:40])
def test_every_row_can_be_reproduced(row: str) -> None:
    cells = cells_of(row)

    assert len(cells) == CELLS
    assert re.search(r"`test_\w+`|`python -m benchmarks\.\w+|`make \w+`", cells[-1])


def test_every_metric_and_setting_that_is_named_exists() -> None:
    metrics = {family.name for family in Metrics().registry.collect()}
    told = {name for row in ROWS for name in re.findall(r"`([a-z_]+)`", cells_of(row)[3])}

    assert [name for name in told if f"media_proxy_{name.removesuffix('_total')}" not in metrics] == []
    assert set(re.findall(r"`(MEDIA_PROXY_\w+)`", PAGE)) <= set(setting_names())
