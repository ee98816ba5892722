"""What the C library holds free between what is in use goes back to the system."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from proxy.web import free_memory
from proxy.web.free_memory import giving_back
from tests.site import Site

MEBIBYTE = 2**20
COUNT, BYTES = 40_000, 3000


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def test_it_is_given_back_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    async def pause(seconds: float) -> None:
        calls.append("pause")
        if calls.count("pause") == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(free_memory, "giving_back", lambda: lambda _: calls.append("given"))
    with pytest.raises(asyncio.CancelledError):
        await free_memory.give_back_regularly(pause)

    assert calls == ["pause", "given", "pause", "given", "pause"]


async def test_a_server_gives_it_back(site: Site) -> None:
    assert "give_back_regularly" in {chore.get_coro().__qualname__ for chore in site.server.chores}  # type: ignore[union-attr]


def test_threads_share_one_heap() -> None:
    """Of sixteen threads that allocate and let go, in a process of its own."""
    code = (
        "import sys, threading; from proxy.web.free_memory import share_one_heap\n"
        "if sys.argv[1] == 'one': assert share_one_heap()\n"
        "gate = threading.Barrier(16)\n"
        "def work():\n    held = [bytes(9000) for _ in range(50)]; gate.wait()\n"
        "threads = [threading.Thread(target=work) for _ in range(16)]\n"
        "[it.start() for it in threads]; [it.join() for it in threads]\n"
        "print(open('/proc/self/maps').read().count('---p 00000000 00:00 0'))\n"
    )
    reserved = {
        heaps: int(subprocess.run([sys.executable, "-c", code, heaps], capture_output=True, check=True).stdout)
        for heaps in ("one", "many")
    }
    assert reserved["one"] < reserved["many"] - 4


def test_holes_between_what_stays_are_given_back() -> None:
    give_back = giving_back()
    if give_back is None:
        pytest.skip("this C library has no malloc_trim")
    pieces = [bytearray(BYTES) for _ in range(COUNT)]
    stays = pieces[::40]
    del pieces
    before = resident_bytes()
    give_back(0)
    given = before - resident_bytes()
    assert len(stays) == COUNT // 40
    assert given > COUNT * BYTES // 4, f"{given / MEBIBYTE:.0f} MiB"
