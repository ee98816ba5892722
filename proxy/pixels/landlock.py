"""Files that a worker may not touch: it changes none, and reads only below some directories (Landlock, Linux 5.13).

Rules are bound to directories as they are now: of one that may be made anew later, the one above it is to be named.
"""

import ctypes
import os
import site
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from proxy.pixels.linux import system_call

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION, BELOW_A_PATH = 1, 1
EXECUTE, READ_FILE, READ_DIRECTORY = 1 << 0, 1 << 2, 1 << 3
READS = READ_FILE | READ_DIRECTORY
# Kinds of access that a version knows: to write, make, remove, execute...; TCP; signals and abstract sockets.
FILE_ACCESS = {1: 13, 2: 14, 3: 15, 5: 16}
TCP_SINCE, SCOPES_SINCE = 4, 6
MACHINE = ("/usr", "/lib", "/lib64", "/etc", "/opt", "/dev/null", "/dev/urandom", "/proc/self", "/proc/cpuinfo",
           "/proc/meminfo", "/sys/devices/system/cpu")  # fmt: skip
FONTS = (".fonts", ".local/share/fonts")  # below the user's home


class Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class Below(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("directory", ctypes.c_int32))


def restrict_files(readable: Sequence[Path]) -> None:
    """For the rest of this process; raises OSError where the kernel does not offer it.

    Without anything `readable` all may be read, and nothing be changed. After `PR_SET_NO_NEW_PRIVS`.
    """
    version = system_call(CREATE_RULESET, None, 0, ASK_VERSION)
    files = (1 << max(bits for since, bits in FILE_ACCESS.items() if since <= version)) - 1
    if not readable:
        files &= ~READS
    attributes = Ruleset(files, 0b11 if version >= TCP_SINCE else 0, 0b11 if version >= SCOPES_SINCE else 0)
    size = 24 if version >= SCOPES_SINCE else 16 if version >= TCP_SINCE else 8
    rules = system_call(CREATE_RULESET, ctypes.byref(attributes), size, 0)
    try:
        for path in places(readable) if readable else ():
            allow_reading(rules, path)
        system_call(RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def places(readable: Iterable[Path]) -> set[Path]:
    """With what Python and the libraries load when they need it. Never the root, below which everything lies; nor where
    the server was started, which Python puts among its libraries.
    """
    started_in = {Path(), Path.cwd(), Path("/")}
    libraries = {
        Path(entry) for entry in (sys.prefix, sys.base_prefix, *sys.path, *site.getsitepackages())
    } - started_in
    fonts = (Path.home() / name for name in FONTS)
    chosen = {*readable, *fonts, *map(Path, MACHINE), *libraries, Path(__file__).parents[1]}
    return {place for place in chosen if os.path.realpath(place) != "/"}


def allow_reading(rules: int, path: Path) -> None:
    """What is not there needs no rule."""
    try:
        file = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed = READS if path.is_dir() else READ_FILE
        system_call(ADD_RULE, rules, BELOW_A_PATH, ctypes.byref(Below(allowed, file)), 0)
    finally:
        os.close(file)
