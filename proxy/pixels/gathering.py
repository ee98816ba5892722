"""Sizes of one original that are asked for at one moment, as by a `srcset`: who comes first waits for those behind.

So it is decoded at the size that serves all of them, and by as many workers as that pays for.
"""

import asyncio
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress

MOST_SECONDS = 0.01  # a part of what the smallest picture takes, for who is held up elsewhere


class Gathering:
    """Whoever is alone never waits. `file`: whatever stands for the original."""

    def __init__(self, most_seconds: float = MOST_SECONDS) -> None:
        self.most_seconds = most_seconds
        self.on_the_way: Counter[Hashable] = Counter()  # from the request to its answer
        self.here: Counter[Hashable] = Counter()  # those of them that are ready to be drawn, or are being drawn
        self.news: dict[Hashable, asyncio.Event] = {}

    @contextmanager
    def coming(self, file: Hashable) -> Iterator[None]:
        try:
            with counted(self.on_the_way, file):
                yield
        finally:
            self.tell(file)

    @contextmanager
    def arrived(self, file: Hashable) -> Iterator[None]:
        with counted(self.here, file):
            self.tell(file)
            yield

    def is_complete(self, file: Hashable) -> bool:
        return self.on_the_way[file] <= self.here[file]

    def tell(self, file: Hashable) -> None:
        if self.is_complete(file) and file in self.news:
            self.news.pop(file).set()

    async def complete(self, file: Hashable) -> None:
        """When all are here that are on the way, or after `most_seconds`."""
        if not self.is_complete(file):
            with suppress(TimeoutError):
                async with asyncio.timeout(self.most_seconds):
                    await self.news.setdefault(file, asyncio.Event()).wait()


@contextmanager
def counted(counts: Counter[Hashable], file: Hashable) -> Iterator[None]:
    counts[file] += 1
    try:
        yield
    finally:
        counts[file] -= 1
        if not counts[file]:
            del counts[file]
