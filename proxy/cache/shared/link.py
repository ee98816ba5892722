"""The way to Redis: every question has little time, and after a failure nobody asks for a while."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeout

from proxy.cache.tiers import Tiers

log = logging.getLogger("proxy.cache")
T = TypeVar("T")

NAME = "redis"
SPACE = "media-proxy:1:"  # what all keys begin with; another number when their meaning changes
TIMEOUT_SECONDS = 0.1  # of one question
TURNS = 5  # of the event loop that the time is cut into
PAUSE_SECONDS = 1.0
CONNECTIONS = 32  # for questions
TRANSFERS = 4  # connections for what is large, so that no question waits for it
CANCEL_AGAIN_SECONDS = 0.05
CLOSING_SECONDS = 1.0  # for a connection with something unsent to a server that hangs


# With a limit of its own redis-py sends through `wait_for`, which in Python 3.11 may lose a cancellation.
NO_TIMEOUT: dict[str, Any] = {"socket_timeout": None, "socket_connect_timeout": CLOSING_SECONDS}


class RedisDown(OSError):
    """It does not answer. The words go to the public health page: no address, no secret."""


class RedisRefused(OSError):
    """It answers that it will not: it is full, read-only, or the key holds something else."""


class Link:
    """Commands, each within `seconds`. While Redis is away, one question a second finds out whether it is
    back, and all others fail at once: a viewer never waits for more than one that fails.
    """

    def __init__(
        self,
        url: str,
        tiers: Tiers,
        clock: Callable[[], float] = time.monotonic,
        *,
        seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self.tiers = tiers
        self.clock = clock
        self.seconds = seconds
        self.pause_seconds = PAUSE_SECONDS
        self.away = False
        self.closed = False
        self.asked_again_at = 0.0
        self.questions: set[asyncio.Future[Any]] = set()
        # A connection that a restarted server has closed is found out by using it: hence one more try, at once.
        self.pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS + TRANSFERS,
            timeout=None,
            retry=Retry(NoBackoff(), 1),
            protocol=2,
            **NO_TIMEOUT,
        )
        self.places = asyncio.Semaphore(CONNECTIONS)
        self.transfer_places = asyncio.Semaphore(TRANSFERS)
        self.client: Any = Redis(connection_pool=self.pool)

    async def ask(self, *command: str | bytes | float, seconds: float | None = None) -> Any:
        """The answer; raises RedisDown, RedisRefused. `seconds` is for what is large: it takes more time than usual."""
        places = self.places if seconds is None else self.transfer_places
        return await self.run(lambda: self.client.execute_command(*command), max(seconds or 0, self.seconds), places)

    async def eval(
        self, script: str, keys: list[str], *arguments: str | bytes | float, seconds: float | None = None
    ) -> Any:
        """The same for a script, which Redis runs as one step."""
        return await self.ask("EVAL", script, len(keys), *keys, *arguments, seconds=seconds)

    async def run(self, question: Callable[[], Awaitable[T]], seconds: float, places: asyncio.Semaphore) -> T:
        finds_out = self.check()
        try:
            async with asyncio.timeout(seconds):
                await places.acquire()
        except TimeoutError:  # that says nothing about Redis
            raise RedisDown("too many questions to Redis wait for each other") from None
        try:
            if not finds_out or self.closed:
                self.check()  # it may have failed while a place was waited for
            return await self.asked(question, seconds)
        finally:
            places.release()

    async def asked(self, question: Callable[[], Awaitable[T]], seconds: float) -> T:
        task = asyncio.ensure_future(question())
        self.questions.add(task)
        task.add_done_callback(self.questions.discard)
        try:
            answer = await within(seconds, task)
        except ResponseError as error:
            self.answered()
            raise RedisRefused(f"Redis refuses: {str(error)[:100]}") from None
        except (RedisError, OSError) as error:
            raise self.failed(error) from None
        self.answered()
        return answer

    def check(self) -> bool:
        """Raises RedisDown while it is left alone. Whoever passes after the pause finds out: then it is true."""
        if self.closed:
            raise RedisDown("this server is closing")
        if self.away:
            if self.clock() < self.asked_again_at:
                raise RedisDown("Redis is left alone for a moment after it has failed")
            self.asked_again_at = self.clock() + self.pause_seconds
        return self.away

    def failed(self, error: Exception) -> RedisDown:
        if not self.away:
            log.warning("Redis fails: %s: %s", type(error).__name__, error)
        self.away = True
        self.asked_again_at = self.clock() + self.pause_seconds
        down = RedisDown(words_for(error))
        self.tiers.failed(NAME, "ask", down)
        return down

    def answered(self) -> None:
        if self.away:
            self.away = False
            self.tiers.worked(NAME)

    async def close(self) -> None:
        """Whoever still asks is told that Redis is down: a question under way would connect once more."""
        self.closed = True
        await asyncio.gather(*(end(question) for question in self.questions))
        with suppress(RedisError):  # a connection that did not end in time is dropped
            await self.pool.aclose()


async def within(seconds: float, question: Awaitable[T]) -> T:
    """Raises TimeoutError. Time is counted in turns of the event loop: where this process itself was busy for a
    while, the answer that lies there is read before Redis is called slow.
    """
    task = asyncio.ensure_future(question)
    try:
        for _ in range(TURNS):
            await asyncio.wait([task], timeout=seconds / TURNS)
            if task.done():
                return task.result()
        raise TimeoutError
    finally:
        if not task.done():
            await end(task)  # its connection is closed by it: the answer may still come


async def end(task: asyncio.Future[Any]) -> None:
    """Cancel it until it ends: a library may take a cancellation for its own and go on."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=CANCEL_AGAIN_SECONDS)
    if not task.cancelled():
        task.exception()  # nobody wants to know any more


def words_for(error: Exception) -> str:
    if isinstance(error, RedisTimeout | TimeoutError):
        return "Redis does not answer in time"
    return f"Redis cannot be used ({type(error).__name__})"
