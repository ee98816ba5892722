"""What a job will cost, in seconds of a worker and in bytes: a guess from what is known without decoding a file; the
seconds are made better by what jobs really took.

It need not be right for one picture, only for a queue of them: it says how long who comes now would have to wait.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from proxy.formats import Format
from proxy.native.library import CAN_RESAMPLE, CAN_UNFILTER
from proxy.native.turbojpeg import CAN_READ_PLANES
from proxy.pixels.course import Course, Part, course_of, extent_or_guess
from proxy.pixels.geometry import Placement, Size
from proxy.pixels.job import SHARED, Inspection, Job, Work
from proxy.pixels.memory import memory_of, pixels_decoded
from proxy.pixels.work import Costs, work_of, work_of_lines, work_of_text

BASE_SECONDS = 0.003  # of any job, however small
# A pixel. What a JPEG costs lies in its bytes and in the pixels that it is asked for.
DECODE_SECONDS = {
    Format.JPEG: 3e-9 if CAN_READ_PLANES else 5e-9,  # some of them Pillow reads all the same
    Format.PNG: 18e-9 if CAN_UNFILTER else 30e-9,  # those that only Pillow reads are rare
    Format.WEBP: 32e-9,
    Format.AVIF: 28e-9,
    Format.HEIC: 50e-9,
    Format.TIFF: 6e-9,
    Format.BMP: 6e-9,
}
ENCODE_SECONDS = {Format.JPEG: 15e-9, Format.PNG: 170e-9, Format.WEBP: 150e-9, Format.AVIF: 180e-9, Format.GIF: 60e-9}
# By our own C, of each pixel that goes in and that comes out; the limits on work count with Pillow's time everywhere.
SCALING_SECONDS, SCALING_CLEAR_SECONDS = 6e-9, 16e-9
OTHER_DECODE, OTHER_ENCODE = 20e-9, 100e-9
JPEG_BYTE_SECONDS = 10e-9  # Huffman's part, whatever size is wanted
PROGRESSIVE_SECONDS = 12e-9  # a pixel of one in several scans, the same
VECTOR, PAGE = 330, 60  # milliseconds a megapixel of an SVG, and of a document's page
WEIGHT = 1 / 16  # of the newest measurement
NOTEWORTHY_SECONDS = 0.05  # foretold, count half of that: what a small picture takes is mostly not in its pixels
LEAST, MOST = 1 / 50, 50.0  # a correction beyond these is a fault of the measurement


@dataclass(frozen=True, slots=True)
class Price:
    """Seconds to open the source, to draw, and to encode the picture, uncorrected; `memory` in bytes.

    `shared`: how many pixels have to be decoded that other jobs can be drawn from, too; 0 if they cannot.
    """

    decode: float
    draw: float
    encode: float
    source: Format | None
    target: Format | None
    memory: int
    shared: float = 0.0


def price_of(work: Work) -> Price:
    """Pure."""
    picture = work.content.picture
    if isinstance(work, Inspection):
        pixels = extent_or_guess(work).pixels
        decode = pixels * decode_seconds(picture) + bytes_seconds(work)
        return Price(decode, 0.0, 0.0, picture, None, memory_of(work, None))
    course = course_of(work)
    drawn = sum(seconds(part) for part in (course.own, *course.layers)) * course.frames + texts(course)
    layers = sum(opening(part) for part in course.layers)
    decode = (opening(course.own) + bytes_seconds(work)) * frames_opened(work, course)
    return Price(
        decode, drawn + layers, encoding(course), picture, course.target, memory_of(work, course), shared(work, course)
    )


def shared(job: Job, course: Course) -> float:
    still = job.plan.page is None and extent_or_guess(job).frames == 1
    return pixels_decoded(course.own) if still and job.content.picture in SHARED else 0.0


def frames_opened(job: Job, course: Course) -> int:
    """Those of an animation lie one on the other up to the page that is wanted."""
    frames = course.own.extent.frames if course.own.extent else 1
    return max(1, course.frames, min(job.plan.page or 1, frames))


def opening(part: Part) -> float:
    if part.content is None or part.extent is None:
        return 0.0
    if part.content.picture in {None, Format.SVG}:
        milliseconds = VECTOR if part.content.picture else PAGE
        return total(work_of_lines(part.stages[0].placement.part, milliseconds)) if part.stages else 0.0
    return pixels_decoded(part) * decode_seconds(part.content.picture)


def decode_seconds(picture: Format | None) -> float:
    return DECODE_SECONDS.get(picture, OTHER_DECODE) if picture else OTHER_DECODE


def bytes_seconds(work: Work) -> float:
    """Of what has to be read whatever part of it is wanted."""
    if work.content.picture is not Format.JPEG:
        return 0.0
    scans = extent_or_guess(work)
    return work.source_bytes * JPEG_BYTE_SECONDS + scans.progressive * scans.pixels * PROGRESSIVE_SECONDS


def seconds(part: Part) -> float:
    clear, decoded = part.content is None, pixels_decoded(part) if part.extent else inf
    return sum(
        total({**work_of(stage, clear), **scaling_here(stage.placement, clear, decoded)}) for stage in part.stages
    )


def scaling_here(placement: Placement, clear: bool, decoded: float) -> Costs:
    """Instead of Pillow's, where it is quicker; of so many pixels, if the decoder has made fewer of them."""
    if not CAN_RESAMPLE or placement.scaled == placement.source:
        return {}
    left, top, right, bottom = placement.window
    pixels = min((right - left) * (bottom - top), decoded) + placement.part.pixels
    return {"scaling": pixels * (SCALING_CLEAR_SECONDS if clear else SCALING_SECONDS)}


