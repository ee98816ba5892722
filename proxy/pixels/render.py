"""A job becomes a picture: open, draw, choose the format, encode. Synchronous; touches nothing but its source."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter

from proxy.errors import SourceTooLarge
from proxy.media import Rendition, etag_of
from proxy.pixels.animation import MOVING_MILLISECONDS, Motion, check_budget, plays, write_moving
from proxy.pixels.colour import uses_alpha
from proxy.pixels.decode import Decoded
from proxy.pixels.decoded import DecodedPictures
from proxy.pixels.density import dots_of
from proxy.pixels.drawing import Artist, Drawing
from proxy.pixels.encode import Wish, encode, milliseconds_for
from proxy.pixels.geometry import Placement, Size
from proxy.pixels.job import ENGINE, Drawn, Job
from proxy.pixels.metadata import NOTHING
from proxy.pixels.negotiate import Candidate, Choice, choose, keeps_moving
from proxy.pixels.picture import Picture
from proxy.pixels.placeholder import told
from proxy.pixels.quality import chosen_quality
from proxy.pixels.sources import Source, opened, view_of
from proxy.pixels.stages import ground, merged
from proxy.pixels.work import Work, work_of, work_of_encoding
from proxy.plan.output import Output
from proxy.plan.plan import Plan
from proxy.plan.walk import branch_outputs

Draw = Callable[[], Picture]


@dataclass(slots=True)
class Stopwatch:
    """Seconds by stage; a stage within a stage does not count twice."""

    stages: dict[str, float] = field(default_factory=lambda: {"decode": 0.0, "draw": 0.0, "encode": 0.0})
    running: list[str] = field(default_factory=list)

    @contextmanager
    def timing(self, stage: str) -> Iterator[None]:
        self.running.append(stage)
        begun = perf_counter()
        try:
            yield
        finally:
            seconds = perf_counter() - begun
            self.running.pop()
            self.stages[stage] += seconds
            if self.running:
                self.stages[self.running[-1]] -= seconds


@dataclass(frozen=True, slots=True)
class Timed:
    """A source whose decoding is measured."""

    source: Source
    watch: Stopwatch

    @property
    def size(self) -> Size:
        return self.source.size

    @property
    def held(self) -> Size:
        return self.source.held

    @property
    def profile(self) -> bytes | None:
        return self.source.profile

    @property
    def milliseconds_a_megapixel(self) -> int:
        return self.source.milliseconds_a_megapixel

    def load(self, placement: Placement, frame: int = 0) -> Decoded:
        with self.watch.timing("decode"):
            return self.source.load(placement, frame)


def render(job: Job, decoded: DecodedPictures | None = None) -> Drawn:
    """Drawn from `decoded` if its file is there as large as needed, else kept there.

    Raises Undecodable, SourceTooLarge, LimitExceeded, InvalidTransformation; FileNotFoundError without a source."""
    watch = Stopwatch()
    decoded = decoded or DecodedPictures()
    before = decoded.reused
    try:
        with ExitStack() as stack:
            with watch.timing("decode"):  # to know how a PNG lies, Pillow reads all of it
                source = stack.enter_context(opened(job.source, job.content, job.limits, view_of(job.plan), decoded))
            rendition = draw_source(source, job, watch)
            return Drawn(rendition, watch.stages, reused=decoded.reused > before)
    except MemoryError:
        raise SourceTooLarge("the picture takes too much memory") from None


def draw_source(source: Source, job: Job, watch: Stopwatch) -> Rendition:
    files = {name: (path, content) for name, path, content in job.layers}
    work = Work(job.limits.max_work_seconds)
    artist = Artist(
        job.limits, files, dict(job.fonts), may_keep_profile(job.plan), work=work, frames=moves(source, job)
    )
    if not job.plan.has_choice:  # or a branch may have another word on it
        dots_of(job.plan.output.density, source.density)  # raises before anything is drawn
    timed = Timed(source, watch)
    with watch.timing("draw"):
        drawing = artist.draw(timed, job.plan.steps)
    if job.plan.placeholder:
        del watch.stages["encode"]  # nothing is: no price is to be learned from it
        return told(drawing, source.format, job)
    output = merged(job.plan.output, drawing.said)
    candidate = Candidate(source.format, drawing.picture.size, moving=source.frames > 1)
    if keeps_moving(output, candidate, job.accepts):
        frames = (partial(artist.again, timed, drawing.stages, frame) for frame in range(1, source.frames))
        for stage in drawing.stages:
            work.spend(work_of(stage, clear=False), source.frames - artist.frames)
        return draw_moving(source, drawing, frames, output=output, job=job, watch=watch, work=work)
    return finish(source, drawing, output=output, job=job, watch=watch, work=work)


def moves(source: Source, job: Job) -> int:
    """How many frames will be drawn for sure: where a branch says a format that does not move, it shows later."""
    if source.frames == 1:
        return 1
    candidate = Candidate(source.format, source.size, moving=True)
    outputs = [job.plan.output, *(job.plan.output.followed_by(said) for said in branch_outputs(job.plan.steps))]
    return source.frames if all(keeps_moving(output, candidate, job.accepts) for output in outputs) else 1


def finish(source: Source, drawing: Drawing, *, output: Output, job: Job, watch: Stopwatch, work: Work) -> Rendition:
    """A still picture: which format suits it shows when it is drawn."""
    with watch.timing("draw"):
        picture = drawing.picture if keeps_profile(output) else drawing.picture.in_srgb()
        masked = any(stage.step.look.unsharp for stage in drawing.stages)
        candidate = Candidate(source.format, picture.size, uses_alpha(picture.image), unsharp=masked)
        choice = choose(output, candidate, job.accepts, job.avif_max_pixels)
    with watch.timing("encode"):
        wished = wish(source, drawing, output, job)
        milliseconds = milliseconds_for(choice.format, picture.size.pixels, wished)
        work.spend(work_of_encoding(choice.format, picture.size, milliseconds))
        body = encode(picture, choice.format, wished)
        return rendition(body, picture.size, choice)


def draw_moving(
    source: Source, drawing: Drawing, others: Iterable[Draw], *, output: Output, job: Job, watch: Stopwatch, work: Work
) -> Rendition:
    """Every frame is drawn like the first one: one profile and one set of numbers serve them all."""
    size = drawing.picture.size
    check_budget(source.frames, source.size, size, job.limits)
    choice = choose(output, Candidate(source.format, size, moving=True), job.accepts)
    work.spend(work_of_encoding(choice.format, size, MOVING_MILLISECONDS[choice.format], source.frames))
    frames, milliseconds = [drawing.picture.in_srgb().image], [source.milliseconds]
    with watch.timing("draw"):
        for draw in others:
            frames.append(draw().in_srgb().image)
            milliseconds.append(source.milliseconds)
    with watch.timing("encode"):
        wished = wish(source, drawing, output, job)
        motion = Motion(frames, milliseconds, plays(source.format, source.loop))
        body = write_moving(motion, choice.format, wished.quality, wished.lossless)
        return rendition(body, size, choice)


def rendition(body: bytes, size: Size, choice: Choice) -> Rendition:
    return Rendition(body, choice.format, *size.pair, ENGINE, choice.negotiated, etag_of(body))


def wish(source: Source, drawing: Drawing, output: Output, job: Job) -> Wish:
    return Wish(
        quality=chosen_quality(output.quality, job.default_quality, source.quality),
        ground=ground(drawing.stages),
        progressive=bool(output.progressive),
        lossless=bool(output.lossless),
        paletted=source.paletted,
        metadata=source.metadata if output.keep_metadata else NOTHING,
        density=dots_of(output.density, source.density),
    )


def may_keep_profile(plan: Plan) -> bool:
    """Whether it is asked for, be it in a branch that might be taken."""
    return any(map(keeps_profile, (plan.output, *branch_outputs(plan.steps))))


def keeps_profile(output: Output) -> bool:
    return bool(output.keep_profile or output.keep_metadata)
