"""Raw steps -> the links of a chain: steps, and choices between chains."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from proxy.errors import InvalidTransformation
from proxy.imagekit.build import build_step
from proxy.imagekit.collect import Collector, Place
from proxy.imagekit.conditions import branches, condition_of
from proxy.imagekit.layers import LayerReader
from proxy.imagekit.names import Names, is_choice
from proxy.imagekit.notes import Notes
from proxy.imagekit.parameter import Part, Turn
from proxy.imagekit.parameters import BY_KEY
from proxy.imagekit.syntax import Block, Param, RawStep, shown
from proxy.plan.output import Output
from proxy.plan.steps import Branch, Chain, Choice, Layer, Link, Step

OutputFields = dict[str, Any]


class ChainReader:
    """Reads chains: that of the picture, of a branch, of a layer."""

    def __init__(self, notes: Notes, names: Names) -> None:
        self.notes = notes
        self.names = names
        self.layer_reader = LayerReader(notes, self.layer_links, self.layers)

    def links(self, steps: Iterable[RawStep], place: Place, output: OutputFields) -> Chain:
        """What the steps say of the output is put into `output`. Links that do nothing vanish."""
        links = (self.link(raw, place, output) for raw in self.names.expand(steps))
        return tuple(link for link in links if link is not None and link != Step())

    def layer_links(self, steps: Sequence[RawStep], place: Place) -> Chain:
        return self.links(steps, place, {})

    def link(self, raw: RawStep, place: Place, output: OutputFields) -> Link | None:
        if is_choice(raw):
            return self.choice(raw, place)
        found = Collector(BY_KEY, place, self.notes).collect(item for item in raw if isinstance(item, Param))
        self.turn_upright(found[Part.STEP], place)
        output.update(found[Part.OUTPUT])
        self.notes.plan.update(found[Part.PLAN])
        layers = self.layers((item for item in raw if isinstance(item, Block)), place)
        return build_step(found, layers, self.notes)

    def turn_upright(self, found: dict[str, Any], place: Place) -> None:
        """`rt-auto` is about the picture as a whole, in a branch too; of layers it says nothing."""
        if found.get("rotation") is not Turn.UPRIGHT:
            return
        if place.depth:
            self.notes.ignore("rt-auto", "layers are turned upright by themselves")
        else:
            self.notes.upright = True

    def layers(self, blocks: Iterable[Block], place: Place) -> tuple[Layer, ...]:
        return tuple(self.layer_reader.read(block, self.names.expand(block.steps), place) for block in blocks)

    def choice(self, raw: RawStep, place: Place) -> Choice | None:
        block, *others = sorted(raw, key=lambda item: not is_choice((item,)))
        if others or not isinstance(block, Block):
            raise InvalidTransformation(shown(block.text), "an if-block to be alone in its step")
        if place.conditional:
            raise InvalidTransformation(shown(block.text), "no if-block inside another")
        inside = replace(place, conditional=True, parts=place.parts - {Part.PLAN})
        groups = condition_of(block)
        then, otherwise = (self.branch(steps, inside) for steps in branches(block))
        return Choice(groups, then, otherwise) if then != Branch() or otherwise != Branch() else None

    def branch(self, steps: Iterable[RawStep], inside: Place) -> Branch:
        output: OutputFields = {}
        links = self.links(steps, inside, output)
        return Branch(links, Output(**output))  # each word may be the last one on something said elsewhere
