"""Calls to Linux that Python has no words for."""

import ctypes
import os
import sys
from typing import Any

PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 22, 38
LINUX = sys.platform == "linux"


def prctl(option: int, *arguments: Any) -> None:
    """Raises OSError."""
    filled = [*arguments, 0, 0, 0, 0][:4]
    checked(ctypes.CDLL(None, use_errno=True).prctl(option, *map(wide, filled)))


def system_call(number: int, *arguments: Any) -> int:
    """Raises OSError."""
    return checked(ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *map(wide, arguments)))


def wide(argument: Any) -> Any:
    """Numbers as wide as a register; pointers are it by themselves."""
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
