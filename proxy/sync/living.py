"""Is a process still there? Told only of one that this one can see: of the same start of the same host."""

import os
import socket
from pathlib import Path

PROC = Path("/proc")
BEHIND_NAME = 2  # the name of a program may have blanks and brackets in it
STATE, STARTED = 0, 19  # of the words behind it
ENDED = ("Z", "X")  # it is no more, only nobody has asked how it ended


def this_process() -> str:
    """`place:pid:start`; the place is empty where there is no telling, and then it is never told dead."""
    return f"{place()}:{os.getpid()}:{start_of(os.getpid()) or ''}"


def is_dead(owner: str) -> bool:
    """Of an owner that begins with a `this_process()`. Anything in doubt is alive: its lease ends by itself."""
    where, _, rest = owner.partition(":")
    pid, _, rest = rest.partition(":")
    started = rest.partition(":")[0]
    if not where or where != place() or not pid.isdecimal() or not started:
        return False
    return start_of(int(pid)) != started


def place() -> str:
    """The host, its start and the namespace of its processes: containers may share a host's name."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        namespace = os.readlink(PROC / "self/ns/pid")
    except OSError:
        return ""
    return f"{socket.gethostname()}/{boot}/{namespace.replace(':', '')}"


def start_of(pid: int) -> str | None:
    """In ticks since the host's start, which tells it from a later one of the same number; None if it is no more."""
    try:
        words = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[BEHIND_NAME].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if words[STATE] in ENDED else words[STARTED]
