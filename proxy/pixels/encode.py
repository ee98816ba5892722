"""Pictures as bytes, in the format that was chosen. Nothing of the source's file comes along that is not named here."""

import mmap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import ImageFile, PngImagePlugin

from proxy.errors import LimitExceeded
from proxy.formats import Format
from proxy.pixels.animation import Motion, write_gif
from proxy.pixels.colour import flatten, space_of
from proxy.pixels.metadata import NOTHING, Metadata, with_density
from proxy.pixels.palette import with_palette
from proxy.pixels.picture import Picture
from proxy.pixels.quality import scale_for
from proxy.plan.values import BLACK, Color

FULL_CHROMA = "4:4:4"  # ImageKit's default: 4:2:0 blurs the edges of colours
JPEG_OPTIMIZED_PIXELS = 6_000_000  # up to here its own Huffman tables: 6 % fewer bytes for 6 ms a megapixel
# Chosen by `benchmarks.encoders`, see docs/performance-encoders.md.
WEBP_METHOD = 3
WEBP_LOSSLESS_METHOD = 2
AVIF_SPEED = 8  # 6 takes three times as long for 3 % fewer bytes, 9 a third for 11 % more
AVIF_LARGE_SPEED = 9
AVIF_LARGE_PIXELS = 1_000_000  # beyond, 8 would take seconds
PNG_LEVEL = 4  # 6 takes half as long again for 1 % fewer bytes
# Beyond these sizes the ways above would take many seconds.
WEBP_LARGE_METHOD = 0  # a third of the time for a quarter more bytes
WEBP_LARGE_PIXELS = 6_000_000
WEBP_LARGE_LOSSLESS_PIXELS = 1_000_000  # a tenth of the time for a tenth more bytes
WEBP_LOSSLESS_EFFORT = 80
WEBP_BYTES, WEBP_CLEAR_BYTES = 8, 30  # a pixel, that a lossy one's encoder holds at most, of noise; with alpha
PNG_LARGE_LEVEL = 1
PNG_LARGE_PIXELS = 8_000_000
JPEG_BUFFER = 6  # bytes a pixel at most: a progressive or optimized JPEG is written in one piece
FINE_QUALITY = 90  # from here on AVIF takes three times as long
# The space of a profile that can stand beside pixels of a mode.
PROFILES = {"L": "GRAY", "LA": "GRAY", "RGB": "RGB", "RGBA": "RGB", "CMYK": "CMYK"}
HOLDS_PROFILE_OF = {
    Format.JPEG: {"L", "RGB", "CMYK"},
    Format.PNG: {"L", "LA", "RGB", "RGBA"},
    Format.WEBP: {"RGB", "RGBA"},
    Format.AVIF: {"RGB", "RGBA"},
}


@dataclass(frozen=True, slots=True)
class Wish:
    """How to encode. `quality` is 1-100 on the scale of JPEG; `ground` shows through where alpha cannot be kept."""

    quality: int
    ground: Color = BLACK
    progressive: bool = False
    lossless: bool = False
    paletted: bool = False  # the source was: a PNG of it may have 256 colours again
    metadata: Metadata = NOTHING
    density: int | None = None  # dots per inch to tell of, where the format can


def encode(picture: Picture, format: Format, wish: Wish) -> bytes:
    """A still picture."""
    picture = settle(picture, format, wish)
    buffer = BytesIO()
    try:
        WRITERS[format](picture, buffer, wish)
    except (RuntimeError, ValueError, OSError) as error:  # each encoder has its own way to say that it is too much
        raise LimitExceeded(f"{picture.size} pixels are too many for {format}") from error
    return buffer.getvalue()


def settle(picture: Picture, format: Format, wish: Wish) -> Picture:
    """What the encoder is given: no alpha for JPEG, no profile that the format cannot hold, no leftovers."""
    if format is Format.JPEG:
        picture = Picture(flatten(picture.image, wish.ground), picture.profile)
    if not holds_profile(picture, format):
        picture = picture.in_srgb()
    picture.image.info = {}  # encoders would write comments and the like out again
    return picture


def holds_profile(picture: Picture, format: Format) -> bool:
    mode = picture.image.mode
    if picture.profile is None or mode not in HOLDS_PROFILE_OF.get(format, ()):
        return False
    return space_of(picture.profile) == PROFILES[mode]


def write_jpeg(picture: Picture, buffer: BytesIO, wish: Wish) -> None:
    optimized = picture.size.pixels <= JPEG_OPTIMIZED_PIXELS
    options: dict[str, Any] = {"quality": wish.quality, "subsampling": FULL_CHROMA}
    options |= {"progressive": wish.progressive, "optimize": optimized}
    with room_for(JPEG_BUFFER * picture.size.pixels if wish.progressive or optimized else 0):
        picture.image.save(buffer, "JPEG", **options, **dots(wish), **extras(picture, wish))


