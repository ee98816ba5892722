"""The faults that are armed now, in order; tests add and clear them while the PIM runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from proxy.demo.answers import Answer
from proxy.demo.faults import Fault
from proxy.demo.routes import Target


@dataclass(slots=True)
class Armed:
    fault: Fault
    met: int = 0

    @property
    def spent(self) -> bool:
        return self.fault.times is not None and self.met >= self.fault.times


class Faults:
    """A call meets the first unspent fault of each slot: `Status(503, times=2), Status(429)` is a sequence."""

    def __init__(self) -> None:
        self._armed: list[Armed] = []

    def add(self, *faults: Fault) -> None:
        self._armed.extend(Armed(fault) for fault in faults)

    def clear(self) -> None:
        self._armed.clear()

    @contextmanager
    def during(self, *faults: Fault) -> Iterator[None]:
        """Armed inside the block, and gone with it; others stay as they are."""
        armed = [Armed(fault) for fault in faults]
        self._armed.extend(armed)
        try:
            yield
        finally:
            self._armed = [one for one in self._armed if not any(one is gone for gone in armed)]

    def change(self, path: str, target: Target, honest: Callable[[], Answer]) -> Answer:
        """The honest answer, rewritten; it is not even asked for where a fault answers instead of the PIM."""
        meeting = self.meeting(path, target)
        answer = Answer() if any(armed.fault.instead for armed in meeting) else honest()
        for armed in meeting:
            if answer.status == 200 or not armed.fault.needs_200:
                armed.met += 1
                answer = armed.fault.change(answer)
        return answer

    def meeting(self, path: str, target: Target) -> list[Armed]:
        first: dict[str, Armed] = {}
        for armed in self._armed:
            if not armed.spent and armed.fault.meets(path, target):
                first.setdefault(armed.fault.slot, armed)
        return list(first.values())
