"""The C is for the usual compilers, whose extensions differ."""

import shutil
from pathlib import Path

import pytest

from hatch_build import compile_library
from proxy.native.library import opened


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_compilers_take_it_without_a_warning(compiler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not shutil.which(compiler):
        pytest.skip(f"there is no {compiler}")
    monkeypatch.setenv("CC", compiler)

    compile_library(tmp_path / "native.so", "-Werror", "-O1")

    assert opened(tmp_path / "native.so") is not None
