"""The parameters of a step, each looked up in a table and read; with notes of what has no effect."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from proxy.errors import InvalidTransformation
from proxy.imagekit.expressions import OF_PICTURE, variables
from proxy.imagekit.hints import DPR, WIDTH
from proxy.imagekit.notes import Notes
from proxy.imagekit.parameter import Parameter, Part
from proxy.imagekit.refusals import refuse_forbidden, why_ignored
from proxy.imagekit.syntax import Param, shown
from proxy.imagekit.values import IGNORED, NOBODY_LOOKS, Fallback, FromViewer

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
        if parameter is None:
            self.notes.ignore(param.text, why_ignored(param))
            return
        value = self.value_of(parameter, param)
        why = self.why_in_vain(parameter, value)
        if why:
            self.notes.ignore(param.text, why)
            return
        if isinstance(value, Fallback):
            self.notes.simplify(param.text, value.why)
            value = value.value
        found[parameter.part][parameter.field] = value

    def why_in_vain(self, parameter: Parameter, value: object) -> str:
        """Nothing, if it has an effect."""
        if value is FromViewer.ABSENT:
            return "the viewer does not tell"
        if value is NOBODY_LOOKS:
            return "faces and objects are not looked for"
        if value is IGNORED:
            return f"expected {parameter.accepts}"
        return "" if parameter.part in self.place.parts else "it speaks of the answer as a whole, not of a part"

    def value_of(self, parameter: Parameter, param: Param) -> object:
        value = parameter.value(param)
        if value is FromViewer.AUTO:
            # Hints are about the answer as a whole, not about its layers.
            return value if not self.place.depth and self.hinted(parameter.field) else FromViewer.ABSENT
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
