"""How an original lies on a disk: a file, and beside it a record of what it is."""

import logging
from pathlib import Path

from proxy.cache.disk import RECORD, Disk
from proxy.cache.originals.checked import Checked
from proxy.errors import ProxyError
from proxy.media import MediaPath, Original

log = logging.getLogger("proxy.cache")
ROOM = "originals"


def load(disk: Disk, key: str, path: MediaPath, checked: Checked) -> Original | None:
    """The record is the last that was written: file and record must agree, or both are dropped. Raises OSError."""
    file = disk.path_of(ROOM, key)
    packed = disk.read(file.with_name(key + RECORD))
    if packed is None:
        return None
    try:
        original = Original.unpack(packed, file)
        fits = original.path == path and checked.fits(original)
    except FileNotFoundError:  # evicted in between
        disk.remove(file)
        return None
    except (ValueError, KeyError, TypeError, AttributeError, ProxyError):
        fits = False
    if not fits:
        log.warning("original %s is damaged and will be fetched anew", path)
        disk.metrics.cache_failed(disk.name, "unpack")
        disk.remove(file)
        return None
    return original


def save(disk: Disk, temporary: Path, original: Original, checked: Checked) -> None:
    record = original.file.with_name(original.file.name + RECORD)
    disk.remove(record)  # a record never stands beside bytes that it does not describe
    disk.publish(temporary, original.file)
    checked.stored(original.file)
    disk.write(record, original.pack())
