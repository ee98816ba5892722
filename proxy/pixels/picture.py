"""Pixels on their way from one step to the next."""

from dataclasses import dataclass
from typing import Self

from PIL import Image

from proxy.pixels.colour import to_srgb
from proxy.pixels.geometry import Size


@dataclass(frozen=True, slots=True)
class Picture:
    """8 bits, L LA RGB RGBA or CMYK; `profile` says in which space, None is sRGB."""

    image: Image.Image
    profile: bytes | None = None

    @property
    def size(self) -> Size:
        return Size(*self.image.size)

    def in_srgb(self) -> Self:
        return type(self)(to_srgb(self.image, self.profile))
