"""What a worker may use: memory, no files of its own, less processor time than the server."""

import ctypes
import os
import resource
import signal
import sys

NICENESS = 5  # below the server, so that cached answers stay quick while the machine renders
OPEN_FILES = 128
PR_SET_PDEATHSIG = 1


def confine(memory_bytes: int) -> None:
    """For the rest of this process. RLIMIT_DATA counts memory that is written to, not what is only reserved."""
    os.nice(NICENESS)
    lower(resource.RLIMIT_DATA, memory_bytes)
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_FSIZE, 0)
    lower(resource.RLIMIT_NOFILE, OPEN_FILES)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which lets running work finish
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def lower(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (wanted, wanted))


def die_with_parent() -> None:
    """Linux only; elsewhere the closed connection ends a worker between two jobs."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def resident_bytes() -> int:
    """Memory that this process holds at the moment; 0 where the platform does not say."""
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()
    except OSError:
        return 0
