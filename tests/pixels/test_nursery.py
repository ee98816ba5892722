"""What the nursery says in the log before it is asked for anything."""

import socket
import subprocess
import sys
from pathlib import Path

from proxy.native.presence import NOT_COMPILED

ROOT = Path(__file__).parents[2]
WITHOUT = """
import proxy.native.library as library
library.CAN_UNFILTER = library.CAN_RESAMPLE = False
from proxy.pixels.nursery import main
main()
"""


def test_it_warns_where_nothing_was_compiled() -> None:
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

    assert f"WARNING proxy.pixels {NOT_COMPILED.told}. {NOT_COMPILED.repair}" in done.stderr
