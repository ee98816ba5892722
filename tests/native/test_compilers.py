"""The C is for the usual compilers, whose extensions differ."""

import shutil
from pathlib import Path

import pytest

from hatch_build import compile_library
from proxy.native.library import opened

COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)]  # clang is a gigabyte: where it is, it is asked


@pytest.mark.parametrize("compiler", COMPILERS)
def test_compilers_take_it_without_a_warning(compiler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", compiler)

    compile_library(tmp_path / "native.so", "-Werror", "-O1")

    assert opened(tmp_path / "native.so") is not None
