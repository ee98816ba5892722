"""Whoever was killed is known to be gone: nobody waits two minutes for its lease."""

import subprocess
import sys
from pathlib import Path

import pytest

from proxy.sync.leases import Leases
from proxy.sync.living import is_dead, this_process
from proxy.sync.outcomes import LeaseHeld
from proxy.sync.state.state import State


@pytest.fixture(scope="module")
def dead() -> str:
    """A process that has ended."""
    code = "from proxy.sync.living import this_process; print(this_process())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return ended.stdout.strip()


async def test_the_lease_of_a_dead_process_of_this_host_is_taken_over_at_once(tmp_path: Path, dead: str) -> None:
    async with State(tmp_path / "state") as state:
        assert await state.acquire_lease("asset:cloudinary:3f9c", f"{dead}:ab12:cd34")

        async with Leases(state).hold("asset:cloudinary:3f9c"):
            with pytest.raises(LeaseHeld):  # of a process that is there
                async with Leases(state).hold("asset:cloudinary:3f9c"):
                    raise AssertionError


def test_who_is_of_another_place_is_not_told_dead() -> None:
    where, pid, start = this_process().split(":")

    assert not is_dead(f"{where}:{pid}:{start}:x")
    assert is_dead(f"{where}:{pid}:{start}1:x")  # a later one has its number
    assert not is_dead(f"elsewhere:{pid}:{start}1:x")
    assert not is_dead(f":{pid}::x")
    assert not is_dead("somebody")
