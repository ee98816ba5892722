"""What the C library holds free between what is in use goes back to the system."""

import os
from pathlib import Path

import pytest

from proxy.web.free_memory import giving_back

MEBIBYTE = 2**20
COUNT, BYTES = 40_000, 3000


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


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
