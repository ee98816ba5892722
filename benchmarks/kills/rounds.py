"""Rounds of load, each ended by SIGKILL at a random moment, and what has to be true after it."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import aiohttp

from benchmarks.kills.audit import age_renditions, audit, grow_old, made_from
from benchmarks.kills.tree import Tree
from benchmarks.likeness import is_same_picture

VIEWERS = 8
START_UP_SECONDS = 1.2
LOAD_SECONDS = 0.9
SWEEP_SECONDS = 0.05
HEAL_SECONDS = 30.0
SHARE_OF_OLD = 0.1
Moment = Callable[["Rounds"], object]


class Rounds:
    """On one cache directory. `wrong` holds every broken promise, `counts` what happened."""

    def __init__(
        self,
        environment: dict[str, str],
        directory: Path,
        *,
        right: dict[str, bytes],
        purged: dict[str, list[str]],
        budget: int,
        seed: int,
    ) -> None:
        self.environment = environment
        self.directory = directory
        self.right = right
        self.purged = purged
        self.budget = budget
        self.chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.promised: list[tuple[str, str]] = []  # ids of purges, and what they are of
        self.paths = [path for path in right if not any(path in paths for paths in purged.values())]

    async def spawn(self) -> Tree:
        return await Tree.spawn(self.environment, self.directory.with_suffix(".log"))

    async def one(self) -> None:
        self.counts["drawn by an older engine"] += age_renditions(self.directory, self.chance, SHARE_OF_OLD)
        tree = await self.spawn()
        kind = self.chance.choices(("start-up", "load", "purge"), (2, 5, 3))[0]
        if kind == "start-up":
            await asyncio.sleep(self.chance.uniform(0, START_UP_SECONDS))
        else:
            await self.serve(tree, kind)
        await tree.kill()
        self.counts[f"killed: {kind}"] += 1
        self.wrong += tree.faults()
        found = audit(self.directory)
        self.counts["temporary files left by kills"] += len(found.temporary)
        self.counts["most bytes on the disk"] = max(self.counts["most bytes on the disk"], found.used)

    async def serve(self, tree: Tree, kind: str) -> None:
        """Ends with viewers still asking, or with a purge just promised."""
        await tree.listening()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await self.check_purges(session, tree)
            viewers = [asyncio.ensure_future(self.viewer(session, tree)) for _ in range(VIEWERS)]
            try:
                if kind == "purge":
                    await self.promise(session, tree)
                    await asyncio.sleep(self.chance.uniform(0, SWEEP_SECONDS))
                else:
                    await asyncio.sleep(self.chance.uniform(0, LOAD_SECONDS))
                await tree.kill()
            finally:
                for viewer in viewers:
                    viewer.cancel()
                ends = await asyncio.gather(*viewers, return_exceptions=True)
            self.wrong += [repr(end) for end in ends if isinstance(end, Exception)]

    async def viewer(self, session: aiohttp.ClientSession, tree: Tree) -> None:
        while not tree.killed:
            path = self.chance.choice(self.paths)
            if self.chance.random() < 0.03:
                await self.purge(session, tree, {"url": f"http://img.example.com{path}"})
            await self.ask(session, tree, path)

    async def ask(self, session: aiohttp.ClientSession, tree: Tree, path: str) -> str:
        """How the cache had it."""
        try:
            async with session.get(tree.base + path) as response:
                body = await response.read()
        except aiohttp.ClientError as error:
            if not tree.killed:
                self.wrong.append(f"{path}: {error!r} of a living server")
            self.counts["answers cut by a kill"] += 1
            return "-"
        self.counts["answers"] += 1
        cache = response.headers.get("X-Cache", "-")
        self.counts[cache] += 1
        if response.status == 503 and int(response.headers["Retry-After"]) > 0:
            self.counts["told to come again"] += 1  # a file was evicted or purged whenever it was to be drawn
        elif response.status != 200 or not is_same_picture(self.right[path], body):
            self.wrong.append(f"{path}: {response.status} {response.headers.get('ik-error')}, {len(body)} bytes")
        return cache

    async def purge(self, session: aiohttp.ClientSession, tree: Tree, body: dict[str, str]) -> str | None:
        try:
            async with session.post(f"{tree.admin}/v1/files/purge", json=body) as response:
                facts = await response.json()
        except aiohttp.ClientError:
            return None
        self.counts["purges"] += 1
        if response.status not in {200, 201}:
            self.wrong.append(f"purge {body}: {response.status} {facts}")
        return str(facts.get("requestId"))

    async def promise(self, session: aiohttp.ClientSession, tree: Tree) -> None:
        """A wildcard over a file of which several sizes are on the disk."""
        source = self.chance.choice(list(self.purged))
        await asyncio.gather(*(self.ask(session, tree, path) for path in self.purged[source]))
        purge_id = await self.purge(session, tree, {"url": f"http://img.example.com/{source}*"})
        if purge_id is not None:
            self.promised.append((purge_id, source))

    async def check_purges(self, session: aiohttp.ClientSession, tree: Tree) -> None:
        while self.promised:
            purge_id, source = self.promised[-1]
            while await is_pending(session, f"{tree.admin}/v1/files/purge/{purge_id}"):  # noqa: ASYNC110 (a process)
                await asyncio.sleep(0.005)
            if left := made_from(self.directory, source):
                self.wrong.append(f"purge {purge_id} of {source} was promised, and {left} are there")
            self.promised.pop()
            self.counts["promised purges seen done"] += 1

    async def heal(self) -> None:
        """A start after which nothing is killed: everything asked for, then the directory looked through."""
        self.counts["leftovers before healing"] += grow_old(self.directory)
        tree = await self.spawn()
        await tree.listening()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=VIEWERS)) as session:
            await self.check_purges(session, tree)
            await asyncio.gather(*(self.ask(session, tree, path) for path in self.paths))
        ends = time.monotonic() + HEAL_SECONDS
        while (  # noqa: ASYNC110 (for another process)
            complaints := audit(self.directory).complaints(self.budget)
        ) and time.monotonic() < ends:
            await asyncio.sleep(0.05)
        self.wrong += [f"not healed: {complaint}" for complaint in complaints]
        if status := await tree.stop():
            self.wrong.append(f"SIGTERM ended with {status}")
        self.wrong += tree.faults()
        self.counts["healed"] += 1


async def is_pending(session: aiohttp.ClientSession, url: str) -> bool:
    async with session.get(url) as response:
        return (await response.json()).get("status") == "Pending"
