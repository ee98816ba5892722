"""Raw steps -> plan, with a note of what was ignored and what was served by a stand-in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Any

from proxy.imagekit.canonical import canonical_output
from proxy.imagekit.chains import ChainReader
from proxy.imagekit.collect import Place
from proxy.imagekit.hints import Hints, UsedHints
from proxy.imagekit.names import Names, is_name, refuse_unnamed
from proxy.imagekit.notes import Note, Notes
from proxy.imagekit.syntax import Item, Param, RawStep, read_steps
from proxy.plan.output import Output
from proxy.plan.plan import Plan
from proxy.plan.steps import Chain, Choice

NO_NAMES: Mapping[str, str] = MappingProxyType({})
NO_HINTS = Hints()


@dataclass(frozen=True, slots=True)
class Reading:
    """A plan, and the parameters as written that have no effect here, or only a simpler one.

    `default_image` is the path of a picture to take if there is none. `plan.page` counts for a thumbnail only.
    `named`: nothing but named transformations, and no hint of the viewer's in them.
    """

    plan: Plan
    ignored: tuple[Note, ...] = ()
    fallbacks: tuple[Note, ...] = ()
    default_image: str | None = None
    hints: UsedHints = UsedHints()
    named: bool = False


def read_plan(
    path: str,
    query: str = "",
    names: Mapping[str, str] = NO_NAMES,
    named_only: bool = False,
    hints: Hints = NO_HINTS,
) -> Reading:
    """Read the value of `tr:` in a path, then that of `tr=` in a query, as one chain.

    `names` holds the texts of named transformations; with `named_only` no other is taken.
    """
    steps = (*read_steps(path), *read_steps(query, form=True))
    if named_only:
        refuse_unnamed(steps)
    if asks_for_original(steps):
        return Reading(Plan(original=True))
    known = Names(names)
    expanded = known.expand(steps)
    if asks_for_original(expanded):
        return Reading(Plan(original=True))
    return read_chain(expanded, known, Notes(hints), is_named(steps))


def is_named(steps: Iterable[RawStep]) -> bool:
    items = list(chain.from_iterable(steps))
    return bool(items) and all(map(is_name, items))


def asks_for_original(steps: Iterable[RawStep]) -> bool:
    return any(map(is_original, chain.from_iterable(steps)))


def is_original(item: Item) -> bool:
    return isinstance(item, Param) and (item.key, item.value) == ("orig", "true")


def read_chain(steps: Iterable[RawStep], names: Names, notes: Notes, named: bool) -> Reading:
    said: dict[str, Any] = {}
    links = ChainReader(notes, names).links(steps, Place(), said)
    plan = Plan(links, main_output(Output(**said), links), notes.upright, page=notes.plan.get("page"))
    used, default_image = notes.used_hints(), notes.plan.get("default_image")
    named = named and not used.headers
    return Reading(plan, tuple(notes.ignored), tuple(notes.fallbacks), default_image, used, named)


def main_output(output: Output, links: Chain) -> Output:
    """It is not final where a branch has its own word: what that says wins, wherever it stands."""
    choices = [link for link in links if isinstance(link, Choice)]
    said = [branch.output for choice in choices for branch in (choice.then, choice.otherwise)]
    return canonical_output(output, final=all(words == Output() for words in said))
