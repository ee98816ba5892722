"""The faults that are armed now, in order; tests add and clear them while the PIM runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from proxy.demo.answers import Answer, refusal
from proxy.demo.faults import Fault
from proxy.demo.routes import Target


@dataclass(slots=True)
class Armed:
    fault: Fault
    met: int = 0
    passed: int = 0

    @property
    def spent(self) -> bool:
        return self.fault.times is not None and self.met >= self.fault.times

    def meets(self, path: str, target: Target, method: str) -> bool:
        """The first `skip` calls that it would meet pass by."""
        if not self.fault.meets(path, target, method):
            return False
        if self.passed < self.fault.skip:
            self.passed += 1
            return False
        return True


class Faults:
    """A call meets the first unspent fault of each slot: `Status(503, times=2), Status(429)` is a sequence."""

    def __init__(self, words: Callable[[int, str], Answer] = refusal) -> None:
        """`words` puts an error into the form of the server that has these faults."""
        self._words = words
        self._armed: list[Armed] = []

    def add(self, *faults: Fault) -> None:
        self._armed.extend(Armed(fault.worded(self._words)) for fault in faults)

    def clear(self) -> None:
        self._armed.clear()

    @contextmanager
    def during(self, *faults: Fault) -> Iterator[None]:
        """Armed inside the block, and gone with it; others stay as they are."""
        armed = [Armed(fault.worded(self._words)) for fault in faults]
        self._armed.extend(armed)
        try:
            yield
        finally:
            self._armed = [one for one in self._armed if not any(one is gone for gone in armed)]

    async def hold_up(self, path: str, target: Target, method: str) -> None:
        """Before a call is looked at: waits for what keeps it from being applied."""
        for armed in self._armed:
            if armed.fault.before and not armed.spent and armed.meets(path, target, method):
                armed.met += 1
                await armed.fault.wait()

    def change(self, path: str, target: Target, honest: Callable[[], Answer], method: str = "GET") -> Answer:
        """The honest answer, rewritten; it is not even asked for where a fault answers instead of the server."""
        meeting = self.meeting(path, target, method)
        answer = Answer() if any(armed.fault.instead for armed in meeting) else honest()
        for armed in meeting:
            if answer.status == 200 or not armed.fault.needs_200:
                armed.met += 1
                answer = armed.fault.change(answer)
        return answer

    def meeting(self, path: str, target: Target, method: str) -> list[Armed]:
        first: dict[str, Armed] = {}
        for armed in self._armed:
            if not armed.fault.before and not armed.spent and armed.meets(path, target, method):
                first.setdefault(armed.fault.slot, armed)
        return list(first.values())
