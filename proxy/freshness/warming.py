"""New files are fetched and drawn before anybody asks for them, one after the other and behind all viewers."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Protocol

from proxy.deadline import Deadline
from proxy.delivery.delivery import Delivery
from proxy.errors import NoSuchPath, ProxyError
from proxy.imagekit.url import ReadUrl
from proxy.media import MediaPath
from proxy.metrics import Metrics
from proxy.pixels.job import is_drawn

log = logging.getLogger("proxy.freshness")
MOST_WAITING = 5000
WARM_SECONDS = 300.0  # for one file, behind all viewers
ACCEPT = "image/avif,image/webp,*/*"  # of most browsers
SAMPLE = "media-files/0/0/0/0/sample.jpg"


class Gate(Protocol):
    """A way in."""

    @property
    def delivery(self) -> Delivery: ...

    def read(self, remainder: str, accept: str, *, trusted: bool = False) -> ReadUrl: ...


class Warmer:
    """`transformations` as they stand behind `tr:`, for each way in of `gates`."""

    def __init__(
        self, gates: Sequence[Gate], transformations: Sequence[str], metrics: Metrics, most: int = MOST_WAITING
    ) -> None:
        self.gates = gates
        self.transformations = transformations
        self.metrics = metrics
        self.most = most
        self.waiting: dict[str, None] = {}
        self.came = asyncio.Event()

    def check(self) -> None:
        """Raises InvalidTransformation and the like for one that would be refused."""
        for gate in self.gates:
            for transformation in self.transformations:
                gate.read(f"tr:{transformation}/{SAMPLE}", ACCEPT, trusted=True)

    def want(self, paths: Iterable[str]) -> None:
        for path in paths:
            if len(self.waiting) >= self.most:
                self.metrics.freshness.warmed("dropped")
                continue
            self.waiting[path] = None
        self.came.set()

    async def work(self) -> None:
        while True:
            while not self.waiting:
                self.came.clear()
                await self.came.wait()
            path = next(iter(self.waiting))
            await self.warm(path)
            self.waiting.pop(path, None)

    async def warm(self, path: str) -> None:
        """What fails is counted and left to its first viewer."""
        outcome = "warmed"
        for gate in self.gates:
            try:
                await self.warm_at(gate, path)
            except (ProxyError, OSError) as error:
                outcome = "failed"
                log.info("%s was not warmed: %s", path, error)
            except Exception:
                outcome = "failed"
                log.exception("a fault of ours while %s was warmed", path)
        self.metrics.freshness.warmed(outcome)

    async def warm_at(self, gate: Gate, path: str) -> None:
        """The original once, whole; then what is drawn of it. Raises ProxyError, OSError."""
        deadline = Deadline.after(WARM_SECONDS, background=True)
        try:
            media = await gate.delivery.originals.pin(MediaPath.parse(path), deadline)  # raises Blocked
            original = await gate.delivery.originals.get(media, deadline)
        except NoSuchPath:
            return
        for transformation in self.transformations:
            url = gate.read(f"tr:{transformation}/{path}", ACCEPT, trusted=True)
            if is_drawn(original.content, url.request.plan):
                await gate.delivery.deliver(url.request, deadline)
