"""What a job will hold at most, in bytes: a guess that is rather too high than too low."""

from dataclasses import replace

from proxy.formats import Content, Format
from proxy.native.turbojpeg import MOST_BYTES
from proxy.pixels.course import Course, Part, extent_or_guess
from proxy.pixels.extent import Extent
from proxy.pixels.job import Job, Work
from proxy.pixels.stages import Stage
from proxy.plan.steps import Step

BASE_BYTES = 24 * 2**20  # of any job: codecs, their tables, what a worker has of its own
PIXEL_BYTES = 4  # as Pillow holds one, of three channels too
SHRINK_MARGIN = 2  # as `decode` asks for it
PROGRESSIVE_BYTES = 4  # a pixel, of the coefficients of a JPEG that comes in several scans
# What a decoder holds beside Pillow's own picture, a pixel. Of a PNG that are its rows as they were stored, up to
# `png.MOST_BYTES`, of a larger one little; but if it can be seen through, it is as much again while it is scaled.
DECODER_BYTES = {Format.WEBP: 12, Format.AVIF: 4, Format.HEIC: 4, Format.TIFF: 1, Format.BMP: 1, Format.PNG: 4}
ENCODER_BYTES = {Format.JPEG: 8, Format.PNG: 3, Format.WEBP: 10, Format.AVIF: 24, Format.GIF: 4}
OTHER_BYTES = 4
FILE_COPIES = 2  # of a PNG, while it is read
DRAWING_COPIES = 4  # of what is drawn, at the same time: before, after, and with its transparency aside
PLAIN = Step()
ALONE_SHARE = 0.5  # of a worker's memory: beside a job that may take more, it keeps no decoded pictures
FRAME_COPIES = 2  # of each frame of an animation that is drawn: as drawn, and as its encoder wants it


def memory_of(work: Work, course: Course | None) -> int:
    """Bytes; without a course for an inspection, which decodes and looks."""
    if course is None:
        extent = extent_or_guess(work)
        return BASE_BYTES + max(reading(work), decoding(work.content, extent, extent.pixels))
    own = course.own
    layers = sum(opened(part) + pixels_out(part) * PIXEL_BYTES for part in course.layers)
    written = pixels_out(own) * (PIXEL_BYTES + ENCODER_BYTES.get(course.target or Format.JPEG, OTHER_BYTES))
    frames = pixels_out(own) * PIXEL_BYTES * FRAME_COPIES * (course.frames - 1)
    return BASE_BYTES + max(reading(work), opened(own)) + frames + max(layers + drawing(own), written)


def alone_if_large(work: Work, memory: int, most: int) -> Work:
    """The same, marked if it may take so many bytes of a worker's `most`."""
    return replace(work, alone=True) if isinstance(work, Job) and memory > ALONE_SHARE * most else work


def reading(work: Work) -> int:
    """A file may be larger than its picture; of a PNG's its pieces are there for a moment, and all of it."""
    match work.content.picture:
        case Format.PNG:
            return FILE_COPIES * work.source_bytes
        case Format.JPEG:
            return min(work.source_bytes, MOST_BYTES)
    return 0


def opened(part: Part) -> int:
    if part.extent is None or part.content is None:
        return drawing(part)
    return decoding(part.content, part.extent, pixels_decoded(part))


def decoding(content: Content, extent: Extent, pixels: float) -> int:
    decoder = DECODER_BYTES.get(content.picture, OTHER_BYTES) if content.picture else OTHER_BYTES
    if content.picture is Format.JPEG:
        decoder = 0
    held = extent.pixels * PROGRESSIVE_BYTES if extent.progressive else 0
    return round(pixels * (PIXEL_BYTES + decoder) + held)


def pixels_decoded(part: Part) -> float:
    """Of a JPEG no more than the decoder is asked for: 1/2, 1/4 or 1/8 of each side, if that is enough."""
    extent = part.extent
    assert extent is not None
    first = part.stages[0] if part.stages else None
    if first is None or part.content is None or part.content.picture is not Format.JPEG or first.step.trim is not None:
        return extent.pixels
    return extent.pixels / shrink_of(extent, first) ** 2


def shrink_of(extent: Extent, stage: Stage) -> int:
    wanted = stage.placement.scaled
    for shrink in (8, 4, 2):
        if all(
            side >= shrink * SHRINK_MARGIN * scaled
            for side, scaled in ((extent.width, wanted.width), (extent.height, wanted.height))
        ):
            return shrink
    return 1


def drawing(part: Part) -> int:
    """The dearest of its stages."""
    return max(map(stage_pixels, part.stages), default=0) * PIXEL_BYTES


def stage_pixels(stage: Stage) -> int:
    """With the copies of them; who is only scaled is there once more."""
    pixels = max(stage.placement.part.pixels, stage.placement.canvas.pixels, stage.size.pixels)
    if stage.step.trim is not None:
        pixels = max(pixels, stage.sides.current.pixels)
    return pixels if replace(stage.step, frame=PLAIN.frame) == PLAIN else pixels * DRAWING_COPIES


def pixels_out(part: Part) -> int:
    return part.size.pixels if part.stages else 0
