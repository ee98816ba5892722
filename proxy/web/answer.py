"""What is told of an answer."""

from typing import NamedTuple


class Answer(NamedTuple):
    """What an access line tells; `bytes` counts the body, of a stream as far as it was sent."""

    request_id: str
    method: str
    target: str
    status: int
    cache: str
    tier: str
    bytes: int
    milliseconds: float

    @property
    def facts(self) -> dict[str, object]:
        return self._asdict()

    def __str__(self) -> str:
        took = f"{self.milliseconds:.1f}ms"
        return f"{self.method} {self.target} {self.status} {self.cache} {self.bytes}B {took} {self.request_id}"
