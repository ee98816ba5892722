"""One call to Akeneo: sent, measured, and whatever is no 200 raised as the error that it means."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from proxy.akeneo.answers import Throttled, refusal, words
from proxy.akeneo.reply import Reply
from proxy.errors import OriginBroken, OriginError, OriginTimeout, OriginUnreachable, ProxyError
from proxy.metrics import ConnectionMetrics
from proxy.slices import AkeneoSettings
from proxy.tracing.spans import event

if TYPE_CHECKING:
    from proxy.akeneo.connection import Connection

T = TypeVar("T")
ONLY_OK = frozenset({200})
ERROR_BYTES = 4096
ERROR_SECONDS = 5
DOCUMENT_BYTES = 64 * 1024
CUT_WORDS: dict[type[OriginError], str] = {
    OriginBroken: "cut",
    OriginTimeout: "timeout",
    OriginUnreachable: "unreachable",
}
CUT = tuple(CUT_WORDS)
SILENCE_SHARE = 0.2  # of the read timeout: who waits less for an answer's head learns nothing when none comes


class Body(Protocol):
    """What is sent, where it is too long to be held: `chunks` begins anew with each try."""

    length: int

    def chunks(self) -> AsyncIterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Call:
    """`label` is what the metrics call it; nothing of a viewer's request has a place here.

    `verb` is the method where it is neither GET nor POST; `accepted` are the statuses that are no refusal. What is not
    `repeatable` is tried again only where it was not carried out for certain.
    """

    label: str
    path: str
    refusal: Callable[[int, str], ProxyError] = refusal
    body: bytes | Body | None = field(default=None, repr=False)
    grant: str = ""
    verb: str = ""
    accepted: frozenset[int] = ONLY_OK
    content_type: str = "application/json"
    repeatable: bool = True

    @property
    def method(self) -> str:
        return self.verb or ("GET" if self.body is None else "POST")

    @property
    def content(self) -> "bytes | AsyncIterator[bytes] | None":
        return self.body if self.body is None or isinstance(self.body, bytes) else self.body.chunks()

    def headers(self, authorization: str) -> dict[str, str]:
        kind = {} if self.body is None else {"Content-Type": self.content_type}
        size = {} if self.body is None or isinstance(self.body, bytes) else {"Content-Length": str(self.body.length)}
        return {"Authorization": authorization, **kind, **size}


class Calls:
    """The way to one Akeneo, opened with the first call.

    `on_pause` hears of every 429: how long a pause is wished for, if that is said, and when the call began. `on_head`
    hears of every answer as it begins, and of every silence (None), for which path.
    """

    def __init__(
        self,
        settings: AkeneoSettings,
        metrics: ConnectionMetrics,
        on_pause: Callable[[float | None, float], None],
        on_head: Callable[[str, int | None], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.metrics = metrics
        self.on_pause = on_pause
        self.on_head = on_head
        self.clock = clock
        self.connection: Connection | None = None
        self.opening = asyncio.Lock()

    async def open(self) -> "Connection":
        """In a thread: importing httpx and reading the system's certificates takes a fifth of a second."""
        async with self.opening:
            if self.connection is None:
                self.connection = await asyncio.to_thread(connect, self.settings)
        return self.connection

    async def close(self) -> None:
        if self.connection is not None:
            await self.connection.close()

    async def ask(
        self,
        call: Call,
        authorization: str,
        read: Callable[[Reply], Awaitable[T]],
        patience_seconds: float = math.inf,
    ) -> T:
        """What `read` makes of an accepted answer that begins in time; every other one is raised."""
        connection = self.connection or await self.open()
        began = self.clock()
        outcome: int | str = "abandoned"
        heard = False
        headers = call.headers(authorization)
        try:
            async with connection.send(call.method, call.path, headers, call.content, patience_seconds) as reply:
                heard = True
                self.on_head(call.path, reply.status)
                if reply.status not in call.accepted:
                    outcome = reply.status
                    raise await self.refused(call, authorization, reply, began)
                answer = await read(reply)
                outcome = reply.status
            return answer
        except CUT as error:
            if not heard and (self.is_silence(patience_seconds) or not isinstance(error, OriginTimeout)):
                self.on_head(call.path, None)
            if outcome == "abandoned":
                outcome = next(word for kind, word in CUT_WORDS.items() if isinstance(error, kind))
            raise
        finally:
            self.count(call, outcome, self.clock() - began)

    def is_silence(self, seconds: float) -> bool:
        return seconds >= self.settings.read_timeout_seconds * SILENCE_SHARE

    async def document(self, call: Call, authorization: str) -> bytes:
        return await self.ask(call, authorization, self.read_document)

    async def read_document(self, reply: Reply, limit: int = DOCUMENT_BYTES) -> bytes:
        """An answer of at most `limit` bytes, whole; of a longer one so much."""
        try:
            return await reply.read(limit, self.settings.read_timeout_seconds)
        except TimeoutError:
            raise OriginTimeout("Akeneo does not answer in time") from None

    async def refused(self, call: Call, authorization: str, reply: Reply, began: float) -> ProxyError:
        said = await words_of(reply)
        error = call.refusal(reply.status, said)
        facts = [call.method, call.path, str(reply.status), reply.headers.get("location", ""), said]
        error.add_note(self.hide(" ".join(fact for fact in facts if fact), authorization))
        seconds = reply.retry_after_seconds
        if isinstance(error, OriginError) and seconds is not None:
            error.retry_after_seconds = math.ceil(seconds)
        if isinstance(error, Throttled):
            self.on_pause(seconds, began)
        return error

    def count(self, call: Call, outcome: int | str, seconds: float) -> None:
        self.metrics.called(call.label, outcome, seconds)
        event("attempt", {"media_proxy.call": call.label, "media_proxy.outcome": str(outcome)})
        if call.grant:
            self.metrics.token_asked(call.grant, outcome)

    def hide(self, text: str, authorization: str) -> str:
        """What a debug page repeats of our own request has no place in a log."""
        settings = self.settings
        secrets = [settings.secret, settings.password, settings.access_token]
        known = [secret.get_secret_value() for secret in secrets if secret] + authorization.split()[1:]
        for secret in known:
            text = text.replace(secret, "***") if secret else text
        return text


def connect(settings: AkeneoSettings) -> "Connection":
    from proxy.akeneo.connection import Connection  # noqa: PLC0415 - httpx; see `open`

    return Connection(settings)


async def words_of(reply: Reply) -> str:
    """A refusal whose body is slow, broken or no sentence of Akeneo's is a refusal all the same."""
    try:
        return words(await reply.read(ERROR_BYTES, ERROR_SECONDS))
    except (OriginError, TimeoutError):
        return ""
