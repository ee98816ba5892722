"""What the nursery says in the log before it is asked for anything."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from proxy.native.presence import NO_TURBOJPEG, NOT_COMPILED, Missing
from proxy.pixels.processes import LARGE_PAGES, TUNABLES, Processes

ROOT = Path(__file__).parents[2]
WITHOUT = """
from proxy.native import library, turbojpeg
library.CAN_UNFILTER = library.CAN_RESAMPLE = turbojpeg.CAN_READ_PLANES = False
from proxy.pixels.nursery import main
main()
"""


@pytest.mark.parametrize("trouble", [NOT_COMPILED, NO_TURBOJPEG])
def test_it_warns_of_what_is_missing(trouble: Missing) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.close()  # so that it ends when it has read once

    with theirs:
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT],
            stdin=theirs.fileno(),
            stderr=subprocess.PIPE,
            text=True,
            check=True,
            cwd=ROOT,
        )

    assert f"WARNING proxy.pixels {trouble.told}. {trouble.repair}" in done.stderr


async def test_large_pages_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two words on the same the C library takes the last."""
    monkeypatch.setenv(TUNABLES, "glibc.malloc.hugetlb=0")
    processes = Processes(2**30)
    processes.prepare()
    assert processes.process is not None

    environment = environment_of(processes.process.pid)
    await processes.close()

    assert f"{TUNABLES}={LARGE_PAGES}:glibc.malloc.hugetlb=0".encode() in environment


def environment_of(process: int) -> bytes:
    """Some versions of the C library end each word on it with a zero, in place."""
    return Path(f"/proc/{process}/environ").read_bytes().replace(b"\0", b":")
