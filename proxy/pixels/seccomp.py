"""System calls that a worker never needs are refused: sockets, other programs and processes, the machine's own affairs.

A filter of the kernel's (seccomp), made by hand: a list of comparisons with the number of the call. Everything else is
allowed, since which calls the codecs make changes with their versions and with the C library.
"""

import ctypes
import errno
import os
import platform
import struct

from proxy.pixels.linux import PR_SET_SECCOMP, prctl

SECCOMP_MODE_FILTER = 2
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
LOAD, EQUAL, AT_LEAST, HAS_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT = 0, 4, 16  # in what the filter is shown
CLONE_THREAD = 0x10000
OTHER_WORLD = 0x40000000  # x86-64's calls with 32-bit pointers have numbers from here on

# By architecture: its name for the kernel, and the numbers of calls (x86-64; arm64, which shares the later ones).
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
REFUSED: dict[str, tuple[int, int | None]] = {
    "socket": (41, 198), "connect": (42, 203), "accept": (43, 202), "accept4": (288, 242), "bind": (49, 200),
    "listen": (50, 201), "socketpair": (53, 199),
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "kill": (62, 129), "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97),
    "setns": (308, 268), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "reboot": (169, 142), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "add_key": (248, 217), "request_key": (249, 218),
    "keyctl": (250, 219), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
}  # fmt: skip
CLONE, CLONE3, TGKILL, PRLIMIT = (56, 220), (435, 435), (234, 131), (302, 261)


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def refuse_system_calls() -> None:
    """For the rest of this process and its threads; raises OSError where the kernel does not offer it.

    After `PR_SET_NO_NEW_PRIVS`, without which only root may.
    """
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no filter for {machine}")
    steps = b"".join(filter_for(machine, os.getpid()))
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(Program(len(steps) // 8, steps)))


def filter_for(machine: str, process_id: int) -> list[bytes]:
    column = list(ARCHITECTURES).index(machine)
    numbers = [pair[column] for pair in REFUSED.values()]
    return [
        step(LOAD, ARCHITECTURE_AT),
        step(EQUAL, ARCHITECTURES[machine], 1, 0),
        step(RETURN, KILL),
        step(LOAD, NUMBER_AT),
        *unless(AT_LEAST, OTHER_WORLD, refusing()),
        *(part for number in numbers if number is not None for part in unless(EQUAL, number, refusing())),
        *unless(EQUAL, CLONE3[column], refusing(errno.ENOSYS)),  # the C library then takes `clone`, which can be read
        *only_with(CLONE[column], HAS_BITS, CLONE_THREAD),
        *only_with(TGKILL[column], EQUAL, process_id),  # `abort` sends itself a signal
        *only_with(PRLIMIT[column], EQUAL, 0),
        step(RETURN, ALLOW),
    ]


def unless(comparison: int, value: int, then: bytes) -> list[bytes]:
    """`then` if it is so; else on to what follows."""
    return [step(comparison, value, 0, 1), then]


def only_with(number: int, comparison: int, value: int) -> list[bytes]:
    """The call of that number is allowed if its first argument compares so."""
    first = [step(LOAD, FIRST_ARGUMENT_AT), step(comparison, value, 1, 0), refusing(), step(RETURN, ALLOW)]
    return [step(EQUAL, number, 0, len(first)), *first]


def refusing(number: int = errno.EPERM) -> bytes:
    return step(RETURN, REFUSE | number)


def step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)
