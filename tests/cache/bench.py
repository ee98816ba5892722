"""What the cache's tests share: a clock that only they move, and originals in front of a pretend Akeneo."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from hypothesis import HealthCheck, settings

from proxy.akeneo.client import AkeneoClient
from proxy.cache.disk import Disk
from proxy.cache.originals.originals import Originals
from proxy.cache.originals.spool import Spool, SpoolLimits
from proxy.cache.tiers import Tiers
from proxy.deadline import Deadline
from proxy.demo.files import DemoFile
from proxy.demo.files import Family as DemoFamily
from proxy.demo.pictures import sample_files
from proxy.demo.pim import DemoPim
from proxy.formats import Format
from proxy.media import Family, MediaPath, Original, Rendition, etag_of, key_of
from proxy.metrics import Metrics
from proxy.origins.akeneo import AkeneoOrigin
from proxy.slices import AkeneoSettings

MEGABYTE = 1_000_000
HOUR = 3600.0
ROOMY = 50 * MEGABYTE
# Hypothesis measures the time of its examples; on a busy machine that says nothing about the code.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LIMITS = SpoolLimits(picture=5 * MEGABYTE, file=20 * MEGABYTE)
FILM = DemoFile.named(
    DemoFamily.ASSET,
    "film.mp4",
    "video/mp4",
    b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(range(256)) * 2000,
)


class Clock:
    """Starts at the time of the file system's clock. To sleep moves it on and takes no time."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def key(number: int | str) -> str:
    """A key as the house makes them, the same for the same number."""
    return key_of(str(number))


def rendition(body: bytes = b"a picture", engine: int = 1) -> Rendition:
    return Rendition(body, Format.WEBP, 300, 200, engine, negotiated=True, etag=etag_of(body))


def files_below(folder: Path) -> list[Path]:
    """But for the locks of the living."""
    return [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "locks"]


def bytes_below(folder: Path) -> int:
    """What is really there, as a walk finds it."""
    return sum(path.stat().st_size for path in files_below(folder))


def counted(metrics: Metrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(f"media_proxy_{name}", labels) or 0.0


def path_of(file: DemoFile) -> MediaPath:
    return MediaPath(Family(file.family), file.code)


class Cellar:
    """Originals on disks, in front of a pretend Akeneo."""

    def __init__(self, pim: DemoPim, origin: AkeneoOrigin, clock: Clock, directories: Iterable[Path]) -> None:
        self.pim = pim
        self.origin = origin
        self.clock = clock
        self.directories = list(directories)
        self.metrics = Metrics()
        self.tiers = Tiers(self.metrics)
        self.disks = [Disk(root, ROOMY, self.metrics, name=root.name) for root in self.directories]
        self.originals = Originals(origin, self.disks, LIMITS, self.tiers, self.metrics)

    def restarted(self) -> "Cellar":
        """Another process's view of the same directories."""
        return Cellar(self.pim, self.origin, self.clock, self.directories)

    def deadline(self, seconds: float = 30) -> Deadline:
        return Deadline.after(seconds, self.clock)

    async def get(self, file: DemoFile) -> Original:
        return await self.originals.get(path_of(file), self.deadline())

    async def follow(self, file: DemoFile) -> Original | Spool:
        return await self.originals.fetch_or_follow(path_of(file), self.deadline())

    async def find(self, file: DemoFile) -> Original | None:
        return await self.originals.find(path_of(file))

    def stored(self, file: DemoFile, disk: int = 0) -> tuple[Path, Path]:
        """Where the file and its record lie, or would."""
        path = self.disks[disk].path_of("originals", self.originals.key_of(path_of(file)))
        return path, path.with_name(path.name + ".json")

    @property
    def leftovers(self) -> list[Path]:
        return [path for root in self.directories for path in files_below(root / "tmp")]


Sleep = Callable[[float], Awaitable[object]]


@asynccontextmanager
async def cellar_in(*directories: Path, sleep: Sleep | None = None) -> AsyncIterator[Cellar]:
    """`sleep` is what happens between two tries at a download."""
    clock = Clock()
    async with DemoPim([*sample_files(), FILM], clock=clock) as pim:
        credentials = pim.credentials
        connection = AkeneoSettings.model_validate(
            {
                "url": pim.url,
                "client_id": credentials.client_id,
                "secret": credentials.secret,
                "username": credentials.username,
                "password": credentials.password,
            }
        )
        client = AkeneoClient(
            connection, Metrics().of_connection("akeneo"), clock=clock, sleep=sleep or clock.sleep, chance=lambda: 1.0
        )
        cellar = Cellar(pim, AkeneoOrigin(client), clock, directories)
        try:
            yield cellar
        finally:
            await cellar.originals.close()
            await client.close()
