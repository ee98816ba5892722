"""A stranger's SVG made harmless: it points nowhere outside itself. How much of it would be drawn is weighed elsewhere.

`resvg` reads local files that a `href` names, so nothing gets through but `#fragments` and pictures inside the file.
"""

import base64
import re
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from PIL import Image

from proxy.errors import SourceTooLarge, Undecodable
from proxy.pixels.svg_weight import weigh

MAX_BYTES = 5_000_000
MAX_NESTING = 2  # an SVG as a picture in an SVG
SVG = "{http://www.w3.org/2000/svg}"
DATA = re.compile(r"\s*data:image/(png|jpe?g|gif|webp|svg\+xml)((?:;[^,]*)?),(.*)", re.DOTALL | re.IGNORECASE)
IMPORT = re.compile(r"@import[^;]*;?", re.IGNORECASE)
OUTSIDE = re.compile(r"url\(\s*[\"']?\s*(?![\"'#\s])[^)]*\)", re.IGNORECASE)
LENGTHS = {"width", "height", "x", "y", "r", "rx", "ry", "cx", "cy", "x1", "y1", "x2", "y2", "stdDeviation"}
MOST_OCTAVES = 10  # of noise: each counts for half of the one before, so further ones are not seen
LONGEST = 1e6  # resvg reserves memory for a pattern as large as what it fills
NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)

ElementTree.register_namespace("", SVG[1:-1])


def read_svg(packed: bytes, max_pixels: int) -> Element:
    """The cleaned root; `max_pixels` bounds the pictures inside. Raises Undecodable, SourceTooLarge."""
    if len(packed) > MAX_BYTES:
        raise SourceTooLarge(f"an SVG may have {MAX_BYTES} bytes")
    try:
        root = Cleaner(max_pixels).clean(packed)
        weigh(root)
        if root.tag != f"{SVG}svg":
            raise Undecodable("the file is no SVG")
    except RecursionError:
        raise SourceTooLarge("the SVG is nested too deeply") from None
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise Undecodable(f"the SVG cannot be read: {error}") from None
    return root


@dataclass(slots=True)
class Cleaner:
    """`pixels` are left for the pictures inside; `nesting` more levels of SVG."""

    pixels: int
    nesting: int = field(default=MAX_NESTING)

    def clean(self, packed: bytes) -> Element:
        """Parsed by expat, which loads nothing from outside and stops entities that multiply."""
        root = ElementTree.fromstring(packed)  # noqa: S314
        for element in root.iter():
            for name, value in list(element.attrib.items()):
                self.clean_attribute(element, name, value)
            if element.text and local(str(element.tag)) == "style":
                element.text = OUTSIDE.sub("none", IMPORT.sub("", element.text))
        return root

    def clean_attribute(self, element: Element, name: str, value: str) -> None:
        if local(name) == "base":
            del element.attrib[name]
        elif local(name) == "href" and not value.strip().startswith("#"):
            inside = self.inside(value)
            if inside is None:
                del element.attrib[name]
            else:
                element.set(name, inside)
        elif "url(" in value.lower():
            element.set(name, OUTSIDE.sub("none", value))
        elif name == "numOctaves" and exceeds(value, MOST_OCTAVES):
            element.set(name, str(MOST_OCTAVES))
        elif name in LENGTHS and exceeds(value, LONGEST):
            raise ValueError(f"a {name} of {value[:40]}")

    def inside(self, value: str) -> str | None:
        """A data URL that may stay, rewritten; None for everything else."""
        match = DATA.fullmatch(value)
        if match is None:
            return None
        kind, options, text = match.groups()
        payload = unquote_to_bytes(text)
        if options.lower().endswith(";base64"):
            payload = base64.b64decode(payload)
        if kind.lower() == "svg+xml":
            payload = self.inner_svg(payload)
        elif not self.affords(payload):
            return None
        return f"data:image/{kind};base64,{base64.b64encode(payload).decode()}" if payload else None

    def inner_svg(self, payload: bytes) -> bytes:
        if not self.nesting:
            return b""
        self.nesting -= 1
        try:
            inner = self.clean(payload)
            weigh(inner)
            return write_svg(inner).encode()
        except ElementTree.ParseError:
            return b""
        finally:
            self.nesting += 1

    def affords(self, payload: bytes) -> bool:
        """Only the header is read here; resvg will decode it."""
        try:
            with Image.open(BytesIO(payload), formats=["PNG", "JPEG", "GIF", "WEBP"]) as image:
                self.pixels -= image.width * image.height
        except Exception:
            return False
        return self.pixels >= 0


def exceeds(text: str, limit: float) -> bool:
    number = NUMBER.match(text)
    return number is not None and abs(float(number[0])) > limit


def write_svg(root: Element) -> str:
    return ElementTree.tostring(root, encoding="unicode")


def local(name: str) -> str:
    return name.rpartition("}")[2].lower()
