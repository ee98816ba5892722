"""The way to the object store: every call has little time, and after a failure nobody makes one for a while."""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from obstore.exceptions import BaseError
from obstore.store import S3Store

from proxy.cache.tiers import TierAway, Tiers
from proxy.metrics import Metrics

log = logging.getLogger("proxy.cache")
T = TypeVar("T")

NAME = "objects"
PAUSE_SECONDS = 2.0
CODE = re.compile(r"<Code>(\w{1,60})</Code>")  # what S3 calls an error; nothing else of its answer is told
NO_BUCKET = "NoSuchBucket"


class ObjectsDown(TierAway):
    """It does not answer, or refuses. The words go to the public health page: no address, no secret."""


class Lane:
    """Calls of one kind: at most `places` at once. One kind may be refused where others are not."""

    def __init__(self, name: str, places: int) -> None:
        self.name = name
        self.places = asyncio.Semaphore(places)
        self.away = False
        self.asked_again_at = 0.0


class Link:
    """While a kind of call fails, one every `PAUSE_SECONDS` finds out whether it works again, and all others fail at
    once: a viewer never waits for more than one that fails.
    """

    def __init__(
        self, store: S3Store, tiers: Tiers, metrics: Metrics, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.store = store
        self.tiers = tiers
        self.metrics = metrics
        self.clock = clock
        self.read = Lane("read", 32)  # what a viewer waits for
        self.stream = Lane("stream", 16)
        self.write = Lane("write", 8)
        self.upload = Lane("upload", 2)  # of originals, which may be large
        self.purge = Lane("purge", 16)
        self.lanes = (self.read, self.stream, self.write, self.upload, self.purge)

    async def run(self, lane: Lane, call: Callable[[], Awaitable[T]], seconds: float) -> T:
        """The answer, within that time; raises ObjectsDown, and FileNotFoundError where there is no such object."""
        finds_out = self.check(lane)
        asked_at: float | None = None
        try:
            async with asyncio.timeout(seconds), lane.places:
                if not finds_out:
                    self.check(lane)  # it may have failed while a place was waited for
                asked_at = time.perf_counter()
                answer = await call()
        except ObjectsDown:
            raise
        except FileNotFoundError as error:
            if NO_BUCKET in str(error):
                raise self.failed(lane, error) from None
            self.answered(lane)
            raise FileNotFoundError("there is no such object") from None
        except (BaseError, OSError) as error:
            if asked_at is None:
                raise ObjectsDown("too many calls to the object store wait for each other") from None
            raise self.failed(lane, error) from None
        finally:
            if asked_at is not None:
                self.metrics.object_store_called(lane.name, time.perf_counter() - asked_at)
        self.answered(lane)
        return answer

    def check(self, lane: Lane) -> bool:
        """Raises ObjectsDown while it is left alone. Whoever passes after the pause finds out: then it is true."""
        if lane.away:
            if self.clock() < lane.asked_again_at:
                raise ObjectsDown("the object store is left alone for a moment after it has failed")
            lane.asked_again_at = self.clock() + PAUSE_SECONDS
        return lane.away

    def failed(self, lane: Lane, error: Exception) -> ObjectsDown:
        words = words_for(error)
        if not lane.away:
            log.warning("object store, %s: %s", lane.name, words)
        lane.away = True
        lane.asked_again_at = self.clock() + PAUSE_SECONDS
        down = ObjectsDown(words)
        self.tiers.failed(NAME, lane.name, down)
        return down

    def answered(self, lane: Lane) -> None:
        lane.away = False
        if not any(other.away for other in self.lanes):
            self.tiers.worked(NAME)


def words_for(error: Exception) -> str:
    """The client's own words hold addresses, and whatever the server has said."""
    if isinstance(error, TimeoutError):
        return "the object store does not answer in time"
    code = CODE.search(str(error))
    return f"the object store refuses ({code[1] if code else type(error).__name__})"
