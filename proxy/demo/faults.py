"""What can go wrong at a PIM, one small value each: it says which calls it meets and rewrites their answers.

A fault with no condition meets downloads; `path` widens it to every call below that prefix ("/" for all).
"""

import asyncio
import gzip
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import ClassVar, Literal

from proxy.demo.answers import Answer, Pause, html_answer, refusal
from proxy.demo.files import Family
from proxy.demo.routes import API_ROOT, LOGIN_PATH, TOKEN_PATH, Kind, Target
from proxy.demo.tokens import INVALID

LIST_RIGHTS = {
    Family.PRODUCT: "products",
    Family.ASSET: "assets",
    Family.REFERENCE_ENTITY: "reference entity records",
}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`times` limits it to the first so many calls that it meets, once `skip` others have passed unharmed."""

    times: int | None = None
    family: Family | None = None
    code: str | None = None
    path: str | None = None
    method: str | None = None
    skip: int = 0

    instead: ClassVar[bool] = False  # the PIM is never asked: a gateway in front of it answers
    needs_200: ClassVar[bool] = False  # it spoils a good answer, and leaves a 401 or 404 alone
    before: ClassVar[bool] = False  # it waits before the call is looked at

    @property
    def slot(self) -> str:
        """Of the faults in one slot a call meets the first; the others wait for their turn."""
        return "instead" if self.instead else type(self).__name__

    def meets(self, path: str, target: Target, method: str) -> bool:
        if self.method not in (None, method):
            return False
        if self.family not in (None, target.family) or self.code not in (None, target.code):
            return False
        return target.kind is Kind.DOWNLOAD if self.path is None else path.startswith(self.path)

    def worded(self, words: Callable[[int, str], Answer]) -> "Fault":
        """The same, in the words of the server that has it."""
        return self

    async def wait(self) -> None:
        """Of a fault that comes before a call."""

    def change(self, answer: Answer) -> Answer:
        """What the caller gets in place of it: a fault that only waits leaves it as it is."""
        return answer


@dataclass(frozen=True)
class Delay(Fault):
    """The answer comes late."""

    seconds: float

    def change(self, answer: Answer) -> Answer:
        return with_pause(answer, Pause(None, lambda: asyncio.sleep(self.seconds)))


@dataclass(frozen=True)
class Hold(Fault):
    """The answer waits for an event: before its headers, or once `after` bytes of its body are out."""

    release: asyncio.Event
    after: int | None = None

    @property
    def slot(self) -> str:
        return f"Hold after {self.after}"

    def change(self, answer: Answer) -> Answer:
        return with_pause(answer, Pause(self.after, self.release.wait))


@dataclass(frozen=True)
class HoldCall(Fault):
    """The call itself waits for an event: nothing of it is applied before."""

    release: asyncio.Event

    before: ClassVar[bool] = True

    async def wait(self) -> None:
        await self.release.wait()


@dataclass(frozen=True)
class Drip(Fault):
    """The body comes in small chunks with a pause between them."""

    chunk_bytes: int
    pause_seconds: float

    def change(self, answer: Answer) -> Answer:
        return replace(answer, chunk_bytes=self.chunk_bytes, between_chunks=lambda: asyncio.sleep(self.pause_seconds))


@dataclass(frozen=True)
class Status(Fault):
    """Another status, with a JSON, HTML or empty body; `retry_after` in seconds or as a date (aware, UTC)."""

    status: int
    message: str | None = None
    body: Literal["json", "html", "empty"] = "json"
    retry_after: int | datetime | None = None
    words: Callable[[int, str], Answer] = field(default=refusal, repr=False)

    instead: ClassVar[bool] = True

    def worded(self, words: Callable[[int, str], Answer]) -> "Status":
        return self if words is refusal else replace(self, words=words)

    def change(self, answer: Answer) -> Answer:
        said = in_place_of(answer, self.page())
        return said if self.retry_after is None else said.with_headers({"Retry-After": written(self.retry_after)})

    def page(self) -> Answer:
        message = self.message if self.message is not None else HTTPStatus(self.status).phrase
        if self.body == "json":
            return self.words(self.status, message)
        return html_answer(self.status, message) if self.body == "html" else Answer(self.status, sized=True)


@dataclass(frozen=True)
class LoginPage(Fault):
    """A 200 that is the login form: the base URL is wrong."""

    instead: ClassVar[bool] = True

    def change(self, answer: Answer) -> Answer:
        return in_place_of(answer, html_answer(200, "Login"))


@dataclass(frozen=True)
class Redirect(Fault):
    """A redirect, to another host if `to` names one; a client that follows it with its token leaks it."""

    to: str = LOGIN_PATH
    status: int = 302

    instead: ClassVar[bool] = True

    def change(self, answer: Answer) -> Answer:
        page = html_answer(self.status, f"Redirecting to {self.to}")
        return in_place_of(answer, page.with_headers({"Location": self.to}))


@dataclass(frozen=True)
class Reset(Fault):
    """The connection is reset before a byte of an answer."""

    instead: ClassVar[bool] = True

    def change(self, answer: Answer) -> Answer:
        return replace(answer, resets=True)


@dataclass(frozen=True)
class LostAnswer(Fault):
    """The call is applied, and the connection is reset before a byte of the answer is out."""

    def change(self, answer: Answer) -> Answer:
        return replace(answer, resets=True)


@dataclass(frozen=True)
class CutBody(Fault):
    """The body ends after so many bytes: by a lost connection, or `clean`, as some gateways hide the loss."""

    after: int
    clean: bool = False

    needs_200: ClassVar[bool] = True

    def change(self, answer: Answer) -> Answer:
        kept = answer.body[: self.after]
        if self.clean:
            return replace(answer, body=kept)
        return replace(answer, body=kept, lacking_bytes=len(answer.body) - len(kept), breaks_off=True)


@dataclass(frozen=True)
class WrongLength(Fault):
    """`Content-Length` promises more than is sent before the connection closes."""

    lacking: int = 100

    needs_200: ClassVar[bool] = True

    def change(self, answer: Answer) -> Answer:
        return replace(answer, sized=True, lacking_bytes=self.lacking, breaks_off=True)


@dataclass(frozen=True)
class EmptyBody(Fault):
    """A 200 with the right headers and no bytes."""

    needs_200: ClassVar[bool] = True

    def change(self, answer: Answer) -> Answer:
        return replace(answer, body=b"")


@dataclass(frozen=True)
class Gzip(Fault):
    """A front end compresses whether asked or not; `truncated` loses the second half and ends cleanly."""

    truncated: bool = False

    needs_200: ClassVar[bool] = True

    def change(self, answer: Answer) -> Answer:
        packed = gzip.compress(answer.body, compresslevel=1, mtime=0)
        kept = packed[: len(packed) // 2] if self.truncated else packed
        return replace(answer, body=kept).with_headers({"Content-Encoding": "gzip"})


@dataclass(frozen=True)
class Alter(Fault):
    """Any other change of a good answer, such as other bytes or a wrong type."""

    how: Callable[[Answer], Answer]

    needs_200: ClassVar[bool] = True

    def change(self, answer: Answer) -> Answer:
        return self.how(answer)


def tokens_rejected(times: int | None = None) -> Fault:
    """No token is good, however new; the token endpoint goes on giving them out."""
    return Status(401, INVALID, path=f"{API_ROOT}/", times=times)


def token_endpoint_fails(status: int, message: str | None = None, times: int | None = None) -> Fault:
    return Status(status, message, path=TOKEN_PATH, times=times)


def forbidden(family: Family) -> Fault:
    """The connection's role lacks the right to list what these media belong to."""
    return Status(403, f"Access forbidden. You are not allowed to list {LIST_RIGHTS[family]}.", family=family)


def not_on_filesystem(code: str) -> Fault:
    """The PIM knows the code, its storage has lost the file."""
    return Status(404, f'Media file "{code}" is not present on the filesystem.', code=code)


def with_pause(answer: Answer, pause: Pause) -> Answer:
    return replace(answer, pauses=(*answer.pauses, pause))


def in_place_of(answer: Answer, other: Answer) -> Answer:
    """Another thing said, in the manner (late, dripping) that earlier faults gave the answer."""
    return replace(answer, status=other.status, headers=other.headers, body=other.body, sized=other.sized)


def written(retry_after: int | datetime) -> str:
    return str(retry_after) if isinstance(retry_after, int) else format_datetime(retry_after, usegmt=True)
