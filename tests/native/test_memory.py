"""The compiled functions touch nothing but what they are given."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
BEYOND = """
import ctypes
from tests.native.guarded import guarded
with guarded(100, at_end={at_end}) as start:
    print(len(ctypes.string_at(start, 100)), flush=True)
    ctypes.string_at(start + {at}, 1)
"""


def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-X", "faulthandler=0", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("library", ["compiled", "plain"])
def test_nothing_beyond_the_pixels_is_touched(library: str, request: pytest.FixtureRequest) -> None:
    path: Path = request.getfixturevalue(library)

    run = ran("-m", "tests.native.guarded", str(path), "1500")

    assert (run.returncode, run.stdout) == (0, "1500 cases\n"), run.stderr


@pytest.mark.parametrize(("at_end", "at"), [(True, 100), (False, -1)], ids=["behind", "before"])
def test_a_byte_beyond_would_be_noticed(at_end: bool, at: int) -> None:
    run = ran("-c", BEYOND.format(at_end=at_end, at=at))

    assert (run.returncode, run.stdout) == (-signal.SIGSEGV, "100\n")
