"""What a job will go through, seen from outside: its stages by the sizes that the files tell, frames and layers.

Guesses, for the price and the memory of a job; what is certain is found out by the worker. Never opens a file.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from proxy.errors import ProxyError
from proxy.formats import Content, Format
from proxy.pixels.extent import Extent
from proxy.pixels.geometry import Size
from proxy.pixels.job import Job, Limits
from proxy.pixels.job import Work as AnyJob
from proxy.pixels.negotiate import Candidate, choose, keeps_moving
from proxy.pixels.stages import Stage, Way, merged
from proxy.pixels.work import Work, work_of
from proxy.plan.output import Output
from proxy.plan.steps import CanvasLayer, Chain, ImageLayer, Layer, Step, TextLayer

# Of photos and drawings as shops have them: for files that do not tell their size.
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
OTHER_BYTES = 1.0
UNKNOWN = Extent(1000, 1000)  # what has no pixels of its own
ANY = 2**40  # pixels, above the limits too: where sizes are guesses, nothing is foreseen as refused
DEEP = 3  # layers on layers


@dataclass(frozen=True, slots=True)
class Part:
    """One picture on its way: the job's own, or one that lies on it. Lines have no `extent`, nor has what we paint."""

    content: Content | None
    extent: Extent | None
    stages: tuple[Stage, ...]

    @property
    def size(self) -> Size:
        return self.stages[-1].size


@dataclass(frozen=True, slots=True)
class Course:
    """`own` comes without stages where the plan does not fit the picture, or takes too long: it will be refused."""

    own: Part
    layers: tuple[Part, ...] = ()
    texts: tuple[tuple[TextLayer, Size], ...] = ()  # each with the picture that it is written on
    frames: int = 1  # that are drawn
    target: Format | None = None


def course_of(job: Job) -> Course:
    """Pure."""
    extent, limits = extent_or_guess(job), limits_of(job)
    size = Size(extent.width, extent.height)
    try:
        way = Way.into(job.plan.steps, size)
        stages, said = through(way, limits)
        output, source = merged(job.plan.output, said), job.content.picture or Format.PNG
        moving = Candidate(source, stages[-1].size, moving=extent.frames > 1 and job.plan.page is None)
        target = choose(output, moving, job.accepts, job.avif_max_pixels).format
        frames = extent.frames if keeps_moving(output, moving, job.accepts) else 1
        Work(limits.max_work_seconds).foresee((work_of(stage, clear=False) for stage in stages), frames)
    except (ProxyError, ArithmeticError):
        return Course(Part(job.content, extent, ()))
    files = dict(files_of(job))
    found = tuple(layers_on(stages, files, limits))
    parts = tuple(part for part in found if isinstance(part, Part))
    texts = tuple(part for part in found if not isinstance(part, Part))
    return Course(Part(job.content, extent, stages), parts, texts, frames, target)


def limits_of(job: Job) -> Limits:
    """Those that the worker will hold the same sizes to, where they are known."""
    looked_at = any(not isinstance(link, Step) or link.trim is not None for link in job.plan.steps)
    if job.extent is None or looked_at:
        return replace(job.limits, max_source_pixels=ANY, max_output_side=2**20, max_work_seconds=math.inf)
    return job.limits


def extent_or_guess(work: AnyJob) -> Extent:
    """A square of as many pixels as so many bytes may hold, where the file does not tell."""
    picture = work.content.picture
    if work.extent is not None:
        return work.extent
    if picture is None or picture is Format.SVG or not work.source_bytes:
        return UNKNOWN
    pixels = min(work.source_bytes / BYTES_PER_PIXEL.get(picture, OTHER_BYTES), work.limits.max_source_pixels)
    side = max(1, round(pixels**0.5))
    return Extent(side, side)


def files_of(job: Job) -> Iterator[tuple[str, tuple[Content, Extent]]]:
    for (source, _, content), extent in zip_longest(job.layers, job.layer_extents[: len(job.layers)]):
        yield source, (content, extent or UNKNOWN)


def through(way: Way, limits: Limits) -> tuple[tuple[Stage, ...], tuple[Output, ...]]:
    """All stages, as if `t` trimmed nothing, and what branches said of the output; raises what `Way.stage` raises."""
    stages: list[Stage] = []
    while way.links or not stages:
        stages.append(way.stage(limits))
        way = way.after(stages[-1])
    return tuple(stages), way.said


def layers_on(
    stages: tuple[Stage, ...], files: Mapping[str, tuple[Content, Extent]], limits: Limits, depth: int = 0
) -> Iterator[Part | tuple[TextLayer, Size]]:
    """With those on layers; those that do not fit are left out."""
    for stage in stages if depth < DEEP else ():
        base = stage.placement.canvas
        for layer in stage.step.layers:
            if isinstance(layer, TextLayer):
                yield layer, base
                continue
            part = part_of(layer, base, files, limits)
            if part is not None:
                yield from chain([part], layers_on(part.stages, files, limits, depth + 1))


def part_of(layer: Layer, base: Size, files: Mapping[str, tuple[Content, Extent]], limits: Limits) -> Part | None:
    match layer:
        case ImageLayer(source=source) if source in files:
            content, extent = files[source]
            return drawn(content, extent, layer.links, base, limits)
        case CanvasLayer():
            return drawn(None, Extent(*base.pair), layer.links, base, limits)
    return None


def drawn(content: Content | None, extent: Extent, links: Chain, base: Size, limits: Limits) -> Part | None:
    try:
        stages, _ = through(Way.into(links, Size(extent.width, extent.height), base=base), limits)
    except (ProxyError, ArithmeticError):
        return None
    return Part(content, extent, stages)
