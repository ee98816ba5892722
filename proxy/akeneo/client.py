"""Akeneo's endpoints as far as media need them; how they are called is the matter of the modules beside."""

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import quote

from proxy.akeneo.answers import Unauthorized
from proxy.akeneo.auth import bearer_of
from proxy.akeneo.body import Download, open_download
from proxy.akeneo.breaker import Breaker
from proxy.akeneo.calls import Call, Calls
from proxy.akeneo.governor import Governor
from proxy.akeneo.health import Health, Watch
from proxy.akeneo.reply import Reply
from proxy.akeneo.retry import NOT_CARRIED_OUT, WORTH_ANOTHER_TRY, Retries
from proxy.deadline import Deadline
from proxy.errors import NotFound, OriginBroken, OriginError
from proxy.json_text import parsed
from proxy.media import Family, MediaPath
from proxy.metrics import ConnectionMetrics
from proxy.slices import AkeneoSettings
from proxy.tracing.spans import span

T = TypeVar("T")
API = "/api/rest/v1"
RETRY_AFTER_SECONDS = 5


class AkeneoClient:
    """One connection to one Akeneo, with all of its limits in one place: make one, and share it."""

    def __init__(
        self,
        settings: AkeneoSettings,
        metrics: ConnectionMetrics,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.settings = settings
        self.metrics = metrics
        self.clock = clock
        self.governor = Governor(settings.max_concurrency, settings.queue, metrics, clock, sleep)
        self.breaker = Breaker(metrics, clock)
        self.calls = Calls(settings, metrics, self.governor.pause, self.breaker.heard, clock)
        self.bearer = bearer_of(settings, self.calls.document, clock)
        self.retries = Retries(sleep, chance)
        self.watch = Watch(metrics, clock)

    async def warm(self) -> None:
        """Open what the first call would open, beside the start of the server; makes no call."""
        await self.calls.open()

    async def close(self) -> None:
        await self.calls.close()

    @property
    def health(self) -> Health:
        seconds = self.governor.paused_seconds
        paused_until = datetime.now(UTC) + timedelta(seconds=seconds) if seconds else None
        return Health(self.watch.outcome, self.watch.since, paused_until)

    async def download(self, path: MediaPath, store: Callable[[Download], Awaitable[T]], deadline: Deadline) -> T:
        """What `store` makes of the file; it is called once a try, each time with a fresh body."""
        return await self.download_by(download_of(path), path.code, store, deadline)

    async def download_by(
        self, call: Call, name: str, store: Callable[[Download], Awaitable[T]], deadline: Deadline
    ) -> T:
        """The same by a route of its own; `name` is one whose extension tells what is expected."""

        async def read(reply: Reply) -> T:
            body = open_download(reply, name, self.settings.read_timeout_seconds, self.clock)
            async with aclosing(body.chunks):
                return await store(body)

        return await self.call(call, read, deadline)

    async def size_of(self, path: MediaPath, deadline: Deadline) -> int | None:
        """Bytes of the whole file as the metadata tell it; only product media have any."""
        if path.family is not Family.PRODUCT:
            return None

        async def read(reply: Reply) -> int | None:
            return read_size(await self.calls.read_document(reply))

        return await self.call(Call("metadata", f"{API}/{path.family}/{quote(path.code)}"), read, deadline)

    async def call(self, call: Call, read: Callable[[Reply], Awaitable[T]], deadline: Deadline) -> T:
        try:
            with span("origin", {"media_proxy.connection": self.metrics.connection, "media_proxy.call": call.label}):
                return await self.retries.run(
                    lambda: self.attempt(call, read, deadline),
                    deadline,
                    lambda: self.metrics.retried(call.label),
                    WORTH_ANOTHER_TRY if call.repeatable else NOT_CARRIED_OUT,
                )
        except OriginError as error:
            error.retry_after_seconds = error.retry_after_seconds or RETRY_AFTER_SECONDS
            raise

    async def attempt(self, call: Call, read: Callable[[Reply], Awaitable[T]], deadline: Deadline) -> T:
        """One try, in one place: with it go the token that it may need, and the repetition after a 401."""
        self.breaker.check()  # whoever would be refused in the end need not wait for a place
        async with self.governor.place(deadline):
            with self.breaker.passing():
                try:
                    answer = await self.authorized(call, read, deadline)
                except (OriginError, NotFound) as error:
                    self.watch.failed(error)
                    raise
            self.bearer.accepted()
            self.governor.succeeded()
            self.watch.answered()
            return answer

    async def authorized(self, call: Call, read: Callable[[Reply], Awaitable[T]], deadline: Deadline) -> T:
        """A first 401 may only mean that the token has ended; a second one is final."""
        token = await self.bearer.token()
        try:
            return await self.ask(call, token, read, deadline)
        except Unauthorized:
            renewed = await self.bearer.renew(token)
            if renewed is None:
                raise
        try:
            return await self.ask(call, renewed, read, deadline)
        except Unauthorized:
            self.bearer.rejected(renewed)
            raise

    async def ask(self, call: Call, token: str, read: Callable[[Reply], Awaitable[T]], deadline: Deadline) -> T:
        """Its answer must begin in half of the time that is left, where another try would do no harm: a viewer who
        leaves at the same moment as we give up would hide from the breaker that nobody answers.
        """
        patience_seconds = deadline.remaining() / 2 if call.repeatable else math.inf
        return await self.calls.ask(call, f"Bearer {token}", read, patience_seconds)


def download_of(path: MediaPath) -> Call:
    """Only product media take `/download`; slashes in a code stay as they are (akeneo-api, 2.1)."""
    suffix = "/download" if path.family is Family.PRODUCT else ""
    return Call(str(path.family), f"{API}/{path.family}/{quote(path.code)}{suffix}")


def read_size(document: bytes) -> int | None:
    try:
        size = parsed(document)["size"]
    except (ValueError, KeyError, TypeError):
        raise OriginBroken("Akeneo sent no metadata") from None
    return size if isinstance(size, int) and size >= 0 else None
