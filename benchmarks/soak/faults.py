"""One bad day after the other: each fault is switched on, endured for some seconds, and taken back."""

import asyncio
import os
import resource
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from redis.asyncio import Redis as Client
from redis.exceptions import RedisError

from benchmarks.soak import pim as pretend
from benchmarks.soak.house import Pim, Redis, Server
from benchmarks.soak.ledger import NO_FAULT, Ledger

HEAL_SECONDS = 30.0
KILL_EVERY_SECONDS = 0.7
FILE_BYTES = 1024  # what a file may grow to while the disk is "full"
GARBAGE = b"\x00garbage"


@dataclass(slots=True)
class Scene:
    """Everything that can be made to fail. `steady` is false from a fault of the disk until it is healed."""

    server: Server
    pim: Pim
    redis: Redis | None
    directory: Path  # of the cache
    ledger: Ledger
    in_memory: frozenset[tuple[str, str]]  # what no fault of the disk takes away
    chance: Random
    disk_faults: int = 0
    steady: bool = True


Fault = Callable[[Scene], AbstractAsyncContextManager[None]]


def akeneo(name: str) -> Fault:
    @asynccontextmanager
    async def fault(scene: Scene) -> AsyncIterator[None]:
        await scene.pim.misbehave(name)
        try:
            yield
        finally:
            await scene.pim.misbehave("none")

    return fault


@asynccontextmanager
async def akeneo_killed(scene: Scene) -> AsyncIterator[None]:
    await scene.pim.kill()
    yield
    await scene.pim.start()


@asynccontextmanager
async def akeneo_stopped(scene: Scene) -> AsyncIterator[None]:
    scene.pim.send(signal.SIGSTOP)
    yield
    scene.pim.send(signal.SIGCONT)


@asynccontextmanager
async def disk_fault(scene: Scene) -> AsyncIterator[None]:
    """What the disk held is not promised any more; afterwards it has to be in use again by itself."""
    scene.steady = False
    scene.disk_faults += 1
    scene.ledger.lose(all_but=scene.in_memory)
    yield
    async with asyncio.timeout(HEAL_SECONDS):
        while "disk" in await scene.server.failing():  # noqa: ASYNC110 (it is another process)
            await asyncio.sleep(0.2)
    scene.steady = True


@asynccontextmanager
async def directory_removed(scene: Scene) -> AsyncIterator[None]:
    async with disk_fault(scene):
        shutil.rmtree(scene.directory, ignore_errors=True)  # files may come in behind its back
        yield


@asynccontextmanager
async def directory_replaced(scene: Scene) -> AsyncIterator[None]:
    """By a file, which nobody can write into, root included."""
    async with disk_fault(scene):
        away = scene.directory.with_name("away")
        scene.directory.rename(away)
        scene.directory.write_bytes(b"")
        try:
            yield
        finally:
            scene.directory.unlink()
            away.rename(scene.directory)


@asynccontextmanager
async def disk_full(scene: Scene) -> AsyncIterator[None]:
    """No file of the server's can grow: each write fails as on a full disk, for root too."""
    async with disk_fault(scene):
        with limited(scene.server.process_id):
            yield


@contextmanager
def limited(process_id: int) -> Iterator[None]:
    _, hard = resource.prlimit(process_id, resource.RLIMIT_FSIZE)
    resource.prlimit(process_id, resource.RLIMIT_FSIZE, (FILE_BYTES, hard))
    try:
        yield
    finally:
        resource.prlimit(process_id, resource.RLIMIT_FSIZE, (hard, hard))


@asynccontextmanager
async def redis_hangs(scene: Scene) -> AsyncIterator[None]:
    assert scene.redis is not None
    scene.redis.send(signal.SIGSTOP)
    yield
    scene.redis.send(signal.SIGCONT)


@asynccontextmanager
async def redis_killed(scene: Scene) -> AsyncIterator[None]:
    assert scene.redis is not None
    await scene.redis.kill()
    yield
    await scene.redis.start()


@asynccontextmanager
async def redis_garbage(scene: Scene) -> AsyncIterator[None]:
    """Every entry is overwritten, again and again."""
    assert scene.redis is not None
    redis = scene.redis
    async with repeated(lambda: spoil(redis)):
        yield


async def spoil(redis: Redis) -> None:
    with suppress(RedisError, OSError):
        async with Client.from_url(redis.url) as client:
            async for key in client.scan_iter(count=500):
                if await client.type(key) == b"string":
                    await client.set(key, GARBAGE, ex=60)


@asynccontextmanager
async def workers_killed(scene: Scene) -> AsyncIterator[None]:
    async with repeated(lambda: strike(scene, signal.SIGKILL)):
        yield


@asynccontextmanager
async def workers_stopped(scene: Scene) -> AsyncIterator[None]:
    """They hang until their time is over; nobody wakes them up."""
    async with repeated(lambda: strike(scene, signal.SIGSTOP)):
        yield


async def strike(scene: Scene, number: signal.Signals) -> None:
    if found := scene.server.workers():
        with suppress(ProcessLookupError):
            os.kill(scene.chance.choice(found), number)


@asynccontextmanager
async def repeated(act: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Told to end, not cancelled: a client of Redis may swallow that."""
    over = asyncio.Event()

    async def go_on() -> None:
        while not over.is_set():
            await act()
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), KILL_EVERY_SECONDS)

    going = asyncio.create_task(go_on())
    try:
        yield
    finally:
        over.set()
        await going


def faults(with_redis: bool) -> dict[str, Fault]:
    """By name; those of Akeneo and the others take turns."""
    found = {f"Akeneo: {name}": akeneo(name) for name in pretend.FAULTS if name != "none"}
    found |= {"Akeneo: killed": akeneo_killed, "Akeneo: stopped": akeneo_stopped}
    found |= {"workers: killed": workers_killed, "workers: stopped": workers_stopped}
    found |= {"disk: removed": directory_removed, "disk: a file": directory_replaced, "disk: full": disk_full}
    if with_redis:
        found |= {"Redis: hangs": redis_hangs, "Redis: killed": redis_killed, "Redis: garbage": redis_garbage}
    return found


async def endure(scene: Scene, name: str, fault: Fault, seconds: float, rest_seconds: float) -> None:
    """Raises TimeoutError where the server does not find back."""
    scene.ledger.fault = name
    async with fault(scene):
        await asyncio.sleep(seconds)
    scene.ledger.fault = NO_FAULT
    await asyncio.sleep(rest_seconds)
