"""The bytes of PNGs, read as a whole by our own C and once more by Pillow alone: the same pixels, or two refusals."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from tempfile import TemporaryFile
from typing import Any

from PIL import Image
from PIL.ImageFile import ImageFile

from benchmarks.fuzz.target import Broken, Check
from benchmarks.mutated_files import PNG, drawn, saved, seeds, with_right_checksums
from proxy.errors import ProxyError
from proxy.pixels.png import hasten
from proxy.pixels.refusing import at_most, refusing

MOST_PIXELS = 4_000_000
MODES = ("L", "LA", "P", "RGB", "RGBA", "1", "I;16")
EXACTLY: dict[str, Any] = {"compress_level": 0}  # so that what is spoiled are filters and pixels


class Pngs:
    def seeds(self) -> list[bytes]:
        pictures = [drawn().convert("L" if mode == "I;16" else mode).convert(mode) for mode in MODES]
        stored = [saved("PNG", image.crop((0, 0, 21, 13)), **EXACTLY) for image in pictures]
        moving = saved("PNG", save_all=True, append_images=[drawn().rotate(90)])
        found = [seed.content for seed in seeds() if seed.content.startswith(PNG)]
        return [*found, *stored, *(saved("PNG", image) for image in pictures), moving]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Check]:
        async def check(data: bytes) -> None:
            content = with_right_checksums(PNG + data.removeprefix(PNG))
            whole, alone = read(content, hastened=True), read(content, hastened=False)
            if whole != alone:
                raise Broken(f"{whole and whole[:2]}, but Pillow says {alone and alone[:2]}")

        yield check


def read(content: bytes, *, hastened: bool) -> tuple[str, tuple[int, int], bytes] | None:
    """Mode, size and pixels; None if they are refused."""
    try:
        with refusing(), at_most(MOST_PIXELS), TemporaryFile() as file:  # seeking fails as it does for a worker
            file.write(content)
            with Image.open(file, formats=["PNG"]) as image:
                return pixels_of(image, hastened=hastened)
    except ProxyError:
        return None


def pixels_of(image: ImageFile, *, hastened: bool) -> tuple[str, tuple[int, int], bytes]:
    if hastened:
        hasten(image)
    image.load()
    return image.mode, image.size, image.tobytes()


TARGET = Pngs()
