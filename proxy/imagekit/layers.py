"""A layer block -> a layer of the plan (ImageKit reference, section 6)."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from proxy.errors import InvalidTransformation
from proxy.imagekit.build import build_position
from proxy.imagekit.collect import DRAWN, OF_LAYER, Collector, Found, Place
from proxy.imagekit.expressions import OF_DRAWN_LAYER, OF_IMAGE_LAYER
from proxy.imagekit.inputs import CANVAS
from proxy.imagekit.layer_parameters import CANVAS as OF_CANVAS
from proxy.imagekit.layer_parameters import IMAGE, POSITION, TEXT
from proxy.imagekit.names import is_choice
from proxy.imagekit.notes import Notes
from proxy.imagekit.parameter import Parameter, Part
from proxy.imagekit.refusals import LAYERS as OTHER_LAYERS
from proxy.imagekit.syntax import Block, Param, RawStep, shown
from proxy.plan.steps import CanvasLayer, Chain, ImageLayer, Layer, Position, Step, TextLayer
from proxy.plan.values import BLACK, Color

MAX_DEPTH = 3
TRIM = Param("t", "true", "t-true")  # what an image layer does unless it is told not to
SIX_DIGITS = re.compile(r"[0-9A-Fa-f]{6}")
CLEAR = Color(0, 0, 0, 0)

ReadLinks = Callable[[Sequence[RawStep], Place], Chain]
ReadLayers = Callable[[Iterable[Block], Place], tuple[Layer, ...]]


class LayerReader:
    """Reads one block; its own chain and the layers in it are read by whoever reads ours."""

    def __init__(self, notes: Notes, links: ReadLinks, layers: ReadLayers) -> None:
        self.notes = notes
        self.links = links
        self.layers = layers

    def read(self, block: Block, steps: tuple[RawStep, ...], place: Place) -> Layer:
        if place.depth == MAX_DEPTH:
            raise InvalidTransformation(shown(block.text), f"layers at most {MAX_DEPTH} deep in each other")
        inside = Place(place.depth + 1, place.conditional, OF_DRAWN_LAYER, DRAWN | OF_LAYER)
        match block.head.value:
            case "text":
                return self.text(block, steps, inside)
            case "image":
                return self.image(block, steps, replace(inside, variables=OF_IMAGE_LAYER))
        raise InvalidTransformation(shown(block.head.text), OTHER_LAYERS.instead)

    def image(self, block: Block, steps: tuple[RawStep, ...], inside: Place) -> Layer:
        content, rest = parted(steps, IMAGE)
        found = self.collect(self.without_plain(content), IMAGE, inside)
        source, page = source_of(block, found), found[Part.CONTENT].get("page", 1)
        if source == CANVAS:
            return self.canvas(rest, replace(inside, variables=OF_DRAWN_LAYER))
        position, rest = self.position(rest, inside)
        return ImageLayer(source, position, self.links(trimmed(rest), inside), None if page == 1 else page)

    def position(self, steps: tuple[RawStep, ...], inside: Place) -> tuple[Position, tuple[RawStep, ...]]:
        """Where the layer lies, and what else is said of it."""
        head, rest = parted(steps, POSITION)
        return build_position(self.collect(head, POSITION, inside)), rest

    def canvas(self, steps: tuple[RawStep, ...], inside: Place) -> CanvasLayer:
        """Opacity counts only on a colour of six digits; a block of no colour is there for its gradient."""
        position, steps = self.position(steps, inside)
        (head, rest), later = parted(steps[:1], OF_CANVAS), steps[1:]
        said = self.collect(head, OF_CANVAS, inside)[Part.CONTENT]
        links = self.links((*rest, *later), inside)
        unsaid = CLEAR if any(isinstance(link, Step) and link.look.gradient for link in links) else BLACK
        color = said.get("color", unsaid)
        named = any(param.key == "bg" and not SIX_DIGITS.fullmatch(param.value) for param in head)
        return CanvasLayer(color, None if named or color.opacity < 100 else said.get("opacity"), position, links)

    def text(self, block: Block, steps: tuple[RawStep, ...], inside: Place) -> TextLayer:
        """A text has no chain: whatever step it is said in, it holds for the box."""
        items = list(chain.from_iterable(steps))
        if any(map(is_choice, steps)):
            raise InvalidTransformation(shown(block.text), "no if-block inside a text layer")
        params = self.without_plain([item for item in items if isinstance(item, Param)])
        found = self.collect(params, (*TEXT, *POSITION), inside)
        fields: dict[str, Any] = dict(found[Part.TEXT])
        marks = fields.pop("marks", frozenset())
        return TextLayer(
            source_of(block, found),
            build_position(found),
            bold="b" in marks,
            italic="i" in marks,
            strikethrough="strikethrough" in marks,
            layers=self.layers((item for item in items if isinstance(item, Block)), inside),
            **fields,
        )

    def without_plain(self, params: Sequence[Param]) -> list[Param]:
        """Base64 wins over plain, which is not even read then."""
        if not any(param.key == "ie" for param in params):
            return list(params)
        for param in params:
            if param.key == "i":
                self.notes.ignore(param.text, "ie- is there as well")
        return [param for param in params if param.key != "i"]

    def collect(self, params: Iterable[Param], rows: Iterable[Parameter], inside: Place) -> Found:
        return Collector({row.key: row for row in rows}, inside, self.notes).collect(params)


def source_of(block: Block, found: Found) -> str:
    content = found[Part.CONTENT]
    source = content.get("packed", content.get("plain"))
    if not isinstance(source, str):
        raise InvalidTransformation(shown(block.text), "an input: i- or ie-")
    return source


def parted(steps: Sequence[RawStep], rows: Iterable[Parameter]) -> tuple[list[Param], tuple[RawStep, ...]]:
    """Params of these rows, wherever they stand, and the steps without them."""
    keys = {row.key for row in rows}
    head = [item for item in chain.from_iterable(steps) if isinstance(item, Param) and item.key in keys]
    rest = (tuple(item for item in step if not (isinstance(item, Param) and item.key in keys)) for step in steps)
    return head, tuple(rest)


def trimmed(steps: tuple[RawStep, ...]) -> tuple[RawStep, ...]:
    """The first step trims, if it says nothing about it."""
    first = steps[0]
    if any(isinstance(item, Param) and item.key == "t" for item in first):
        return steps
    return ((TRIM,), *steps) if is_choice(first) else ((TRIM, *first), *steps[1:])
