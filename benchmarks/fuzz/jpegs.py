"""The bytes of JPEGs, whose planes libturbojpeg reads: brightness as Pillow alone has it, wherever they were read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from itertools import product
from typing import Any

from PIL import Image
from PIL.ImageFile import ImageFile

from benchmarks.fuzz.target import Broken, Check
from benchmarks.mutated_files import drawn, saved
from proxy.errors import ProxyError
from proxy.native.turbojpeg import CAN_READ_PLANES
from proxy.pixels.planes import Planes, has_coarse_color
from proxy.pixels.refusing import at_most, refusing

MOST_PIXELS = 1_000_000
START = b"\xff\xd8\xff"
SHRINKS = (1, 4)
SIZES = ((60, 40), (33, 17))
KINDS: tuple[dict[str, Any], ...] = ({}, {"progressive": True}, {"restart_marker_rows": 1}, {"subsampling": "4:4:4"})


class Jpegs:
    def seeds(self) -> list[bytes]:
        coarse: dict[str, Any] = {"subsampling": "4:2:0"}
        return [saved("JPEG", drawn().resize(size), **(coarse | kind)) for size, kind in product(SIZES, KINDS)]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Check]:
        async def check(data: bytes) -> None:
            content = START + data.removeprefix(START)
            for shrink in SHRINKS:
                compare(content, shrink)

        yield check


def compare(content: bytes, shrink: int) -> None:
    ours = planes(content, shrink) if CAN_READ_PLANES else None
    if ours is not None:
        theirs = grey(content, shrink)
        if theirs is None or not is_same(ours.brightness, theirs):
            raise Broken(f"planes of {ours.size} divided by {shrink}, but Pillow says {theirs}")


def is_same(ours: Image.Image, theirs: Image.Image) -> bool:
    """What a spoiled file with several scans leaves open each version of the decoder smooths in its own way."""
    smoothed = bool(theirs.info.get("progressive"))
    return ours.size == theirs.size and (smoothed or ours.tobytes() == theirs.tobytes())


def planes(content: bytes, shrink: int) -> Planes | None:
    """None if they are left to Pillow, or the file is refused."""
    image = opened(content)
    with suppress(ValueError):
        return Planes.stored(image, shrink) if image and has_coarse_color(image) else None
    return None


def grey(content: bytes, shrink: int) -> Image.Image | None:
    image = opened(content)
    with suppress(ProxyError), refusing():
        if image:
            image.draft("L", (image.width // shrink, image.height // shrink))
            image.load()
            return image
    return None


def opened(content: bytes) -> ImageFile | None:
    with suppress(ProxyError), refusing(), at_most(MOST_PIXELS):
        return Image.open(BytesIO(content), formats=["JPEG"])
    return None


TARGET = Jpegs()
