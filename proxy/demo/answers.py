"""An answer as a value: what the PIM says and how it says it. Faults rewrite it, `sending` plays it."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

CHUNK_BYTES = 64 * 1024
FRAMEWORK_HEADERS = {"Cache-Control": "no-cache, private"}


@dataclass(frozen=True)
class Pause:
    """Wait once `after` bytes of the body are out; None waits before the headers."""

    after: int | None
    wait: Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Answer:
    """By default a whole body in chunks, without a length, as the PIM streams its files."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    sized: bool = False
    lacking_bytes: int = 0
    breaks_off: bool = False
    resets: bool = False
    pauses: tuple[Pause, ...] = ()
    chunk_bytes: int = CHUNK_BYTES
    between_chunks: Callable[[], Awaitable[object]] | None = None

    @property
    def announced_bytes(self) -> int:
        """What `Content-Length` says where it is sent; more than the body when the body is to fall short."""
        return len(self.body) + self.lacking_bytes

    def with_headers(self, headers: Mapping[str, str]) -> "Answer":
        return replace(self, headers={**self.headers, **headers})

    def pauses_before_headers(self) -> list[Pause]:
        return [pause for pause in self.pauses if pause.after is None]

    def pieces(self) -> Iterator[tuple[memoryview, list[Pause]]]:
        """The body in the pieces to be written, each with the pauses that follow it."""
        due = {pause.after: pause for pause in self.pauses if pause.after is not None}
        size, start = len(self.body), 0
        for stop in sorted({*range(self.chunk_bytes, size, self.chunk_bytes), *(min(at, size) for at in due), size}):
            yield memoryview(self.body)[start:stop], [due[at] for at in due if min(at, size) == stop]
            start = stop


def json_answer(status: int, document: Any, headers: Mapping[str, str] | None = None) -> Answer:
    body = json.dumps(document, ensure_ascii=False).encode()
    said = {"Content-Type": "application/json", **FRAMEWORK_HEADERS, **(headers or {})}
    return Answer(status, said, body, sized=True)


def refusal(status: int, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    """An error as the PIM words it: the status again, and a sentence."""
    return json_answer(status, {"code": status, "message": message}, headers)


def html_answer(status: int, title: str) -> Answer:
    """A page, as gateways, login forms and misconfigured front ends send it."""
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Answer(status, {"Content-Type": "text/html; charset=UTF-8"}, page.encode(), sized=True)
