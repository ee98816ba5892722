"""The programs that no test runs begin, at least: what they take from each other is there."""

import importlib
from pathlib import Path

import pytest

import benchmarks

ROOT = Path(benchmarks.__path__[0])
MODULES = [
    ".".join(("benchmarks", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    for path in sorted(ROOT.rglob("*.py"))
]


@pytest.mark.parametrize("module", MODULES)
def test_every_module_can_be_loaded(module: str) -> None:
    assert importlib.import_module(module)
