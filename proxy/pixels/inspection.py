"""What is to be known about a picture: its size, its kind, what it tells of itself, what it looks like."""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from PIL import Image

from proxy.errors import SourceTooLarge, Undecodable
from proxy.formats import Format
from proxy.pixels.colour import flatten, to_srgb, uses_alpha
from proxy.pixels.decode import TURNS, Decoded, Raster, open_raster, orientation_of
from proxy.pixels.density import MOST_TOLD, UNTOLD
from proxy.pixels.exif import describe_exif
from proxy.pixels.fingerprint import SIDE, fingerprint
from proxy.pixels.geometry import Placement, Size
from proxy.pixels.job import Inspection
from proxy.pixels.refusing import refusing
from proxy.pixels.resample import resized
from proxy.pixels.sources import opened, view_of
from proxy.pixels.svg import Vector, open_vector
from proxy.plan.plan import Plan
from proxy.plan.values import Color

SMALL = Size(8 * SIDE, 8 * SIDE)  # what is drawn of lines for a look
PAPER = Color(255, 255, 255)  # behind what one can see through
LEAST_TOLD = 2  # one dot per inch is how a TIFF says nothing
X_RESOLUTION, RESOLUTION_UNIT = 0x011A, 0x0128
COLOR_SPACES = {"CMYK": "cmyk", "LAB": "lab"} | dict.fromkeys(("1", "L", "LA", "La", "F"), "gray")  # by Pillow's mode
PER_INCH = {2: 1.0, 3: 2.54}  # by EXIF's units: inches and centimetres


def inspect(job: Inspection) -> dict[str, Any]:
    """ImageKit's fields, ready for JSON: the picture as it is stored, not turned by its EXIF orientation. With a plan,
    `width` and `height` alone.

    The whole picture is decoded, so that what is told as good is good. Raises Undecodable, SourceTooLarge,
    InvalidTransformation for a page that is not there, and FileNotFoundError without a source.
    """
    try:
        if job.plan is not None:
            return measured(job, job.plan)
        with contents(job) as file:
            return facts_of(open_picture(file, job), size_of(file))
    except MemoryError:
        raise SourceTooLarge("the picture takes too much memory") from None


def measured(job: Inspection, plan: Plan) -> dict[str, Any]:
    assert isinstance(job.source, Path)
    with opened(job.source, job.content, job.limits, view_of(plan)) as source:
        source.load(Placement.whole(source.size, SMALL))
        return {"height": source.size.height, "width": source.size.width}


@contextmanager
def contents(job: Inspection) -> Iterator[IO[bytes]]:
    with BytesIO(job.source) if isinstance(job.source, bytes) else job.source.open("rb") as file:
        yield file


def size_of(file: IO[bytes]) -> int:
    return len(file.getbuffer()) if isinstance(file, BytesIO) else os.fstat(file.fileno()).st_size


def open_picture(file: IO[bytes], job: Inspection) -> Raster | Vector:
    picture = job.content.picture
    if picture is None:
        raise Undecodable("the file is no picture")
    if picture is Format.SVG:
        return open_vector(file.read(), job.limits.max_source_pixels)
    return open_raster(file, picture, job.limits, orient=False)


def facts_of(source: Raster | Vector, size_bytes: int) -> dict[str, Any]:
    color_space = color_space_of(source)  # before a JPEG is asked for its planes
    decoded = source.load(Placement.whole(source.size, smallest(source)))
    with refusing():  # behind the pixels, since a PNG may tell of itself there
        told = told_by(source)
        turn = TURNS.get(orientation_of(source.image)) if isinstance(source, Raster) else None
    return {
        "height": source.size.height,
        "width": source.size.width,
        "size": size_bytes,
        "format": str(source.format),
        "colorSpace": color_space,
        "orientation": orientation_of(source.image) if isinstance(source, Raster) else 1,
        "hasColorProfile": source.profile is not None,
        "quality": source.quality or 0,
        "density": told["density"],
        "hasTransparency": isinstance(decoded.image, Image.Image) and uses_alpha(decoded.image),
        "exif": told["exif"],
        "pHash": fingerprint(seen(decoded, source.profile, turn)),
        **({"frames": source.frames} if source.frames > 1 else {}),
    }


def color_space_of(source: Raster | Vector) -> str:
    """How it is stored; with a palette, what that holds."""
    if isinstance(source, Vector):
        return "rgb"
    mode = source.image.mode
    return "gray" if mode.startswith("I") else COLOR_SPACES.get(mode, "rgb")


def told_by(source: Raster | Vector) -> dict[str, Any]:
    if isinstance(source, Vector):
        return {"density": UNTOLD, "exif": {}}
    return {"density": density_of(source.image), "exif": describe_exif(source.image)}


def smallest(source: Raster | Vector) -> Size:
    """How large the picture has to be decoded for a look at it; an SVG has no other size than this one."""
    return SMALL if isinstance(source, Vector) else Size(SIDE, SIDE)


def seen(decoded: Decoded, profile: bytes | None, turn: Image.Transpose | None) -> Image.Image:
    """As a viewer sees it: upright, in sRGB, on white; small, square and grey."""
    small = resized(decoded.image, decoded.window, Size(SIDE, SIDE))
    grey = flatten(to_srgb(small, profile), PAPER).convert("L")
    return grey if turn is None else grey.transpose(turn)


def density_of(image: Image.Image) -> int:
    """Dots per inch, across."""
    for told in (image.info.get("dpi"), exif_density(image)):
        try:
            across = float(told[0]) if told else math.nan
        except (TypeError, ValueError, IndexError, ZeroDivisionError, OverflowError):
            continue
        if math.isfinite(across) and LEAST_TOLD <= round(across) <= MOST_TOLD:
            return round(across)
    return UNTOLD


def exif_density(image: Image.Image) -> tuple[float] | None:
    """For formats that have no other word for it."""
    try:
        exif = image.getexif()
        return (float(exif[X_RESOLUTION]) * PER_INCH[exif.get(RESOLUTION_UNIT, 2)],)
    except Exception:  # strangers wrote it
        return None