def texts(course: Course) -> float:
    """A text's box is some share of what it is written on."""
    return sum(total(work_of_text(layer, Size(base.width, 1 + base.height // 4))) for layer, base in course.texts)


def encoding(course: Course) -> float:
    if not course.own.stages:
        return 0.0
    pixel = ENCODE_SECONDS.get(course.target, OTHER_ENCODE) if course.target else OTHER_ENCODE
    return course.own.size.pixels * course.frames * pixel


def total(costs: Costs) -> float:
    return sum(costs.values())


@dataclass(slots=True)
class Prices:
    """Guesses, corrected by format with what was measured; the newest counts most, and the larger more."""

    decode: dict[Format | None, float] = field(default_factory=lambda: defaultdict(lambda: 1.0))
    draw: dict[Format | None, float] = field(default_factory=lambda: defaultdict(lambda: 0.5))  # foretold for the worst
    encode: dict[Format | None, float] = field(default_factory=lambda: defaultdict(lambda: 1.0))

    def estimate(self, price: Price) -> float:
        """Seconds of a worker."""
        return self.decoding(price) + self.drawing(price)

    def decoding(self, price: Price) -> float:
        return price.decode * self.decode[price.source]

    def drawing(self, price: Price) -> float:
        """Of an original that is decoded already."""
        return BASE_SECONDS + price.draw * self.draw[None] + price.encode * self.encode[price.target]

    def learn(self, price: Price, stages: Mapping[str, float], reused: bool = False) -> None:
        """`stages`: seconds by the names that `Drawn` has them under; `reused`: nothing had to be decoded."""
        if not reused:
            correct(self.decode, price.source, stages.get("decode", 0.0), price.decode)
        correct(self.draw, None, stages.get("draw", 0.0), price.draw)
        correct(self.encode, price.target, stages.get("encode", 0.0), price.encode)


def correct(factors: dict[Format | None, float], format: Format | None, took: float, guess: float) -> None:
    if took > 0 and guess > 0:
        measured = min(max(took / guess, LEAST), MOST)
        weight = WEIGHT * guess / (guess + NOTEWORTHY_SECONDS)
        factors[format] += (measured - factors[format]) * weight
