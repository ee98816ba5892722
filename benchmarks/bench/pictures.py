"""The originals: the demo's photographs, tiled in mirror images and cropped to sizes that cameras deliver.

Mirrored tiles keep the entropy of a photograph at every size, without seams. The files are the same on every machine
with the same encoders; they are made once and kept.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from proxy.demo.files import media_code
from proxy.demo.photographs import opened

KEPT = Path(".cache/bench")
PHOTOGRAPHS = ("coffee.png", "chelsea.png", "hubble_deep_field.jpg")
SIZES = {"1mp": (1280, 800), "4mp": (2560, 1600), "15mp": (5120, 2880), "3mp": (2040, 1356)}
TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif"}
CODECS: dict[str, tuple[str, dict[str, Any]]] = {
    "jpg": ("JPEG", {"quality": 90, "subsampling": "4:2:0"}),
    "png": ("PNG", {"compress_level": 6}),
    "webp": ("WEBP", {"quality": 90, "method": 2}),
    "avif": ("AVIF", {"quality": 80, "speed": 9, "max_threads": 1}),
}


@dataclass(frozen=True, slots=True)
class Original:
    """One of many files that hold the same photograph under another name, as no cache may know them to be equal."""

    size: str  # a key of SIZES
    format: str  # a key of TYPES
    number: int
    purpose: str = "cold"

    @property
    def name(self) -> str:
        return f"{self.purpose}-{self.size}-{self.number:05}.{self.format}"

    @property
    def code(self) -> str:
        """As Akeneo would know it."""
        return media_code(self.name)

    @property
    def photograph(self) -> int:
        return self.number % len(PHOTOGRAPHS)

    @property
    def pixels(self) -> tuple[int, int]:
        return SIZES[self.size]


def read_name(name: str) -> Original:
    """The reverse of `name`; raises ValueError."""
    stem, _, suffix = name.partition(".")
    purpose, size, number = stem.split("-")
    return Original(size, suffix, int(number), purpose)


class PictureSet:
    """`pictures` under a directory that is kept, and `files`, where peers find each original by its name."""

    def __init__(self, kept: Path = KEPT) -> None:
        self.made = kept.resolve() / "pictures"
        self.files = kept.resolve() / "files"
        for directory in (self.made, self.files):
            directory.mkdir(parents=True, exist_ok=True)

    def source(self, original: Original) -> Path:
        """The file with the bytes of an original; made if it is missing."""
        path = self.made / f"{original.size}-{original.photograph}.{original.format}"
        if not path.exists():
            picture = tiled(opened(PHOTOGRAPHS[original.photograph]), original.pixels)
            codec, options = CODECS[original.format]
            unfinished = path.with_suffix(".unfinished")
            picture.save(unfinished, codec, **options)
            unfinished.rename(path)
        return path

    def lay_out(self, originals: Sequence[Original]) -> None:
        """As files of their own names, for servers that read a directory."""
        for original in originals:
            source, path = self.source(original), self.files / original.name
            if not path.exists():
                os.link(source, path)


def tiled(photograph: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Mirror images side by side until the size is covered."""
    width, height = photograph.size
    flips = [None, Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.ROTATE_180]
    tiles = [photograph if flip is None else photograph.transpose(flip) for flip in flips]
    canvas = Image.new("RGB", size)
    for row in range(-(-size[1] // height)):
        for column in range(-(-size[0] // width)):
            canvas.paste(tiles[row % 2 * 2 + column % 2], (column * width, row * height))
    return canvas
