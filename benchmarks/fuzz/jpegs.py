"""The bytes of JPEGs, whose planes libturbojpeg reads: as Pillow alone has them, wherever they were read."""

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
PROGRESSIVE = b"\xff\xc2"
ADOBE = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0"  # and a byte that names the colours
SHRINKS = (1, 2, 4, 8)
SIZES = ((60, 40), (33, 17))
KINDS: tuple[dict[str, Any], ...] = ({}, {"progressive": True}, {"restart_marker_rows": 1}, {"subsampling": "4:4:4"})


class Jpegs:
    def seeds(self) -> list[bytes]:
        coarse: dict[str, Any] = {"subsampling": "4:2:0"}
        files = [saved("JPEG", drawn().resize(size), **(coarse | kind)) for size, kind in product(SIZES, KINDS)]
        return [*files, *(files[0][:2] + ADOBE + bytes([colors]) + files[0][2:] for colors in range(3))]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Check]:
        async def check(data: bytes) -> None:
            content = START + data.removeprefix(START)
            for shrink in SHRINKS:
                compare(content, shrink)

        yield check


def compare(content: bytes, shrink: int) -> None:
    ours = planes(content, shrink) if CAN_READ_PLANES else None
    if ours is None:
        return
    expected = [decoded(content, "L", shrink)]
    if 2 * shrink in SHRINKS:  # there its colours are not made up: a sample for each pixel
        half = decoded(content, "YCbCr", 2 * shrink)
        expected += [half and half.getchannel(color) for color in ("Cb", "Cr")]
    for plane, theirs in zip((ours.brightness, *ours.colors), expected, strict=False):
        if theirs is None or plane.size != theirs.size or not is_same(plane, theirs, content):
            raise Broken(f"planes of {ours.size} divided by {shrink}, but Pillow says {theirs}")


def is_same(ours: Image.Image, theirs: Image.Image, content: bytes) -> bool:
    """What a spoiled file with several scans leaves open each version of the decoder smooths in its own way."""
    return ours.tobytes() == theirs.tobytes() or PROGRESSIVE in content


def planes(content: bytes, shrink: int) -> Planes | None:
    """None if they are left to Pillow, or the file is refused."""
    image = opened(content)
    with suppress(ValueError):
        return Planes.stored(image, shrink) if image and has_coarse_color(image) else None
    return None


def decoded(content: bytes, mode: str, shrink: int) -> Image.Image | None:
    image = opened(content)
    with suppress(ProxyError), refusing():
        if image:
            image.draft(mode, (image.width // shrink, image.height // shrink))
            image.load()
            return image
    return None


def opened(content: bytes) -> ImageFile | None:
    with suppress(ProxyError), refusing(), at_most(MOST_PIXELS):
        return Image.open(BytesIO(content), formats=["JPEG"])
    return None


TARGET = Jpegs()
