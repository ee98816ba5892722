"""A source goes through a chain. Stages are made one by one, when the pixels before them are known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from PIL import Image

from proxy.errors import LayerUndecodable, LimitExceeded, Undecodable
from proxy.formats import Content
from proxy.pixels.animation import check_budget
from proxy.pixels.attention import attended
from proxy.pixels.decode import TURNS, Decoded
from proxy.pixels.geometry import Placement, Size
from proxy.pixels.job import Limits
from proxy.pixels.layers import position_of
from proxy.pixels.made import Ready, Solid
from proxy.pixels.picture import Overlay, Picture
from proxy.pixels.resample import resized
from proxy.pixels.sources import View, opened
from proxy.pixels.stages import Box, Sides, Stage, Way, check, plan_stages
from proxy.pixels.steps import draw
from proxy.pixels.text import write_text
from proxy.pixels.trim import around, content_of, untrimmed
from proxy.pixels.work import Costs, Work, work_of, work_of_lines
from proxy.plan.output import Output
from proxy.plan.steps import CanvasLayer, Chain, ImageLayer, Layer, Step, TextLayer
from proxy.plan.values import Color, Focus

MAX_DEPTH = 3  # layers on layers


class Loadable(Protocol):
    """A picture before it is drawn, at any size and cut."""

    @property
    def size(self) -> Size: ...
    @property
    def held(self) -> Size: ...
    @property
    def profile(self) -> bytes | None: ...
    @property
    def milliseconds_a_megapixel(self) -> int: ...  # of what is drawn of lines
    def load(self, placement: Placement, frame: int = 0) -> Decoded: ...


@dataclass(frozen=True, slots=True)
class Drawing:
    """What came out, by which stages, and what the branches taken said of the output."""

    picture: Picture
    stages: tuple[Stage, ...]
    said: tuple[Output, ...]


@dataclass(frozen=True, slots=True)
class Artist:
    """Draws chains; `files` are those of image layers and `fonts` those of texts, by source; `depth` counts layers.

    `frames`: how often all will be done that is done to the picture itself.
    """

    limits: Limits
    files: Mapping[str, tuple[Path, Content]] = field(default_factory=dict)
    fonts: Mapping[str, Path] = field(default_factory=dict)
    keep_profile: bool = False
    depth: int = 0
    work: Work = field(default_factory=Work)
    frames: int = 1

    def draw(self, source: Loadable, links: Chain, base: Size | None = None) -> Drawing:
        """Raises InvalidTransformation, LimitExceeded, Undecodable, SourceTooLarge."""
        foreseen = plan_stages(links, source.size, self.limits, source.held, base)
        self.work.foresee(costs_of(source, foreseen), self.frames)  # refuse before anything is decoded
        way = Way.into(links, source.size, source.held, base)
        stage, picture = self.begin(source, way)
        stages = [stage]
        while (way := way.after(stage)).links:
            stage = self.seen(way, picture, self.edges(source, picture, way, stages))
            self.spend(stage, picture)
            stage, picture = draw(picture, stage)
            stages.append(stage)
        return Drawing(picture, tuple(stages), way.said)

    def begin(self, source: Loadable, way: Way) -> tuple[Stage, Picture]:
        """The first step's part is cut straight out of the decoded pixels, unless they have to be looked at first."""
        if way.step.trim is None and not attentive(way.step):
            stage = self.with_overlays(way.stage(self.limits))
            picture = self.loaded(source, stage.placement)
            self.spend(stage, picture)
            return draw(picture, stage, framed=True)
        whole = Placement.whole(source.size)
        if way.step.trim is None:
            scaled = way.stage(self.limits).placement.scaled
            whole = Placement.whole(source.size, scaled if scaled.pixels < source.size.pixels else None)
        check(whole.canvas, source.held, self.limits)
        picture = self.loaded(source, whole)
        stage = self.seen(way, picture, self.edges(source, picture, way))
        self.spend(stage, picture)
        if source.held != source.size:  # of lines: what was looked at may be too coarse, so it is drawn anew
            part = self.loaded(source, untrimmed(stage.placement, stage.trimmed, source.size))
            return draw(part, stage, framed=True)
        placement = stage.placement if way.step.trim else replace(stage.placement, source=picture.size)
        drawn, picture = draw(picture, replace(stage, placement=placement))
        return replace(stage, dominant=drawn.dominant), picture

    def again(self, source: Loadable, stages: Sequence[Stage], frame: int) -> Picture:
        """Another frame of an animation takes the way of the first."""
        straight = bool(stages) and stages[0].trimmed is None
        placement = stages[0].placement if straight else Placement.whole(source.size)
        picture = self.picture(source.load(placement, frame), source.profile)
        for number, stage in enumerate(stages):
            _, picture = draw(picture, stage, framed=straight and number == 0)
        return picture

    def edges(self, source: Loadable, picture: Picture, way: Way, stages: Sequence[Stage] = ()) -> Box | None:
        """What a step that trims leaves of `picture`, the first frame, and of all others: what moves is not cut."""
        threshold = way.step.trim
        if threshold is None:
            return None
        boxes = [content_of(picture, threshold)]
        if self.frames > 1:
            check_budget(self.frames, source.size, source.size, self.limits)
            for stage in stages:
                self.work.spend(work_of(stage, clear=False), self.frames - 1)
            others = (self.again(source, stages, frame) for frame in range(1, self.frames))
            boxes += [content_of(other, threshold) for other in others]
            source.load(Placement.whole(source.size))  # the one that was loaded last tells how long it is shown
        return around(boxes, picture.size)

    def loaded(self, source: Loadable, placement: Placement) -> Picture:
        if source.milliseconds_a_megapixel:
            self.work.spend(work_of_lines(placement.part, source.milliseconds_a_megapixel), self.frames)
        return self.picture(source.load(placement), source.profile)

    def spend(self, stage: Stage, picture: Picture) -> None:
        """Raises LimitExceeded before the stage is drawn."""
        self.work.spend(work_of(stage, picture.image.mode in {"LA", "RGBA"}), self.frames)

    def picture(self, decoded: Decoded, profile: bytes | None) -> Picture:
        picture = Picture(cut(decoded), profile)
        return picture if self.keep_profile else picture.in_srgb()

    def seen(self, way: Way, picture: Picture, trimmed: Box | None) -> Stage:
        """The next stage, now that there is something to look at."""
        stage = way.stage(self.limits, trimmed)
        if attentive(way.step):
            image = picture.in_color()
            stage = replace(stage, placement=attended(stage.placement, image.crop(trimmed) if trimmed else image))
        return self.with_overlays(stage)

    def with_overlays(self, stage: Stage) -> Stage:
        return replace(stage, overlays=tuple(self.overlays(stage))) if stage.step.layers else stage

    def overlays(self, stage: Stage) -> Iterator[Overlay]:
        """Drawn with the stage, so that all frames of an animation share them."""
        if self.depth == MAX_DEPTH:
            raise LimitExceeded(f"layers may lie on layers {MAX_DEPTH} deep")
        base = stage.placement.canvas
        below = replace(self, depth=self.depth + 1, keep_profile=False, frames=1)
        pixels = 0
        for layer in stage.step.layers:
            found = below.layer(layer, base)
            if found is not None:
                original, image = found
                pixels += image.width * image.height
                if pixels > self.limits.max_source_pixels:
                    raise LimitExceeded(f"layers of more than {self.limits.max_source_pixels} pixels together")
                sides = Sides(original, Size(*image.size), base)
                yield Overlay(image, position_of(layer.position, sides.current, sides), layer.position.blend)

    def layer(self, layer: Layer, base: Size) -> tuple[Size, Image.Image] | None:
        """Its original size and its picture, RGBA; None for an image layer whose file was not given."""
        match layer:
            case ImageLayer():
                return self.image_layer(layer, base)
            case CanvasLayer():
                solid = Solid(color_of(layer), base)
                return base, self.draw(solid, layer.links, base).picture.in_color().convert("RGBA")
            case TextLayer():
                return self.text_layer(layer, base)

    def image_layer(self, layer: ImageLayer, base: Size) -> tuple[Size, Image.Image] | None:
        file = self.files.get(layer.source)
        if file is None:
            return None
        try:
            with opened(*file, self.limits, View(orient=True, page=layer.page)) as source:
                drawn = self.draw(source, layer.links, base)
                return source.size, drawn.picture.in_color().convert("RGBA")
        except Undecodable as error:
            raise LayerUndecodable(layer.source, error.message) from error

    def text_layer(self, layer: TextLayer, base: Size) -> tuple[Size, Image.Image]:
        """Layers on a text are laid as on any picture, before its corners are rounded and it is turned."""
        scope = {name: side for name, side in Sides(base, base, base).scope.items() if name.startswith("b")}
        written = write_text(layer, scope, self.limits, self.fonts, self.work)
        size = Size(*written.size)
        links = (Step(layers=layer.layers, radius=layer.radius, rotation=layer.rotation, flip=layer.flip),)
        return size, self.draw(Ready(written), links, base).picture.in_color().convert("RGBA")


def cut(decoded: Decoded) -> Image.Image:
    """The part alone: an opened file would show its next frame in it, and write out what else it holds."""
    part = resized(decoded.image, decoded.window, decoded.size)
    part = part.copy() if part is decoded.image else part
    return part.transpose(TURNS[decoded.orientation]) if decoded.orientation in TURNS else part


def costs_of(source: Loadable, stages: Sequence[Stage]) -> Iterator[Costs]:
    """Of the stages that are known before anything is drawn."""
    if stages and source.milliseconds_a_megapixel:
        yield work_of_lines(stages[0].placement.part, source.milliseconds_a_megapixel)
    yield from (work_of(stage, clear=False) for stage in stages)


def attentive(step: Step) -> bool:
    """Whether the pixels decide about a crop."""
    frame = step.frame
    placed = (frame.x, frame.y, frame.x_center, frame.y_center) != (None,) * 4
    return frame.focus is Focus.AUTO and frame.sized and not placed


def color_of(layer: CanvasLayer) -> Color:
    """`al` counts only for a colour without an opacity of its own."""
    if layer.opacity is None or layer.color.opacity < 100:
        return layer.color
    return replace(layer.color, opacity=10 * layer.opacity)
