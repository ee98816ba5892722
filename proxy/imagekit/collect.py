"""The parameters of a step, each looked up in a table and read; with notes of what has no effect."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from proxy.errors import InvalidTransformation
from proxy.imagekit.expressions import OF_PICTURE, variables
from proxy.imagekit.hints import DPR, WIDTH, Hints, UsedHints
from proxy.imagekit.parameter import Parameter, Part
from proxy.imagekit.refusals import refuse_forbidden
from proxy.imagekit.syntax import Param, shown
from proxy.imagekit.values import IGNORED, Fallback, FromViewer

Table = Mapping[str, Parameter]
Found = dict[Part, dict[str, Any]]  # fields by what they are fields of

DRAWN = frozenset({Part.FRAME, Part.LOOK, Part.STEP})
OF_LAYER = frozenset({Part.CONTENT, Part.POSITION, Part.TEXT})


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a transformation we are: how deep in layers, and what may be said and asked there."""

    depth: int = 0
    conditional: bool = False
    variables: frozenset[str] = OF_PICTURE
    parts: frozenset[Part] = DRAWN | OF_LAYER | {Part.OUTPUT, Part.PLAN}


@dataclass(slots=True)
class Notes:
    """What is gathered on the way through a whole transformation, beside its steps."""

    hints: Hints = Hints()
    ignored: list[str] = field(default_factory=list)
    fallbacks: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)  # of client hints, asked for whether or not they are there
    upright: bool | None = None
    plan: dict[str, Any] = field(default_factory=dict)
    sized_by: set[str] = field(default_factory=set)  # those of them that gave a size

    def consult(self, header: str) -> None:
        if header not in self.headers:
            self.headers.append(header)

    def used_hints(self) -> UsedHints:
        width = self.hints.width if WIDTH in self.sized_by else None
        return UsedHints(tuple(self.headers), width, self.hints.dpr if self.sized_by else None)


class Collector:
    """Reads parameters by a table."""

    def __init__(self, table: Table, place: Place, notes: Notes) -> None:
        self.table = table
        self.place = place
        self.notes = notes

    def collect(self, params: Iterable[Param]) -> Found:
        """Of a repeated key the last one counts."""
        found: Found = {part: {} for part in Part}
        for param in params:
            self.read(param, found)
        return found

    def read(self, param: Param, found: Found) -> None:
        refuse_forbidden(param)
        parameter = self.table.get(param.key)
        value = IGNORED if parameter is None else self.value_of(parameter, param)
        if parameter is None or value is IGNORED or parameter.part not in self.place.parts:
            self.notes.ignored.append(param.text)
            return
        if isinstance(value, Fallback):
            self.notes.fallbacks.append(param.text)
            value = value.value
        found[parameter.part][parameter.field] = value

    def value_of(self, parameter: Parameter, param: Param) -> object:
        value = parameter.value(param)
        if value is FromViewer.AUTO:
            # Hints are about the answer as a whole, not about its layers.
            return value if not self.place.depth and self.hinted(parameter.field) else IGNORED
        allowed = self.place.variables if parameter.variables is None else parameter.variables
        if not variables(value) <= allowed:
            known = ", ".join(sorted(allowed))
            raise InvalidTransformation(shown(param.text), f"variables that mean something here: {known}")
        return value

    def hinted(self, field: str) -> bool:
        """Whether the viewer tells; an answer that has asked depends on it in either case."""
        if field == "width":
            self.notes.consult(WIDTH)
            self.notes.consult(DPR)  # the density of the answer (`Content-DPR`) follows from both
            return self.notes.hints.width is not None
        self.notes.consult(DPR)
        return self.notes.hints.dpr is not None
