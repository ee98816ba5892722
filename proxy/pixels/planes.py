"""JPEGs as brightness in every pixel and colour once for 2x2 of them, as 4:2:0 stores them.

Three planes of which two are scaled from a quarter of the pixels take half of the time of red, green and blue; they
are held in three eighths of the memory. Nothing is lost of a picture as large as it is stored, since between its
samples a decoder makes colour up. Where the decoder has shrunk it there was a sample for each pixel, and there is
still one for each that is drawn: photographs show no difference (SSIM), small saturated letters hardly any. Whoever
wants every edge of their colours stores them in full (4:4:4); those are never averaged.
"""

import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from PIL import Image
from PIL.ImageFile import ImageFile

from proxy.native.arrow import Scattered, pixels_of
from proxy.native.library import CAN_RESAMPLE, merge
from proxy.native.turbojpeg import CAN_READ_PLANES, MOST_BYTES, planes_of, read_planes
from proxy.pixels.filtering import filtered
from proxy.pixels.geometry import Size, Window

MODE, COLORS = "YCbCr", ("Cb", "Cr")  # Pillow's names
COARSE = [(2, 2), (1, 1), (1, 1)]  # samples across and down, of each plane
RGB_NAMES = [ord(letter) for letter in "RGB"]
Resampling = Image.Resampling
COLOR_FILTER = Resampling.BICUBIC  # the sharpest costs more and gains nothing; softer ones make small letters paler


@dataclass(frozen=True, slots=True)
class Planes:
    """`colors` have half the sides of `brightness`; none is ever changed. For pictures of half the size or less: in
    larger ones it would show that colour was averaged.
    """

    brightness: Image.Image
    colors: tuple[Image.Image, Image.Image]

    @classmethod
    def of(cls, opened: ImageFile, shrink: int) -> Self:
        """Of an opened 4:2:0 JPEG, its sides divided by 1, 2, 4 or 8."""
        if CAN_READ_PLANES:
            with suppress(Scattered, ValueError, MemoryError):  # if it is damaged Pillow shall say so
                return cls.stored(opened, shrink)
        return cls.averaged(opened, shrink)

    @classmethod
    def averaged(cls, opened: ImageFile, shrink: int) -> Self:
        """By Pillow, whose decoder makes up a colour for each pixel."""
        opened.draft(MODE, (opened.width // shrink, opened.height // shrink))
        opened.load()
        blue, red = (opened.getchannel(name).reduce(2) for name in COLORS)  # one by one: a third faster than at once
        return cls(opened.getchannel("Y"), (blue, red))

    @classmethod
    def stored(cls, opened: ImageFile, shrink: int) -> Self:
        """In half of the time: no colour is made up and averaged again. Raises Scattered, ValueError, MemoryError."""
        file = whole(opened)
        brightness, blue, red = (Image.new("L", size, None) for size in planes_of(opened.size, shrink))
        with pixels_of(brightness) as greys, pixels_of(blue) as blues, pixels_of(red) as reds:
            read_planes(file, opened.size, shrink, (greys, blues, reds))
        right, bottom = (-(-side // shrink) for side in opened.size)
        if brightness.size != (right, bottom):
            brightness = brightness.crop((0, 0, right, bottom))
        return cls(brightness, (blue, red))

    @property
    def size(self) -> tuple[int, int]:
        return self.brightness.size

    @property
    def width(self) -> int:
        return self.brightness.width

    @property
    def height(self) -> int:
        return self.brightness.height

    @property
    def bytes(self) -> int:
        return sum(plane.width * plane.height for plane in (self.brightness, *self.colors))

    def halved(self) -> Self:
        blue, red = self.colors
        return type(self)(self.brightness.reduce(2), (blue.reduce(2), red.reduce(2)))

    def scaled(self, window: Window, size: Size) -> Image.Image:
        """RGB."""
        left, top, right, bottom = window
        half = (left / 2, top / 2, right / 2, bottom / 2)
        brightness = filtered(self.brightness, Resampling.LANCZOS, window, size)
        blue, red = (filtered(color, COLOR_FILTER, half, size) for color in self.colors)
        return merged(brightness, blue, red)


def whole(opened: ImageFile) -> bytes:
    """The bytes of its file; raises ValueError where they are too many."""
    file = opened.fp
    assert file is not None  # only an opened picture can be read
    size = file.seek(0, io.SEEK_END)
    if size > MOST_BYTES:
        raise ValueError(f"the file has {size} bytes, more than {MOST_BYTES}")
    file.seek(0)
    return file.read(size)  # without the size they would be there twice for a moment


def has_coarse_color(image: Image.Image) -> bool:
    """Whether an opened JPEG is 4:2:0, and not of red, green and blue (as its header or its components' names say)."""
    layers: Sequence[tuple[int, int, int, int]] = getattr(image, "layer", ())  # name, across, down, table
    if image.mode != "RGB" or image.info.get("adobe_transform", 1) == 0:
        return False
    return [layer[1:3] for layer in layers] == COARSE and [layer[0] for layer in layers] != RGB_NAMES


def merged(brightness: Image.Image, blue: Image.Image, red: Image.Image) -> Image.Image:
    """RGB, of three planes of the same size."""
    if CAN_RESAMPLE:
        with suppress(Scattered):
            return merged_by_ours(brightness, blue, red)
    return Image.merge(MODE, (brightness, blue, red)).convert("RGB")


def merged_by_ours(brightness: Image.Image, blue: Image.Image, red: Image.Image) -> Image.Image:
    """Raises Scattered."""
    result = Image.new("RGB", brightness.size, None)
    with pixels_of(brightness) as grey, pixels_of(blue) as blues, pixels_of(red) as reds, pixels_of(result) as pixels:
        merge(grey, blues, reds, pixels)
    return result
