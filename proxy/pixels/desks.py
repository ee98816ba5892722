"""Who draws what from which decoded picture: sizes of one original go to the worker that has decoded it.

As seen from outside the workers, by what each was given; a wrong guess costs one more decode and nothing else.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Protocol

MOST_REMEMBERED = 4  # originals that a worker may still have decoded
HELP = 1.25  # who has nothing else to do helps if all is done so many times as soon then
LATE, LATE_SECONDS = 2.0, 0.1  # a job is late after so many times what was foreseen, and so many seconds; others help


class Shareable(Protocol):
    """`original`: whose pixels are to be decoded, None if nobody else can draw from them; `pixels`: how many are
    needed; `decoding` and `drawing` in seconds, the first of which an original takes that is not decoded yet.
    """

    @property
    def lane(self) -> int: ...
    @property
    def original(self) -> Hashable | None: ...
    @property
    def pixels(self) -> float: ...
    @property
    def decoding(self) -> float: ...
    @property
    def drawing(self) -> float: ...


@dataclass(eq=False, slots=True)
class Desk:
    """A worker's place in the line. `in_a_row`: jobs that it preferred to whoever stood before them."""

    decoded: dict[Hashable, float] = field(default_factory=dict)  # pixels by original, the last one behind
    current: Shareable | None = None
    idle: bool = False
    done_at: float = 0.0  # as foreseen
    late_at: float = 0.0
    in_a_row: int = 0

    @property
    def last(self) -> Hashable | None:
        return next(reversed(self.decoded), None)

    def serves(self, ticket: Shareable) -> bool:
        """Without decoding."""
        return ticket.original is not None and self.decoded.get(ticket.original, 0) >= ticket.pixels > 0

    def begin(self, ticket: Shareable, now: float, in_order: bool) -> None:
        self.current, self.idle = ticket, False
        self.done_at = now + ticket.decoding + ticket.drawing
        self.late_at = now + late_after(ticket)
        self.in_a_row = 0 if in_order else self.in_a_row + 1
        if ticket.original is not None:
            self.decoded[ticket.original] = max(self.decoded.pop(ticket.original, 0), ticket.pixels)
            if len(self.decoded) > MOST_REMEMBERED:
                del self.decoded[next(iter(self.decoded))]

    def end(self) -> None:
        self.current = None

    def forget(self) -> None:
        """Another worker sits here."""
        self.decoded.clear()

    def serves_now(self, ticket: Shareable) -> bool:
        return self.idle and self.serves(ticket)

    def serves_next(self, ticket: Shareable, now: float) -> bool:
        """When it has done what it does for the same original; who comes behind does not hold up who goes before."""
        current = self.current
        at_it = current is not None and current.original == ticket.original and current.lane <= ticket.lane
        return at_it and now < self.late_at and self.serves(ticket)

    def pixels_at_work(self, original: Hashable) -> float:
        """Decoded of the original that it draws from right now; 0 of any other."""
        at_it = self.current is not None and self.current.original == original
        return self.decoded.get(original, 0.0) if at_it else 0.0

    def busy(self, now: float) -> float:
        """Seconds that are left of what it does, as foreseen."""
        return max(0.0, self.done_at - now)


def late_after(ticket: Shareable) -> float:
    """Seconds."""
    return LATE * (ticket.decoding + ticket.drawing) + LATE_SECONDS


def needs_help(ticket: Shareable, busy: float, drawing: float) -> bool:
    """Whether it pays to decode once more: its worker is `busy` for so many seconds, and then has to do the `drawing`
    of all sizes that wait for it. With help that is halved at best, and the ticket takes as long as it takes.
    """
    alone = busy + drawing
    helped = max(ticket.decoding + ticket.drawing, (alone + ticket.decoding) / 2)
    return alone > HELP * helped
