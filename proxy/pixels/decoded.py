"""Pictures that a worker has just decoded, for the next size or format of the same file.

Most of the time of a JPEG goes into reading its bytes, which takes as long for a small picture as for a large one.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

from PIL import Image

from proxy.pixels.planes import Planes

KEPT_SECONDS = 10.0  # after its last use
PIXEL_BYTES = 4  # as Pillow holds one, unless it is grey without alpha

Identity = tuple[int, int, int, int, int]
Pixels = Image.Image | Planes


@dataclass(slots=True)
class Levels:
    """One file's pixels as stored, not yet turned: by the divisor that their sides were shrunk by (1, 2, 4, 8)."""

    identity: Identity
    orientation: int | None = None  # 1-8 as soon as it was asked for
    used_at: float = 0.0
    images: dict[int, Pixels] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(map(bytes_of, self.images.values()))

    def best(self, shrink: int, in_color: bool) -> int | None:
        """The divisor of what takes least to be shrunk as much."""
        fitting = (divisor for divisor, it in self.images.items() if not (in_color and isinstance(it, Planes)))
        return max((divisor for divisor in fitting if divisor <= shrink), default=None)


class DecodedPictures:
    """The last ones, within `budget` bytes; with a budget of 0 none. `reused` counts those that were found."""

    def __init__(self, budget: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self.budget = budget
        self.clock = clock
        self.levels: dict[str, Levels] = {}  # by path, the one that was used last behind the others
        self.reused = 0

    @property
    def size(self) -> int:
        return sum(levels.size for levels in self.levels.values())

    def of(self, name: str, file: IO[bytes]) -> "DecodedPicture":
        """That of the opened file; what was kept of another file under this name is dropped."""
        identity = identity_of(file)
        if (known := self.levels.get(name)) is not None and known.identity != identity:
            del self.levels[name]
        return DecodedPicture(self, name, identity)

    def find(self, name: str, shrink: int, in_color: bool = False) -> Pixels | None:
        """Shrunk as much, from pixels decoded as large or larger, be they planes unless `in_color`; never to be changed
        by who draws from them.
        """
        levels = self.levels.get(name)
        source = levels.best(shrink, in_color) if levels else None
        if levels is None or source is None:
            return None
        image = levels.images[source]
        while source < shrink:
            image, source = halved(image), source * 2
            if levels.size + bytes_of(image) <= self.budget:
                levels.images[source] = image
        self.touch(name, levels)
        self.reused += 1
        return shared(image)

    def keep(self, picture: "DecodedPicture", shrink: int, image: Pixels) -> Pixels:
        """Gives back the pixels, no longer to be changed."""
        if bytes_of(image) > self.budget:
            return image
        name = picture.name
        levels = self.levels.get(name) or Levels(picture.identity)
        levels.orientation = picture.orientation or levels.orientation
        if levels.size + bytes_of(image) > self.budget:
            levels.images.clear()
        levels.images[shrink] = shared(image)
        self.touch(name, levels)
        return shared(image)

    def touch(self, name: str, levels: Levels) -> None:
        levels.used_at = self.clock()
        self.levels.pop(name, None)
        self.levels[name] = levels
        self.make_room()

    def make_room(self, least: int = 0) -> None:
        """Those that were not used for longest go first, so that `least` bytes are free."""
        for name in list(self.levels):
            if self.size + least <= self.budget:
                break
            del self.levels[name]

    def drop_old(self) -> float | None:
        """Gives the seconds until the next one is too old; None without any."""
        now = self.clock()
        self.levels = {name: kept for name, kept in self.levels.items() if now < kept.used_at + KEPT_SECONDS}
        return min((kept.used_at + KEPT_SECONDS - now for kept in self.levels.values()), default=None)

    def clear(self) -> bool:
        """Whether there was anything."""
        had = bool(self.levels)
        self.levels.clear()
        return had


@dataclass(slots=True)
class DecodedPicture:
    """What is kept of one opened file; `orientation` (1-8) when it is known."""

    pictures: DecodedPictures
    name: str
    identity: Identity
    orientation: int | None = None

    def turned(self, orientation_of: Callable[[], int]) -> int:
        """Its orientation, for which a PNG may have to be decoded."""
        if self.orientation is None:
            kept = self.pictures.levels.get(self.name)
            self.orientation = (kept.orientation if kept else None) or orientation_of()
        return self.orientation

    def find(self, shrink: int, in_color: bool) -> Pixels | None:
        return self.pictures.find(self.name, shrink, in_color)

    def keep(self, shrink: int, image: Pixels) -> Pixels:
        return self.pictures.keep(self, shrink, image)

    def make_room(self, pixels: int) -> None:
        """Before so many are decoded."""
        self.pictures.make_room(pixels * PIXEL_BYTES)


def identity_of(file: IO[bytes]) -> Identity:
    """Another one whenever a file was replaced, or written to."""
    facts = os.fstat(file.fileno())
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def shared(image: Pixels) -> Pixels:
    """The same pixels without what an opened file holds beside them (a decoder's buffers); who would change them in
    place gets a copy.
    """
    if isinstance(image, Planes):
        return image
    bare = Image.Image()._new(image.im)
    bare.readonly = 1
    return bare


def halved(image: Pixels) -> Pixels:
    return image.halved() if isinstance(image, Planes) else image.reduce(2)


def bytes_of(image: Pixels) -> int:
    if isinstance(image, Planes):
        return image.bytes
    return image.width * image.height * (1 if image.mode == "L" else PIXEL_BYTES)