@contextmanager
def room_for(whole: int) -> Iterator[None]:
    """Pillow guesses how large such a JPEG can be, and noise at full colour resolution is larger."""
    before = ImageFile.MAXBLOCK
    ImageFile.MAXBLOCK = max(before, whole)
    try:
        yield
    finally:
        ImageFile.MAXBLOCK = before


def write_png(picture: Picture, buffer: BytesIO, wish: Wish) -> None:
    """Always lossless, but for sources of 256 colours, which shall not come out larger than they went in."""
    image = picture.image
    if wish.paletted and not wish.lossless and image.mode in {"RGB", "RGBA"}:
        image = with_palette(image)
    level = PNG_LEVEL if picture.size.pixels <= PNG_LARGE_PIXELS else PNG_LARGE_LEVEL
    notes = PngImagePlugin.PngInfo()
    options = dots(wish) | extras(picture, wish)
    if xmp := options.pop("xmp", None):
        notes.add_itxt("XML:com.adobe.xmp", xmp.decode(errors="replace"))
    image.save(buffer, "PNG", pnginfo=notes, compress_level=level, **options)


def write_webp(picture: Picture, buffer: BytesIO, wish: Wish) -> None:
    if not wish.lossless:
        check_room(picture.size.pixels * (WEBP_CLEAR_BYTES if picture.image.mode == "RGBA" else WEBP_BYTES))
    picture.image.save(buffer, "WEBP", **webp_options(picture.size.pixels, wish), **extras(picture, wish))


def check_room(needed: int) -> None:
    """Raises MemoryError. WebP's lossy encoder goes on without what it was refused, asking again at every block; the
    lossless one gives up by itself.
    """
    try:
        mmap.mmap(-1, needed, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except OSError as error:
        raise MemoryError from error


def webp_options(pixels: int, wish: Wish) -> dict[str, Any]:
    if wish.lossless and pixels > WEBP_LARGE_LOSSLESS_PIXELS:
        return {"quality": 0, "lossless": True, "method": WEBP_LARGE_METHOD}  # here `quality` is the effort
    if wish.lossless:
        return {"quality": WEBP_LOSSLESS_EFFORT, "lossless": True, "method": WEBP_LOSSLESS_METHOD}
    method = WEBP_METHOD if pixels <= WEBP_LARGE_PIXELS else WEBP_LARGE_METHOD
    return {"quality": scale_for(Format.WEBP, wish.quality), "lossless": False, "method": method}


def write_avif(picture: Picture, buffer: BytesIO, wish: Wish) -> None:
    """One thread, since every core has its own worker."""
    quality = scale_for(Format.AVIF, wish.quality)
    speed = AVIF_SPEED if picture.size.pixels <= AVIF_LARGE_PIXELS else AVIF_LARGE_SPEED
    options: dict[str, Any] = {"quality": quality, "speed": speed, "max_threads": 1}
    if picture.image.mode != "L":
        options["subsampling"] = FULL_CHROMA
    picture.image.save(buffer, "AVIF", **options, **extras(picture, wish))


def write_still_gif(picture: Picture, buffer: BytesIO, wish: Wish) -> None:
    write_gif(Motion([picture.image], [0], shown=1), buffer)


def milliseconds_for(format: Format, pixels: int, wish: Wish) -> float:
    """About what a megapixel takes on one core of 2.5 GHz; smaller pictures are written with more care."""
    match format:
        case Format.JPEG:
            return 85 if wish.progressive else 30 if pixels <= JPEG_OPTIMIZED_PIXELS else 20
        case Format.PNG:
            return 200 if pixels <= PNG_LARGE_PIXELS else 110
        case Format.WEBP if wish.lossless:
            return 1000 if pixels <= WEBP_LARGE_LOSSLESS_PIXELS else 80
        case Format.WEBP:
            return 220 if pixels <= WEBP_LARGE_PIXELS else 60
        case Format.AVIF:
            fast = pixels > AVIF_LARGE_PIXELS
            return (450 if fast else 1000) if wish.quality >= FINE_QUALITY else (150 if fast else 400)
    return 50


def dots(wish: Wish) -> dict[str, Any]:
    """For the formats that can tell."""
    return {} if wish.density is None else {"dpi": (wish.density, wish.density)}


def extras(picture: Picture, wish: Wish) -> dict[str, Any]:
    """What stands beside the pixels in the file; nothing by default."""
    found = {"icc_profile": picture.profile, "exif": wish.metadata.exif, "xmp": wish.metadata.xmp}
    if wish.density is not None:
        found["exif"] = with_density(wish.metadata.exif, wish.density)
    return {name: value for name, value in found.items() if value}


WRITERS: dict[Format, Callable[[Picture, BytesIO, Wish], None]] = {
    Format.JPEG: write_jpeg,
    Format.PNG: write_png,
    Format.WEBP: write_webp,
    Format.AVIF: write_avif,
    Format.GIF: write_still_gif,
}
