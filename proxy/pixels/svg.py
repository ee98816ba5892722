"""SVG as pixels, drawn at exactly the wanted size so that it is sharp at every one."""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import ClassVar
from xml.etree.ElementTree import Element

import resvg_py
from PIL import Image

from proxy.errors import Undecodable
from proxy.pixels.colour import plain
from proxy.pixels.decode import Decoded
from proxy.pixels.geometry import Placement, Size
from proxy.pixels.lines import Lines
from proxy.pixels.svg_cleaning import SVG, read_svg, write_svg

DEFAULT_SIDES = (300.0, 150.0)  # what browsers give an SVG that tells nothing
CSS_PIXELS = 96  # in an inch
UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
LENGTH = re.compile(r"\s*\+?([0-9]*\.?[0-9]+(?:e[-+]?[0-9]+)?)\s*([a-z]*)\s*", re.IGNORECASE)
SEPARATOR = re.compile(r"[\s,]+")


@dataclass(frozen=True, slots=True)
class Vector(Lines):
    """A harmless SVG with a `viewBox`; `size` is that of it, else its `width` and `height`, at the wanted density."""

    root: Element
    size: Size

    density: ClassVar = CSS_PIXELS
    milliseconds_a_megapixel: ClassVar = 330  # it comes as a PNG

    def load(self, placement: Placement, frame: int = 0) -> Decoded:
        """The part that the placement wants, drawn in its final size; raises Undecodable."""
        packed = rasterise(write_svg(framed(self.root, self.size, placement)), has_text(self.root))
        with Image.open(BytesIO(packed), formats=["PNG"]) as image:
            image.load()
            return Decoded.ready(plain(image))


def open_vector(packed: bytes, max_pixels: int, dots: int = CSS_PIXELS) -> Vector:
    """At `dots` per inch, of which CSS has 96. Raises Undecodable, SourceTooLarge."""
    root = read_svg(packed, max_pixels)
    width, height = sides(root)
    if view_box(root) is None:
        root.set("viewBox", f"0 0 {max(1, round(width))} {max(1, round(height))}")
    return Vector(root, Size(*(max(1, round(side * dots / CSS_PIXELS)) for side in (width, height))))


def sides(root: Element) -> tuple[float, float]:
    view = view_box(root)
    if view is not None:
        return view[2:]
    width, height = length(root.get("width")), length(root.get("height"))
    if width and height:
        return width, height
    return (width or height or DEFAULT_SIDES[0], height or width or DEFAULT_SIDES[1])


def view_box(root: Element) -> tuple[float, float, float, float] | None:
    """Left, top, width, height; None if it is missing or of no use."""
    try:
        left, top, width, height = map(float, SEPARATOR.split(root.get("viewBox", "").strip()))
    except ValueError:
        return None
    return (left, top, width, height) if 0 < width < 1e6 and 0 < height < 1e6 else None


def length(text: str | None) -> float | None:
    """CSS pixels; None for percent and other units that need a page around them."""
    match = LENGTH.fullmatch(text or "")
    if match is None or match[2].lower() not in UNITS:
        return None
    pixels = float(match[1]) * UNITS[match[2].lower()]
    return pixels if 0 < pixels < 1e6 else None


def framed(root: Element, size: Size, placement: Placement) -> Element:
    """The picture inside another SVG, whose `viewBox` is the window and whose size is that of the part."""
    left, top, right, bottom = placement.window
    inner = Element(root.tag, {**root.attrib, "x": "0", "y": "0", "preserveAspectRatio": "none"})
    inner.extend(root)
    inner.set("width", str(size.width))
    inner.set("height", str(size.height))
    inner.set("overflow", "visible")  # nothing beyond it is ever in the window, and to clip it costs its whole area
    outer = Element(f"{SVG}svg", {"preserveAspectRatio": "none"})
    outer.set("viewBox", f"{left} {top} {right - left} {bottom - top}")
    outer.set("width", str(placement.part.width))
    outer.set("height", str(placement.part.height))
    outer.append(inner)
    return outer


def has_text(root: Element) -> bool:
    return any(str(element.tag).endswith("}text") for element in root.iter())


def rasterise(text: str, needs_fonts: bool) -> bytes:
    """A PNG. Looking for the machine's fonts takes most of the time, so it is done for text alone."""
    try:
        # A text whose own family is not installed gets one of these; without any, resvg would leave it out.
        return resvg_py.svg_to_bytes(
            svg_string=text,
            skip_system_fonts=not needs_fonts,
            serif_family="DejaVu Serif",
            sans_serif_family="DejaVu Sans",
            monospace_family="DejaVu Sans Mono",
        )
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise Undecodable(f"the SVG cannot be drawn: {error}") from None  # a panic of Rust is no Exception
