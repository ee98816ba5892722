"""Moving pictures: frames, timing and loop survive what is done to the pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO

from PIL import Image

from proxy.errors import LimitExceeded, SourceTooLarge
from proxy.formats import Format
from proxy.pixels.geometry import Size
from proxy.pixels.job import Limits
from proxy.pixels.palette import opaque_from, with_one_clear_color
from proxy.pixels.quality import scale_for

WEBP_METHOD = 2  # for every frame
WEBP_LARGE_METHOD = 0  # a third of the time for a fifth more bytes
WEBP_LARGE_PIXELS = 6_000_000  # of all frames together
MOVING_MILLISECONDS = {Format.GIF: 50, Format.WEBP: 100}  # a megapixel, of one core of 2.5 GHz


def check_budget(frames: int, source: Size, drawn: Size, limits: Limits) -> None:
    """All frames together cost no more than one large picture."""
    if frames * source.pixels > limits.max_source_pixels:
        raise SourceTooLarge(f"{frames} frames of {source} pixels, {limits.max_source_pixels} are allowed altogether")
    if frames * drawn.pixels > limits.max_source_pixels:
        raise LimitExceeded(f"{frames} frames of {drawn} pixels, {limits.max_source_pixels} are allowed altogether")


def plays(source: Format, loop: int | None) -> int:
    """How often it is shown, 0 for ever. A GIF counts its repetitions, and without a count it is shown once."""
    if source is Format.GIF and loop:
        return loop + 1
    return 1 if loop is None else loop


@dataclass(frozen=True, slots=True)
class Motion:
    """Frames of one size, how long each is seen, and how often all of them are, as `plays` says it."""

    frames: Sequence[Image.Image]
    milliseconds: Sequence[int]
    shown: int


def write_moving(motion: Motion, format: Format, quality: int, lossless: bool) -> bytes:
    """GIF or WebP."""
    buffer = BytesIO()
    write = write_gif if format is Format.GIF else partial(write_webp, quality=quality, lossless=lossless)
    write(motion, buffer)
    return buffer.getvalue()


def write_webp(motion: Motion, buffer: BytesIO, quality: int, lossless: bool) -> None:
    first, *others = (frame.convert(common_mode(motion.frames)) for frame in motion.frames)
    large = len(motion.frames) * first.width * first.height > WEBP_LARGE_PIXELS
    first.save(
        buffer,
        "WEBP",
        save_all=True,
        append_images=others,
        duration=list(motion.milliseconds),
        loop=motion.shown,
        quality=0 if lossless else scale_for(Format.WEBP, quality),  # without loss it is the effort
        lossless=lossless,
        method=WEBP_LARGE_METHOD if large or lossless else WEBP_METHOD,
    )


def write_gif(motion: Motion, buffer: BytesIO) -> None:
    seen_from = opaque_from(motion.frames)
    first, *others = (with_one_clear_color(frame, seen_from) for frame in motion.frames)
    first.save(
        buffer,
        "GIF",
        save_all=True,
        append_images=others,
        duration=list(motion.milliseconds),
        disposal=2 if common_mode(motion.frames) == "RGBA" else 1,
        optimize=False,
        **repetitions(motion.shown),
    )


def repetitions(shown: int) -> dict[str, int]:
    """A GIF that is shown once says nothing about it; 0 is for ever."""
    return {} if shown == 1 else {"loop": max(0, shown - 1)}


def common_mode(frames: Sequence[Image.Image]) -> str:
    return "RGBA" if any(frame.mode in {"LA", "RGBA"} for frame in frames) else "RGB"
