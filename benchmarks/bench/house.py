"""Everything that a run needs, started once: pictures, the pretend Akeneo, load, ours, and the peers that are here."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.bench.asks import References
from benchmarks.bench.load import Client, client
from benchmarks.bench.peers.codec_loop import codec_loop
from benchmarks.bench.peers.ipx_server import ipx
from benchmarks.bench.peers.nginx import nginx
from benchmarks.bench.peers.ours import Akeneo, Ours, akeneo, ours
from benchmarks.bench.peers.peer import Peer, Starter
from benchmarks.bench.peers.thumbor import thumbor
from benchmarks.bench.pictures import PictureSet
from benchmarks.bench.processes import NotHereError

SECONDS, SECONDS_FULL = 1.0, 4.0
STARTERS: dict[str, Starter] = {"thumbor": thumbor, "ipx": ipx, "nginx": nginx}


@dataclass(slots=True)
class House:
    """`directory` lives as long as the run. `rounds` and `seconds` (of one peer's part of a round) say how thorough."""

    directory: Path
    pictures: PictureSet
    references: References
    client: Client
    second_client: Client
    pim: Akeneo
    ours: Ours
    logging: Ours
    peers: list[Peer]
    full: bool = False
    rounds: int = 1
    seconds: float = 1.0
    missing: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def house(starters: Mapping[str, Starter], full: bool, rounds: int) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pictures = PictureSet()
        first = await stack.enter_async_context(client(directory / "first-client.log"))
        second = await stack.enter_async_context(client(directory / "second-client.log"))
        pim = await stack.enter_async_context(akeneo(directory / "akeneo.log"))
        silent = await stack.enter_async_context(ours(first, pictures, directory, pim))
        logging = await stack.enter_async_context(ours(first, pictures, directory, pim, access_log=True))
        loop = await stack.enter_async_context(codec_loop(pictures, directory))
        it = House(directory, pictures, References(pictures), first, second, pim, silent, logging, [silent, loop])
        it.full, it.rounds, it.seconds = full, rounds, SECONDS_FULL if full else SECONDS
        await start_peers(it, stack, starters)
        yield it


async def start_peers(it: House, stack: AsyncExitStack, starters: Mapping[str, Starter]) -> None:
    for name, start in starters.items():
        try:
            it.peers.append(await stack.enter_async_context(start(it.client, it.pictures, it.directory)))
        except (NotHereError, TimeoutError) as error:
            it.missing[name] = str(error) or "it did not answer in time"
