"""A job becomes a picture: open, draw, choose the format, encode. Synchronous; touches nothing but its source."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import IO, Protocol

from PIL import Image

from proxy.errors import SourceTooLarge, Undecodable
from proxy.formats import Format
from proxy.media import Rendition, etag_of
from proxy.pixels.animation import Motion, check_budget, plays, write_moving
from proxy.pixels.colour import uses_alpha
from proxy.pixels.decode import Decoded, Raster, open_raster
from proxy.pixels.encode import Wish, encode
from proxy.pixels.geometry import Placement, Size, Stage, plan_stages
from proxy.pixels.job import ENGINE, Drawn, Job
from proxy.pixels.metadata import NOTHING, Metadata
from proxy.pixels.negotiate import Candidate, Choice, choose, keeps_moving
from proxy.pixels.quality import chosen_quality
from proxy.pixels.steps import draw
from proxy.pixels.svg import open_vector
from proxy.plan.values import BLACK, Color


class Source(Protocol):
    """An opened original; `held` are the pixels that it has, `quality` is that of a JPEG."""

    @property
    def format(self) -> Format: ...
    @property
    def size(self) -> Size: ...
    @property
    def held(self) -> Size: ...
    @property
    def frames(self) -> int: ...
    @property
    def paletted(self) -> bool: ...
    @property
    def profile(self) -> bytes | None: ...
    @property
    def quality(self) -> int | None: ...
    @property
    def metadata(self) -> Metadata: ...

    def load(self, placement: Placement) -> Decoded: ...


@dataclass(slots=True)
class Stopwatch:
    """Seconds by stage."""

    stages: dict[str, float] = field(default_factory=lambda: {"decode": 0.0, "draw": 0.0, "encode": 0.0})

    @contextmanager
    def timing(self, stage: str) -> Iterator[None]:
        begun = perf_counter()
        try:
            yield
        finally:
            self.stages[stage] += perf_counter() - begun


def render(job: Job) -> Drawn:
    """Raises Undecodable, SourceTooLarge, LimitExceeded, InvalidTransformation; FileNotFoundError without a source."""
    watch = Stopwatch()
    with job.source.open("rb") as file:
        try:
            with watch.timing("decode"):
                source = open_source(file, job)
            return Drawn(draw_source(source, job, watch), watch.stages)
        except MemoryError:
            raise SourceTooLarge("the picture takes too much memory") from None


def open_source(file: IO[bytes], job: Job) -> Source:
    picture = job.content.picture
    if picture is None:
        raise Undecodable("the file is no picture")
    if picture is Format.SVG:
        return open_vector(file.read(), job.limits.max_source_pixels)
    return open_raster(file, picture, job.limits, job.plan.orient is True)


def draw_source(source: Source, job: Job, watch: Stopwatch) -> Rendition:
    stages = plan_stages(job.plan.steps, source.size, job.limits, source.held)
    candidate = Candidate(source.format, stages[-1].size, moving=isinstance(source, Raster) and source.frames > 1)
    if isinstance(source, Raster) and keeps_moving(job.plan.output, candidate, job.accepts):
        return draw_moving(source, stages, job, watch)
    return draw_still(source, stages, job, watch)


def draw_still(source: Source, stages: Sequence[Stage], job: Job, watch: Stopwatch) -> Rendition:
    with watch.timing("decode"):
        decoded = source.load(stages[0].placement)
    with watch.timing("draw"):
        picture = draw(decoded, source.profile, stages, keeps_profile(job))
        candidate = Candidate(source.format, picture.size, uses_alpha(picture.image))
        choice = choose(job.plan.output, candidate, job.accepts)
    with watch.timing("encode"):
        return rendition(encode(picture, choice.format, wish(source, stages, job)), picture.size, choice)


def draw_moving(source: Raster, stages: Sequence[Stage], job: Job, watch: Stopwatch) -> Rendition:
    """Every frame is drawn like a still picture. One profile and one set of numbers serve them all."""
    check_budget(source.frames, source.size, stages[-1].size, job.limits)
    choice = choose(job.plan.output, Candidate(source.format, stages[-1].size, moving=True), job.accepts)
    frames: list[Image.Image] = []
    milliseconds: list[int] = []
    for number in range(source.frames):
        with watch.timing("decode"):
            decoded = source.load(stages[0].placement, number)
            milliseconds.append(source.milliseconds)
        with watch.timing("draw"):
            frames.append(draw(decoded, source.profile, stages, keep_profile=False).image)
    with watch.timing("encode"):
        motion = Motion(frames, milliseconds, plays(source.format, source.loop))
        wished = wish(source, stages, job)
        body = write_moving(motion, choice.format, wished.quality, wished.lossless)
        return rendition(body, stages[-1].size, choice)


def rendition(body: bytes, size: Size, choice: Choice) -> Rendition:
    return Rendition(body, choice.format, *size.pair, ENGINE, choice.negotiated, etag_of(body))


def wish(source: Source, stages: Sequence[Stage], job: Job) -> Wish:
    output = job.plan.output
    return Wish(
        quality=chosen_quality(output.quality, job.default_quality, source.quality),
        ground=ground(stages),
        progressive=output.progressive,
        lossless=output.lossless,
        paletted=source.paletted,
        metadata=source.metadata if output.keep_metadata else NOTHING,
    )


def ground(stages: Sequence[Stage]) -> Color:
    """What shows through in a JPEG: the `bg` of the last step that names one."""
    return next((stage.background for stage in reversed(stages) if stage.background is not None), BLACK)


def keeps_profile(job: Job) -> bool:
    return job.plan.output.keep_profile or job.plan.output.keep_metadata
