"""Pictures made for the tests, as files, and what becomes of them."""

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

import proxy.demo
from proxy.formats import SNIFF_BYTES, Content, Format, sniff
from proxy.media import Rendition
from proxy.pixels.job import Job, Limits
from proxy.pixels.render import render
from proxy.plan.frame import Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import Link, Step
from proxy.plan.values import Length

LIMITS = Limits(max_source_pixels=100_000_000, max_output_side=8192)
SAMPLES = Path(proxy.demo.__file__).parent / "samples"
MODERN = frozenset({Format.AVIF, Format.WEBP})
ORIENTATION = 0x0112

# The families of ImageKit, as its documentation writes them.
BUILT_IN = [
    "AbrilFatFace",
    "Amaranth",
    "Arvo",
    "Audiowide",
    "Chivo",
    "Crimson Text",
    "exo",
    "Fredoka One",
    "Gravitas One",
    "Kanit",
    "Lato",
    "Lobster",
    "Lora",
    "Monoton",
    "Montserrat",
    "PT Mono",
    "PT_Serif",
    "Open Sans",
    "Roboto",
    "Old Standard",
    "Ubuntu",
    "Vollkorn",
]


@dataclass(frozen=True)
class Studio:
    """Writes files into a directory of the test and draws them."""

    directory: Path

    def file(self, image: Image.Image, name: str, **options: Any) -> Path:
        path = self.directory / name
        image.save(path, **options)
        return path

    def bytes(self, content: bytes, name: str) -> Path:
        path = self.directory / name
        path.write_bytes(content)
        return path

    def draw(
        self,
        path: Path,
        *steps: Link,
        accepts: frozenset[Format] = frozenset(),
        orient: bool = True,
        limits: Limits = LIMITS,
        format: OutputFormat = OutputFormat.PNG,
        layers: dict[str, Path] | None = None,
        fonts: dict[str, Path] | None = None,
        **output: Any,
    ) -> Rendition:
        """`output` are further fields of `Output`."""
        plan = Plan(steps, Output(format, **output), orient)
        files = tuple((name, file, content_of(file)) for name, file in (layers or {}).items())
        own = tuple((fonts or {}).items())
        return render(Job(path, content_of(path), plan, accepts, 80, limits, files, own)).rendition

    def picture(self, path: Path, *steps: Link, **options: Any) -> Image.Image:
        return opened(self.draw(path, *steps, **options))


def content_of(path: Path) -> Content:
    return sniff(path.read_bytes()[:SNIFF_BYTES], path.name)


def opened(rendition: Rendition) -> Image.Image:
    image = Image.open(BytesIO(rendition.body))
    image.load()
    return image


def sized(width: float | None = None, height: float | None = None, **frame: Any) -> Step:
    """A step with nothing but a frame."""
    across, down = (None if side is None else Length(side) for side in (width, height))
    return Step(frame=Frame(across, down, **frame))


@cache
def file_of_places(width: int, height: int, format: str, alpha: bool = False, **options: Any) -> bytes:
    """`places` as a file, with `alpha` clear on its left; encoded once for all tests that read it."""
    image = places(width, height)
    if alpha:
        image.putalpha(Image.new("L", image.size, 255))
        image.paste((255, 255, 255, 0), (0, 0, width // 2, height))
    out = BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def places(width: int, height: int) -> Image.Image:
    """Every pixel says where it is: red grows to the right, green downwards."""
    red = Image.linear_gradient("L").rotate(90).resize((width, height), Image.Resampling.BILINEAR)
    green = Image.linear_gradient("L").resize((width, height), Image.Resampling.BILINEAR)
    return Image.merge("RGB", (red, green, Image.new("L", (width, height), 128)))


def place_of(image: Image.Image, at: tuple[float, float]) -> tuple[float, float]:
    """Where in the source, as shares of its sides, the pixel comes from."""
    pixel = image.convert("RGB").getpixel((int(at[0]), int(at[1])))
    assert isinstance(pixel, tuple)
    return pixel[0] / 255, pixel[1] / 255


def photograph(name: str) -> Image.Image:
    return Image.open(SAMPLES / name)


def with_orientation(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return exif


def near(pixel: Any, expected: Any, tolerance: int = 2) -> bool:
    return len(pixel) == len(expected) and all(abs(a - b) <= tolerance for a, b in zip(pixel, expected, strict=True))
