"""What sources of lines have in common: an SVG, the page of a document. They are drawn at whatever size is wanted."""

from typing import ClassVar

from proxy.formats import Format
from proxy.pixels.geometry import Size
from proxy.pixels.metadata import NOTHING


class Lines:
    """Still, and without pixels, colours or facts of a camera that could be kept."""

    __slots__ = ()

    format: ClassVar = Format.SVG  # it chooses among formats of answers
    held: ClassVar = Size(1, 1)  # no pixels to keep, whatever its size
    frames: ClassVar = 1
    paletted: ClassVar = False
    profile: ClassVar[bytes | None] = None
    quality: ClassVar[int | None] = None
    metadata: ClassVar = NOTHING
    milliseconds: ClassVar = 0
    loop: ClassVar[int | None] = None
