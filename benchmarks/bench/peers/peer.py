"""What every peer is: a server that draws what it is asked for, and a process tree to be measured."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import aiohttp

from benchmarks.bench.asks import Ask, WrongAnswerError
from benchmarks.bench.load import Client, LoadError
from benchmarks.bench.measure import watching
from benchmarks.bench.pictures import Original, PictureSet
from benchmarks.bench.ratios import Sample


class Peer(ABC):
    """`settings` tells the reader of the report how it was set up."""

    name: str
    settings: str
    process_id: int | None = None

    def can(self, ask: Ask) -> bool:
        return True

    @abstractmethod
    async def prepare(self, originals: Sequence[Original]) -> None:
        """Puts the originals where it reads them; not measured."""

    @abstractmethod
    async def answer(self, ask: Ask) -> tuple[bytes, str]:
        """The body and its type; raises WrongAnswerError if there is none."""

    @abstractmethod
    async def draw(self, asks: Sequence[Ask], at_once: int) -> Sample:
        """Draws all of them, so many at once."""


class HttpPeer(Peer):
    """A server that reads its originals from the directory of the picture set."""

    base: str

    def __init__(self, client: Client, pictures: PictureSet, log: Path) -> None:
        self.client, self.pictures, self.log = client, pictures, log

    @abstractmethod
    def url(self, ask: Ask) -> str: ...

    async def prepare(self, originals: Sequence[Original]) -> None:
        self.pictures.lay_out(originals)

    async def answer(self, ask: Ask) -> tuple[bytes, str]:
        async with aiohttp.ClientSession() as session, session.get(self.url(ask)) as response:
            body = await response.read()
            if response.status != 200:
                raise WrongAnswerError(f"status {response.status}")
            return body, response.headers.get("Content-Type", "no type")

    async def draw(self, asks: Sequence[Ask], at_once: int) -> Sample:
        """Raises LoadError if one of them fails."""
        async with watching(self.process_id) as spent:
            answers = await self.client.run([self.url(ask) for ask in asks], at_once)
        if answers.cached:
            raise LoadError(f"{answers.cached} of {len(asks)} answers came from a cache")
        return Sample(len(asks), answers.seconds, spent.cpu_seconds, spent.peak_bytes, tuple(answers.latencies))


Starter = Callable[[Client, PictureSet, Path], AbstractAsyncContextManager[HttpPeer]]
