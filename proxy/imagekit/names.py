"""Named transformations: `n-NAME` stands for a text that an operator has defined.

It expands in place: `n-a,n-b` runs on from the last step of the one in the first of the other. Explicit parameters
of the same step win: each takes the place of its namesake where that stands last in the chain, and if there is none,
joins the last step (behind an if-block, which has to be alone, it makes a step of its own).
"""

from collections.abc import Iterable, Mapping
from itertools import chain

from proxy.errors import InvalidTransformation, LimitExceeded
from proxy.imagekit.syntax import MAX_STEPS, Block, Item, Param, RawStep, read_steps, shown

UNKNOWN = "the name of a transformation that is defined here"
ONLY_NAMED = "a named transformation (n-NAME); others are not taken here"


class Names:
    """The transformations that are defined, each read when it is first asked for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.read: dict[str, tuple[RawStep, ...]] = {}

    def expand(self, steps: Iterable[RawStep]) -> tuple[RawStep, ...]:
        """Of these steps only: what stands in blocks is expanded when they are read."""
        expanded = [step for raw in steps for step in self.expand_step(raw)]
        if len(expanded) > MAX_STEPS:
            raise LimitExceeded(f"at most {MAX_STEPS} steps are taken")
        return tuple(expanded)

    def expand_step(self, raw: RawStep) -> Iterable[RawStep]:
        if not any(map(is_name, raw)):
            return [raw]
        links: list[RawStep] = [()]
        for name in filter(is_name, raw):
            first, *others = self.steps_of(name) or ((),)
            links[-1] += first
            links += others
        for item in raw:
            if not is_name(item):
                override(links, item)
        return filter(None, links)

    def steps_of(self, item: Item) -> tuple[RawStep, ...]:
        name = item.value if isinstance(item, Param) else ""
        if name not in self.texts:
            raise InvalidTransformation(shown(item.text), UNKNOWN)
        if name not in self.read:
            steps = read_steps(self.texts[name].removeprefix("tr:"))
            if mentions_names(steps):
                raise InvalidTransformation(shown(item.text), "a transformation that names no other")
            self.read[name] = steps
        return self.read[name]


def override(links: list[RawStep], item: Item) -> None:
    """Put an explicit item into a chain, in place of its namesake."""
    homes = [index for index, step in enumerate(links) if any(same_subject(item, other) for other in step)]
    if not homes and is_choice(links[-1]):
        links.append(())
    home = homes[-1] if homes else len(links) - 1
    links[home] = (*(other for other in links[home] if not same_subject(item, other)), item)


def same_subject(item: Item, other: Item) -> bool:
    """`c` and `cm` are two ways to say one thing."""
    if not isinstance(item, Param) or not isinstance(other, Param):
        return False
    return item.key == other.key or {item.key, other.key} == {"c", "cm"}


def refuse_unnamed(steps: Iterable[RawStep]) -> None:
    for item in chain.from_iterable(steps):
        if not is_name(item):
            raise InvalidTransformation(shown(item.text), ONLY_NAMED)


def is_name(item: Item) -> bool:
    return isinstance(item, Param) and item.key == "n"


def is_choice(step: RawStep) -> bool:
    return any(isinstance(item, Block) and item.head.key == "if" for item in step)


def mentions_names(steps: Iterable[RawStep]) -> bool:
    return any(
        mentions_names(item.steps) if isinstance(item, Block) else is_name(item) for item in chain.from_iterable(steps)
    )
