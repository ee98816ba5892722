"""Raw steps -> plan, with a note of what was ignored and what was served by a stand-in."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from proxy.errors import InvalidTransformation
from proxy.imagekit.canonical import canonical_frame, canonical_output
from proxy.imagekit.parameters import BY_KEY, Part, Turn
from proxy.imagekit.refusals import refuse_forbidden
from proxy.imagekit.syntax import Block, Param, RawStep, read_steps, shown
from proxy.imagekit.values import IGNORED, Fallback
from proxy.plan.frame import Frame
from proxy.plan.output import Output
from proxy.plan.plan import Plan
from proxy.plan.steps import Step

Found = dict[Part, dict[str, Any]]  # fields by what they are fields of


@dataclass(frozen=True, slots=True)
class Reading:
    """A plan, and the parameters as written that have no effect here, or only a simpler one."""

    plan: Plan
    ignored: tuple[str, ...] = ()
    fallbacks: tuple[str, ...] = ()


def read_plan(path: str, query: str = "") -> Reading:
    """Read the value of `tr:` in a path, then that of `tr=` in a query, as one chain."""
    steps = (*read_steps(path), *read_steps(query, form=True))
    if any(is_original(item) for item in chain.from_iterable(steps)):
        return Reading(Plan(original=True))
    return PlanReader().read(steps)


def is_original(item: Param | Block) -> bool:
    return isinstance(item, Param) and (item.key, item.value) == ("orig", "true")


class PlanReader:
    """Reads one chain, and collects what counts for the whole of it."""

    def __init__(self) -> None:
        self.output: dict[str, Any] = {}
        self.upright: bool | None = None
        self.ignored: list[str] = []
        self.fallbacks: list[str] = []

    def read(self, raw_steps: Iterable[RawStep]) -> Reading:
        steps = [self.read_step(raw) for raw in raw_steps]
        plan = Plan(
            steps=tuple(step for step in steps if step != Step()),
            output=canonical_output(Output(**self.output)),
            orient=self.upright,
        )
        return Reading(plan, tuple(self.ignored), tuple(self.fallbacks))

    def read_step(self, raw: RawStep) -> Step:
        found: Found = {part: {} for part in Part}
        for item in raw:
            if isinstance(item, Param):
                self.read_param(item, found)
            else:
                self.pass_over(item, raw)
        self.output.update(found[Part.OUTPUT])
        return self.build(found[Part.FRAME], found[Part.STEP])

    def build(self, frame: dict[str, Any], step: dict[str, Any]) -> Step:
        if step.get("rotation") is Turn.UPRIGHT:
            self.upright = True
            del step["rotation"]
        if "crop_mode" in frame:
            frame["crop"] = frame.pop("crop_mode")
        return Step(frame=canonical_frame(Frame(**frame)), **step)

    def read_param(self, param: Param, found: Found) -> None:
        refuse_forbidden(param)
        parameter = BY_KEY.get(param.key)
        value = IGNORED if parameter is None else parameter.value(param)
        if parameter is None or value is IGNORED:
            self.ignored.append(param.text)
            return
        if isinstance(value, Fallback):
            self.fallbacks.append(param.text)
            value = value.value
        found[parameter.part][parameter.field] = value

    def pass_over(self, block: Block, raw: RawStep) -> None:
        """Layers and if-blocks draw nothing yet."""
        if block.head.key == "if" and len(raw) > 1:
            raise InvalidTransformation(shown(block.text), "an if-block to be alone in its step")
        self.ignored.append(block.text)
