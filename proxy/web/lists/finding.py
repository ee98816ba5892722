"""The placeholders of a list: all that some cache has first, then the others, behind the viewers of single pictures."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from proxy.deadline import Deadline
from proxy.delivery.admission import Admission
from proxy.delivery.delivered import Delivered
from proxy.errors import DeadlineExceeded, ProxyError
from proxy.imagekit.default_image import or_default
from proxy.imagekit.placeholders import Wanted
from proxy.imagekit.url import ReadUrl
from proxy.media import MediaRequest
from proxy.web.endpoints import Gate

LOOKERS = 8  # at a time; between two turns of theirs others have one
MAKERS = 8  # of one list; how many there are of all is the business of the queues behind them

Found = tuple[ReadUrl, Delivered] | ProxyError
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Missing:
    """What no cache has. `request` is pinned; `hopeless`: Akeneo said a short while ago that it has no such file."""

    path: str
    url: ReadUrl
    request: MediaRequest
    key: str
    hopeless: bool


class Finder:
    """Of one list. `deadline` is one of the background; `admit` gives an admission for each picture."""

    def __init__(self, gate: Gate, deadline: Deadline, admit: Callable[[], Admission]) -> None:
        self.delivery = gate.delivery
        self.deadline = deadline
        self.admit = admit
        self.found: dict[str, Found] = {}
        self.keys: dict[str, str] = {}  # of what some cache has
        self.missing: list[Missing] = []

    async def find(self, wanted: Wanted) -> dict[str, Found]:
        """By path, in the order of asking; what is not ready in time is a DeadlineExceeded."""
        try:
            async with asyncio.timeout(self.deadline.remaining()):
                await spread(wanted.items(), self.look, LOOKERS)
        except TimeoutError:
            self.missing.clear()
        self.missing.sort(key=lambda one: not one.hopeless)  # they wait for nobody
        await spread(self.missing, self.make, MAKERS)
        late = DeadlineExceeded("not ready in time", retry_after_seconds=2)
        return dict.fromkeys(wanted, late) | self.found

    async def look(self, item: tuple[str, ReadUrl | ProxyError]) -> None:
        """In every cache, one after the other."""
        path, url = item
        try:
            found = url if isinstance(url, ProxyError) else await or_default(url, partial(self.in_caches, path))
        except ProxyError as error:
            found = error
        if found is not None:
            self.found[path] = found

    async def in_caches(self, path: str, url: ReadUrl) -> Found | None:
        """None if it has to be made, which is noted. Raises a ProxyError."""
        request = await self.delivery.larder.pinned(url.request, self.deadline)
        key = self.delivery.key_of(request)
        delivered = await self.delivery.look(key, request)
        if delivered is not None:
            self.keys[path] = key
            return url, delivered
        hopeless = self.delivery.originals.is_known_to_be_missing(request.path)
        self.missing.append(Missing(path, url, request, key, hopeless))
        return None

    async def make(self, one: Missing) -> None:
        try:
            self.found[one.path] = await or_default(one.url, partial(self.made, one))
        except ProxyError as error:
            self.found[one.path] = error

    async def made(self, one: Missing, url: ReadUrl) -> Found:
        """Raises a ProxyError."""
        if not self.deadline.remaining():
            raise DeadlineExceeded("not ready in time", retry_after_seconds=2)
        if url is one.url:
            return url, await self.delivery.make_missing(one.key, one.request, self.deadline, self.admit())
        return url, await self.delivery.deliver(url.request, self.deadline, self.admit())


async def spread(items: Iterable[T], work: Callable[[T], Awaitable[None]], count: int) -> None:
    """Over so many who take one after the other; between two of them whoever else has to do something does it."""
    waiting = iter(items)

    async def take() -> None:
        for item in waiting:
            await work(item)
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(take())
