"""Pictures that come from no file: a layer's colour, its text."""

from dataclasses import dataclass
from typing import ClassVar

from PIL import Image

from proxy.pixels.decode import Decoded
from proxy.pixels.geometry import Placement, Size
from proxy.plan.values import Color


@dataclass(frozen=True, slots=True)
class Solid:
    """One colour, as large as is wanted."""

    color: Color
    size: Size
    profile: ClassVar[bytes | None] = None
    milliseconds_a_megapixel: ClassVar = 0

    @property
    def held(self) -> Size:
        return self.size

    def load(self, placement: Placement, frame: int = 0) -> Decoded:
        return Decoded.ready(Image.new("RGBA", placement.part.pair, self.color.rgba))


@dataclass(frozen=True, slots=True)
class Ready:
    """A picture that was drawn by us."""

    image: Image.Image
    profile: ClassVar[bytes | None] = None
    milliseconds_a_megapixel: ClassVar = 0

    @property
    def size(self) -> Size:
        return Size(*self.image.size)

    @property
    def held(self) -> Size:
        return self.size

    def load(self, placement: Placement, frame: int = 0) -> Decoded:
        return Decoded(self.image, placement.window, placement.part)
