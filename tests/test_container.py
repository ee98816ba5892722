"""What a container allows, read from control groups as the versions of the kernel write them."""

import os
from pathlib import Path

import pytest

from proxy.container import cores, memory_bytes, physical_bytes

USABLE = len(os.sched_getaffinity(0))
MEBIBYTE = 2**20
Groups = dict[str, str]


def machine(root: Path, own: str, groups: Groups) -> Path:
    for name, text in {
        "proc/self/cgroup": own,
        **{f"sys/fs/cgroup/{name}": text for name, text in groups.items()},
    }.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    return root


CORES: list[tuple[str, str, Groups, int]] = [
    ("nothing known", "", {}, USABLE),
    ("version 2, no quota", "0::/", {"cpu.max": "max 100000"}, USABLE),
    ("version 2", "0::/", {"cpu.max": "100000 100000"}, 1),
    ("version 2, a part of a core", "0::/", {"cpu.max": "50000 100000"}, 1),
    ("version 2, a part more than one", "0::/", {"cpu.max": "150000 100000"}, min(2, USABLE)),
    ("version 2, nested", "0::/pod/web", {"pod/cpu.max": "100000 100000", "pod/web/cpu.max": "max 100000"}, 1),
    ("version 2, a path of the host's", "0::/kubepods/x", {"cpu.max": "100000 100000"}, 1),
    ("version 2, above the namespace", "0::/../x", {"cpu.max": "100000 100000"}, 1),
    ("version 1", "4:cpu,cpuacct:/", {"cpu/cpu.cfs_quota_us": "100000", "cpu/cpu.cfs_period_us": "100000"}, 1),
    ("version 1, no quota", "4:cpu:/", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, USABLE),
    (
        "version 1, nested",
        "4:cpuacct,cpu:/docker/a",
        {"cpu/docker/cpu.cfs_quota_us": "100000", "cpu/docker/cpu.cfs_period_us": "100000"},
        1,
    ),
    ("nonsense", "x\n:::", {"cpu.max": "many of them", "cpu/cpu.cfs_quota_us": ""}, USABLE),
]


@pytest.mark.parametrize(("own", "groups", "expected"), [case[1:] for case in CORES], ids=[case[0] for case in CORES])
def test_processors_are_those_of_the_least_quota(tmp_path: Path, own: str, groups: Groups, expected: int) -> None:
    assert cores(machine(tmp_path, own, groups)) == expected


MEMORY: list[tuple[str, str, Groups, int | None]] = [
    ("nothing known", "", {}, None),
    ("version 2, no limit", "0::/", {"memory.max": "max", "memory.high": "max"}, None),
    ("version 2", "0::/", {"memory.max": str(512 * MEBIBYTE)}, 512),
    ("version 2, slowed down before", "0::/", {"memory.max": str(512 * MEBIBYTE), "memory.high": "268435456"}, 256),
    ("version 2, nested", "0::/a/b", {"a/memory.max": str(300 * MEBIBYTE), "a/b/memory.max": "max"}, 300),
    ("version 1", "9:memory:/", {"memory/memory.limit_in_bytes": str(512 * MEBIBYTE)}, 512),
    ("version 1, no limit", "9:memory:/", {"memory/memory.limit_in_bytes": "9223372036854771712"}, None),
    ("version 1, nested", "9:memory:/a/b", {"memory/a/memory.limit_in_bytes": str(128 * MEBIBYTE)}, 128),
    ("more than there is", "0::/", {"memory.max": str(2**55)}, None),
]


@pytest.mark.parametrize(("own", "groups", "expected"), [case[1:] for case in MEMORY], ids=[case[0] for case in MEMORY])
def test_memory_is_that_of_the_least_limit(tmp_path: Path, own: str, groups: Groups, expected: int | None) -> None:
    limit = physical_bytes() if expected is None else expected * MEBIBYTE

    assert memory_bytes(machine(tmp_path, own, groups)) == limit
