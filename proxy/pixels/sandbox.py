"""What a worker may use: memory, no files of its own, no network, less processor time than the server.

Each measure is taken as far as the platform offers it to somebody who is not root; what is in force has a name.
"""

import os
import resource
import signal
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from proxy.pixels.landlock import restrict_files
from proxy.pixels.linux import LINUX, PR_SET_NO_NEW_PRIVS, PR_SET_PDEATHSIG, prctl
from proxy.pixels.seccomp import refuse_system_calls

NICENESS = 10  # below the server, so that cached answers stay quick while the machine renders
OPEN_FILES = 128


def confine(memory_bytes: int, readable: Sequence[Path] = ()) -> list[str]:
    """For the rest of this process; gives back the names of what is enforced. `readable`: all, if empty."""
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which lets running work finish
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    measures: dict[str, Callable[[], None]] = {
        "rlimits": partial(lower_limits, memory_bytes),
        "no-new-privileges": partial(prctl, PR_SET_NO_NEW_PRIVS, 1),
        "landlock-reads" if readable else "landlock": partial(restrict_files, readable),
        "seccomp": refuse_system_calls,
    }
    return [name for name, measure in measures.items() if is_taken(measure)]


def is_taken(measure: Callable[[], None]) -> bool:
    try:
        measure()
    except (OSError, AttributeError):  # an older kernel, a container that forbids it, no Linux
        return False
    return True


def lower_limits(memory_bytes: int) -> None:
    """RLIMIT_DATA counts memory that is written to, not what is only reserved."""
    lower(resource.RLIMIT_DATA, memory_bytes)
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_FSIZE, 0)
    lower(resource.RLIMIT_NOFILE, OPEN_FILES)


def lower(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (wanted, wanted))


def die_with_parent() -> None:
    """Linux only; elsewhere the closed connection ends a worker between two jobs."""
    if LINUX:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def resident_bytes() -> int:
    """Memory that this process holds at the moment; 0 where the platform does not say."""
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()
    except OSError:
        return 0
