"""What is packed for memory, disks and Redis: any bytes are an entry, or an error that its readers expect."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.fuzz.target import Check
from proxy.cache import sealed
from proxy.cache.blocklist import Verdict
from proxy.cache.disk import RECORD, Disk
from proxy.cache.originals import shelf
from proxy.cache.originals.checked import Checked
from proxy.cache.purges.journal import scope_in
from proxy.formats import Content, Format
from proxy.media import Family, MediaPath, Original, Rendition, seal
from proxy.metrics import Metrics

PATH = MediaPath(Family.PRODUCT, "a/b.png")
KEY = "ab" * 20
DAMAGED = (ValueError, KeyError, TypeError)  # what readers take for a damaged entry
RENDITION = Rendition(b"body", Format.PNG, 3, 2, 1, negotiated=True, etag="e", source="media-files/a/b.png")
ORIGINAL = Original("pim", PATH, Path("f"), 4, "00", Content("image/png", Format.PNG), confirmed=True)


class Records:
    """The first byte of an input says whether it is sealed by us: whoever can write to Redis can seal."""

    def seeds(self) -> list[bytes]:
        packed = [RENDITION.pack(), ORIGINAL.pack(), sealed.pack(b"value")]
        facts = [
            b'{"prefix": "a", "groups": [], "origins": ["b"]}',
            b"17 blocked",
            b'{"renditions": [], "originals": []}',
        ]
        unsealed = [one[16:] for one in packed[:2]]
        deep = [b"[" * 5000, b'{"a":' * 5000, json.dumps({"format": "png", "width": 1}).encode()]
        return [b"\0" + one for one in (*packed, *facts)] + [b"\1" + one for one in (*unsealed, *facts, *deep)]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Check]:
        with TemporaryDirectory() as directory:
            disk = Disk(Path(directory), 10**6, Metrics())

            async def check(data: bytes) -> None:
                ours = data[:1] > b"\0"
                judge(seal(data[1:]) if ours else data[1:], data[1:], disk)

            yield check


TARGET = Records()


def judge(packed: bytes, plain: bytes, disk: Disk) -> None:
    readers: list[Callable[[], object]] = [
        lambda: Rendition.unpack(packed),
        lambda: sealed.unpack(packed),
        lambda: Verdict.parse(plain.decode()),
    ]
    for read in readers:
        try:
            read()
        except DAMAGED:
            continue
    read_from_disk(packed, plain, disk)


def read_from_disk(packed: bytes, plain: bytes, disk: Disk) -> None:
    """These tell by None."""
    file = disk.path_of(shelf.ROOM, KEY)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"body")
    file.with_name(KEY + RECORD).write_bytes(packed)
    shelf.load(disk, KEY, PATH, Checked())
    note = disk.root / "note.json"
    note.write_bytes(plain)
    scope_in(note)
