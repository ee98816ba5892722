"""What is gathered on the way through a whole transformation, beside its steps."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from proxy.imagekit.hints import WIDTH, Hints, UsedHints


class Note(NamedTuple):
    """A parameter as it was written, and why it has no effect, or only a simpler one."""

    text: str
    why: str


@dataclass(slots=True)
class Notes:
    hints: Hints = Hints()
    ignored: list[Note] = field(default_factory=list)
    fallbacks: list[Note] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)  # of client hints, asked for whether or not they are there
    upright: bool | None = None
    plan: dict[str, Any] = field(default_factory=dict)
    sized_by: set[str] = field(default_factory=set)  # those of them that gave a size

    def ignore(self, text: str, why: str) -> None:
        self.ignored.append(Note(text, why))

    def simplify(self, text: str, why: str) -> None:
        self.fallbacks.append(Note(text, why))

    def consult(self, header: str) -> None:
        if header not in self.headers:
            self.headers.append(header)

    def used_hints(self) -> UsedHints:
        width = self.hints.width if WIDTH in self.sized_by else None
        return UsedHints(tuple(self.headers), width, self.hints.dpr if self.sized_by else None)
