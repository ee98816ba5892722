"""The cache directory: whether files can be written, kept and renamed there, and whether the budget fits."""

import asyncio
import os
import secrets
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from proxy.commands.checking.findings import Group, Step, Trouble, Verdict, left_out, warning
from proxy.setting_types import MEBIBYTE
from proxy.slices import CacheSettings

PROBE_BYTES = 64 * 1024
MOST_FILES = 200_000  # that are counted; with more of them nothing is said of the budget
NAME = "MEDIA_PROXY_CACHE__DIRECTORY"


def directory_group(settings: CacheSettings) -> Group:
    directory, budget = settings.directory, settings.disk_bytes
    steps = [
        Step("writing", lambda: asyncio.to_thread(try_directory, directory)),
        Step("room", lambda: asyncio.to_thread(measure, directory, budget), ("writing",)),
    ]
    if not budget:
        steps = [Step("writing", unused)]
    return Group(f"Cache directory {directory}", steps)


async def unused() -> Verdict:
    return left_out("not used, since MEDIA_PROXY_CACHE__DISK_BYTES is 0")


def try_directory(directory: Path) -> Verdict:
    """As the server writes: under another name, to the disk, then renamed. Nothing stays."""
    place = standing(directory)
    probe = place / f".media-proxy-check-{secrets.token_hex(8)}"
    renamed = probe.with_suffix(".renamed")
    try:
        with probe.open("xb") as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
        probe.replace(renamed)
        if renamed.stat().st_size != PROBE_BYTES:
            raise Trouble(f"{place} does not keep what is written there", "Use a directory on a local disk.")
    except OSError as error:
        raise refused(place, error) from None
    finally:
        for path in (probe, renamed):
            if place.is_dir() and os.access(place, os.W_OK | os.X_OK):
                path.unlink(missing_ok=True)
    return Verdict("files are written, kept and renamed" + ("" if place == directory else "; it will be made"))


def standing(directory: Path) -> Path:
    """The directory, or the one in which it will be made."""
    return next(place for place in (directory, *directory.parents) if place.exists())


def refused(place: Path, error: OSError) -> Trouble:
    told = f"{place} cannot be written to: {error.strerror or error}"
    user = os.getuid() if hasattr(os, "getuid") else "of the server"
    if isinstance(error, PermissionError):
        return Trouble(told, f"Let user {user} write there, or set {NAME} to a directory of its own.")
    return Trouble(
        told, f"Mount something writable there, or set {NAME}. Until then pictures are kept in memory alone."
    )


def measure(directory: Path, budget: int) -> Verdict:
    disk = shutil.disk_usage(standing(directory))
    sizes = list(islice(sizes_in(directory), MOST_FILES))
    held, counted = sum(sizes), len(sizes) < MOST_FILES
    room = disk.free + held
    told = f"{room // MEBIBYTE} MiB for a budget of {budget // MEBIBYTE} MiB, {held // MEBIBYTE} MiB in use"
    if not counted:
        return Verdict(
            f"{disk.free // MEBIBYTE} MiB free, a budget of {budget // MEBIBYTE} MiB; too many files to count"
        )
    if room < budget:
        repair = (
            "Lower MEDIA_PROXY_CACHE__DISK_BYTES, or have a larger disk: a full one is used no more until it is not."
        )
        return warning(told, repair)
    return Verdict(told)


def sizes_in(directory: Path) -> Iterator[int]:
    for folder, _, names in os.walk(directory):
        for name in names:
            try:
                yield Path(folder, name).stat().st_size
            except OSError:  # evicted meanwhile
                continue
