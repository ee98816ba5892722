"""What the container allows: processors and memory, by its control groups (version 1 or 2) and those around it."""

import math
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/")
MOUNT = "sys/fs/cgroup"
UNLIMITED = 2**60  # bytes; version 1 says "none" by a number near 2**63


def cores(root: Path = ROOT) -> int:
    """Processors that this process may use: those it may run on, and no more than the least quota makes."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quotas = [quota for quota in cpu_quotas(root) if quota > 0]
    return max(1, min([usable, *(math.ceil(quota) for quota in quotas)]))


def memory_bytes(root: Path = ROOT) -> int:
    """The least limit of the groups that this process is in, or the machine's memory if that is less."""
    return min([physical_bytes(), *(limit for limit in memory_limits(root) if 0 < limit < UNLIMITED)])


def physical_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def cpu_quotas(root: Path) -> Iterator[float]:
    """Processors, of every group that sets any."""
    for group in groups(root, "", ""):
        quota, _, period = words(group / "cpu.max").partition(" ")
        yield ratio(quota, period)
    for group in groups(root, "cpu", "cpu"):
        yield ratio(words(group / "cpu.cfs_quota_us"), words(group / "cpu.cfs_period_us"))


def memory_limits(root: Path) -> Iterator[int]:
    """Beyond `memory.high` a group is slowed down until it stands still, so that counts as its limit."""
    for group in groups(root, "", ""):
        yield from (number(words(group / name)) for name in ("memory.max", "memory.high"))
    for group in groups(root, "memory", "memory"):
        yield number(words(group / "memory.limit_in_bytes"))


def groups(root: Path, controller: str, mount: str) -> Iterator[Path]:
    """The process's own group and all around it, as far as they are to be seen from in here; no controller: version 2.

    With a namespace of its own the innermost is the root of the mount; without, it may lie below a path of the host's
    that is not mounted here.
    """
    top = root / MOUNT / mount
    own = own_group(root, controller).strip("/")
    if ".." in own.split("/"):
        own = ""
    place = top / own
    while place != top:
        yield place
        place = place.parent
    yield top


def own_group(root: Path, controller: str) -> str:
    for line in words(root / "proc/self/cgroup").splitlines():
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if controller in controllers.split(","):
            return path
    return ""


def words(file: Path) -> str:
    """Nothing of a file that is not there."""
    try:
        return file.read_text().strip()
    except OSError:
        return ""


def number(text: str) -> int:
    """0 for `max`, and for what is none."""
    return int(text) if text.isascii() and text.isdigit() else 0


def ratio(quota: str, period: str) -> float:
    return number(quota) / number(period) if number(period) else 0.0
