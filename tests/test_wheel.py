"""The wheel: with what is compiled and without its source, or, where there is no compiler, without either."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from tests.native.needs import needs_compiler

ROOT = Path(__file__).parent.parent
FILES = ["pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "proxy/__init__.py"]
NATIVE = "proxy/native"


def build(directory: Path, **environment: str) -> tuple[Path, str]:
    """Of the little that it takes; the wheel and what was said meanwhile."""
    (directory / "proxy").mkdir()
    for name in FILES:
        shutil.copyfile(ROOT / name, directory / name)
    shutil.copytree(ROOT / NATIVE, directory / NATIVE, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    done = subprocess.run(
        command, cwd=directory, env=os.environ | environment, capture_output=True, text=True, check=True
    )
    [wheel] = (directory / "dist").glob("*.whl")
    return wheel, done.stdout + done.stderr


def names(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if name.startswith(NATIVE)}


@needs_compiler
def test_a_wheel_holds_what_was_compiled_and_no_source_of_it(tmp_path: Path) -> None:
    wheel, _ = build(tmp_path)

    assert f"{NATIVE}/native.so" in names(wheel)
    assert not [name for name in names(wheel) if name.endswith((".c", ".h"))]
    assert not wheel.name.endswith("-none-any.whl")


def test_a_wheel_is_made_without_a_compiler_too_and_that_is_said(tmp_path: Path) -> None:
    wheel, told = build(tmp_path, CC="false")

    assert f"{NATIVE}/library.py" in names(wheel)
    assert f"{NATIVE}/native.so" not in names(wheel)
    assert wheel.name.endswith("-py3-none-any.whl")
    assert "proxy/native is not compiled" in told
