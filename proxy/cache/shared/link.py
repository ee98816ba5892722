"""The way to Redis: every question has little time, and after a failure nobody asks for a while."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
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
CONNECTIONS = 32


class RedisDown(OSError):
    """It does not answer. The words go to the public health page: no address, no secret."""


class RedisRefused(OSError):
    """It answers that it will not: it is full, read-only, or the key holds something else."""


class Link:
    """Commands, each within `TIMEOUT_SECONDS`. While Redis is away, one question a second finds out whether it is
    back, and all others fail at once: a viewer never waits for more than one that fails.
    """

    def __init__(self, url: str, tiers: Tiers, clock: Callable[[], float] = time.monotonic) -> None:
        self.tiers = tiers
        self.clock = clock
        self.away = False
        self.asked_again_at = 0.0
        # A connection that a restarted server has closed is found out by using it: hence one more try, at once.
        self.pool = BlockingConnectionPool.from_url(
            url, max_connections=CONNECTIONS, timeout=None, retry=Retry(NoBackoff(), 1), protocol=2
        )
        self.client: Any = Redis(connection_pool=self.pool)

    async def ask(self, *command: str | bytes | float) -> Any:
        """The answer; raises RedisDown, RedisRefused."""
        return await self.run(lambda: self.client.execute_command(*command))

    async def eval(self, script: str, keys: list[str], *arguments: str | bytes | float) -> Any:
        """The same for a script, which Redis runs as one step."""
        return await self.ask("EVAL", script, len(keys), *keys, *arguments)

    async def run(self, question: Callable[[], Awaitable[T]], seconds: float = TIMEOUT_SECONDS) -> T:
        self.check()
        try:
            answer = await within(seconds, question())
        except ResponseError as error:
            self.answered()
            raise RedisRefused(f"Redis refuses: {str(error)[:100]}") from None
        except (RedisError, OSError) as error:
            raise self.failed(error) from None
        self.answered()
        return answer

    def check(self) -> None:
        """Raises RedisDown while it is left alone. Whoever passes after the pause is the one who finds out."""
        if self.away:
            if self.clock() < self.asked_again_at:
                raise RedisDown("Redis is left alone for a moment after it has failed")
            self.asked_again_at = self.clock() + PAUSE_SECONDS

    def failed(self, error: Exception) -> RedisDown:
        if not self.away:
            log.warning("Redis fails: %s: %s", type(error).__name__, error)
        self.away = True
        self.asked_again_at = self.clock() + PAUSE_SECONDS
        down = RedisDown(words_for(error))
        self.tiers.failed(NAME, "ask", down)
        return down

    def answered(self) -> None:
        if self.away:
            self.away = False
            self.tiers.worked(NAME)

    async def close(self) -> None:
        await self.client.aclose()
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
        if not task.done():  # its connection is closed by it: the answer may still come
            task.add_done_callback(pass_over)
            task.cancel()
            await asyncio.wait([task], timeout=seconds)


def pass_over(task: "asyncio.Future[Any]") -> None:
    """What it ends with: it has been told already that there is no answer."""
    if not task.cancelled():
        task.exception()


def words_for(error: Exception) -> str:
    if isinstance(error, RedisTimeout | TimeoutError):
        return "Redis does not answer in time"
    return f"Redis cannot be used ({type(error).__name__})"
