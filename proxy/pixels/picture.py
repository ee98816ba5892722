"""Pixels on their way from one step to the next."""

from dataclasses import dataclass
from typing import Self

from PIL import Image

from proxy.pixels.colour import to_srgb
from proxy.pixels.geometry import Size
from proxy.plan.steps import Blend


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

    def in_color(self) -> Image.Image:
        """sRGB as RGB or RGBA, for whatever works on colours."""
        image = self.in_srgb().image
        return image.convert("RGBA" if image.mode in {"LA", "RGBA"} else "RGB")


@dataclass(frozen=True, slots=True)
class Overlay:
    """A drawn layer, RGBA, and where its top left corner lies on the base; it may stick out."""

    image: Image.Image
    at: tuple[int, int]
    blend: Blend | None = None
