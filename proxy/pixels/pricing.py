"""What a job will cost, in seconds of a worker: a guess from what is known without opening the file, made better by
what jobs really took.

It need not be right for one picture, only for a queue of them: it says how long who comes now would have to wait.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from proxy.formats import Format
from proxy.pixels.job import Inspection, Job, Work
from proxy.plan.frame import Frame, Side
from proxy.plan.output import Output
from proxy.plan.plan import Plan
from proxy.plan.steps import Step
from proxy.plan.values import Length

BASE_SECONDS = 0.003  # of any job, however small
# Of photos and drawings as shops have them; correction follows.
BYTES_PER_PIXEL = {
    Format.JPEG: 0.3,
    Format.PNG: 1.5,
    Format.WEBP: 0.2,
    Format.AVIF: 0.1,
    Format.HEIC: 0.1,
    Format.GIF: 0.5,
    Format.TIFF: 2.0,
    Format.BMP: 3.0,
}
DECODE_SECONDS = {Format.JPEG: 8e-9, Format.PNG: 25e-9, Format.AVIF: 40e-9, Format.HEIC: 40e-9}  # a pixel
ENCODE_SECONDS = {Format.JPEG: 25e-9, Format.PNG: 150e-9, Format.WEBP: 120e-9, Format.AVIF: 400e-9, Format.GIF: 150e-9}
OTHER_BYTES, OTHER_DECODE, OTHER_ENCODE = 1.0, 20e-9, 100e-9
UNKNOWN_PIXELS = 1_000_000  # of what has no pixels of its own, and of sizes that are computed later
WEIGHT = 1 / 16  # of the newest measurement
LEAST, MOST = 1 / 50, 50.0  # a correction beyond these is a fault of the measurement


@dataclass(frozen=True, slots=True)
class Price:
    """Seconds to open the source, and to draw and encode the picture."""

    decode: float
    output: float
    source: Format | None
    target: Format | None


def price_of(work: Work) -> Price:
    """Uncorrected. Pure."""
    picture = work.content.picture
    pixels = source_pixels(work)
    decode = pixels * DECODE_SECONDS.get(picture, OTHER_DECODE) if picture else pixels * OTHER_DECODE
    if isinstance(work, Inspection):
        return Price(decode, 0.0, picture, None)
    target = target_format(work)
    encode = ENCODE_SECONDS.get(target, OTHER_ENCODE) if target else OTHER_ENCODE
    return Price(decode, output_pixels(work.plan, pixels) * encode, picture, target)


def source_pixels(work: Work) -> float:
    picture = work.content.picture
    if picture is None or picture is Format.SVG or not work.source_bytes:
        return UNKNOWN_PIXELS
    return min(work.source_bytes / BYTES_PER_PIXEL.get(picture, OTHER_BYTES), work.limits.max_source_pixels)


def target_format(job: Job) -> Format | None:
    """As far as it is certain; of those that the viewer accepts, the one that is dearest."""
    output: Output = job.plan.output
    if output.format is not None and output.format.explicit is not None:
        return output.format.explicit
    return max(job.accepts, key=lambda it: ENCODE_SECONDS.get(it, OTHER_ENCODE), default=job.content.picture)


def output_pixels(plan: Plan, source: float) -> float:
    """Of the largest picture on the way: each step draws one."""
    frames = [link.frame for link in plan.steps if isinstance(link, Step) and link.frame.sized]
    return max((frame_pixels(frame, source) for frame in frames), default=source)


def frame_pixels(frame: Frame, source: float) -> float:
    sides = list(known_sides(frame.width, frame.height))
    if len(sides) == 2:
        return sides[0] * sides[1]
    return sides[0] ** 2 if sides else min(source, UNKNOWN_PIXELS)


def known_sides(*sides: Side | None) -> Iterator[float]:
    for side in sides:
        if isinstance(side, Length) and not side.relative:
            yield side.amount


@dataclass(slots=True)
class Prices:
    """Guesses, corrected by format with what was measured, the newest counting most."""

    decode: dict[Format | None, float] = field(default_factory=lambda: defaultdict(lambda: 1.0))
    output: dict[Format | None, float] = field(default_factory=lambda: defaultdict(lambda: 1.0))

    def estimate(self, work: Work) -> float:
        """Seconds of a worker."""
        price = price_of(work)
        return BASE_SECONDS + price.decode * self.decode[price.source] + price.output * self.output[price.target]

    def learn(self, work: Work, stages: Mapping[str, float]) -> None:
        """`stages`: seconds by the names that `Drawn` has them under."""
        price = price_of(work)
        correct(self.decode, price.source, stages.get("decode", 0.0), price.decode)
        correct(self.output, price.target, stages.get("draw", 0.0) + stages.get("encode", 0.0), price.output)


def correct(factors: dict[Format | None, float], format: Format | None, took: float, guess: float) -> None:
    if took > 0 and guess > 0:
        measured = min(max(took / guess, LEAST), MOST)
        factors[format] += (measured - factors[format]) * WEIGHT
