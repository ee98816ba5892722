"""Renditions in a real Redis: whole or not at all, and in nobody's way when Redis is."""

import asyncio
from collections.abc import Callable

import pytest

from proxy.cache.shared.link import Link, RedisDown, RedisRefused, within
from proxy.cache.shared.store import MOST_BYTES, NEWS, RENDITIONS, RedisStore
from proxy.cache.tiers import Tiers
from proxy.media import MediaPath, entry_key
from proxy.metrics import Metrics
from tests.cache.bench import Clock, counted, rendition
from tests.cache.test_stores import VALUES, check_that_what_begins_alike_goes_together
from tests.shared.redis_server import RedisServer

PATH = MediaPath.parse("media-files/1/2/mug.jpg")
KEY = entry_key("pim.example.com", PATH, "w-300")
Broken = Callable[[bytes], bytes]


@pytest.fixture
def store(link: Link, metrics: Metrics) -> RedisStore:
    return RedisStore(link, lambda: "0-0", metrics)


@pytest.mark.parametrize("value", VALUES, ids=len)
async def test_bytes_come_back_as_they_were(store: RedisStore, value: bytes) -> None:
    assert await store.get(KEY) is None
    assert await store.set(KEY, value)

    assert await store.get(KEY) == value
    await store.delete(KEY)
    assert await store.get(KEY) is None


async def test_what_is_large_stays_outside(store: RedisStore, redis: RedisServer) -> None:
    assert not await store.set(KEY, bytes(MOST_BYTES + 1))

    assert await redis.ask("DBSIZE") == 0


async def test_an_entry_goes_when_nobody_has_asked_for_a_purge(store: RedisStore, redis: RedisServer) -> None:
    await store.set(KEY, b"value")

    assert 0 < await redis.ask("TTL", RENDITIONS + KEY) <= 30 * 24 * 3600


@pytest.mark.parametrize(
    "broken",
    [
        lambda it: it[:-1],
        lambda it: it + b"\0",
        lambda it: it[:-1] + bytes([it[-1] ^ 1]),
        lambda it: b"\0\0\0\1" + it[4:],
        lambda it: b"",
        lambda it: b"\x80\x04\x95cos\nsystem\n.",
    ],
)
async def test_a_damaged_entry_is_deleted_and_a_miss(
    store: RedisStore, redis: RedisServer, metrics: Metrics, broken: Broken
) -> None:
    await store.set(KEY, b"value")
    await redis.ask("SET", RENDITIONS + KEY, broken(await redis.ask("GET", RENDITIONS + KEY)))

    assert await store.get(KEY) is None

    assert not await redis.ask("EXISTS", RENDITIONS + KEY)
    assert counted(metrics, "cache_errors_total", tier="redis", operation="unpack") == 1


async def test_another_kind_of_value_is_deleted_too(store: RedisStore, redis: RedisServer) -> None:
    await redis.ask("LPUSH", RENDITIONS + KEY, "no picture")

    assert await store.get(KEY) is None
    assert not await redis.ask("EXISTS", RENDITIONS + KEY)


async def test_all_of_a_file_or_one_rendition_is_deleted(store: RedisStore) -> None:
    await check_that_what_begins_alike_goes_together(store, PATH, KEY)


async def test_a_sweep_finds_what_was_made_from_some_files(store: RedisStore, redis: RedisServer) -> None:
    for number in range(300):
        path = MediaPath.parse(f"media-files/{number % 2}/mug{number}.jpg")
        await store.set(entry_key("pim.example.com", path, "w-300"), b"seal of sixteen " + str(path).encode())
    await redis.ask("LPUSH", RENDITIONS + "garbage", "no picture")
    await redis.ask("SET", RENDITIONS + "more-garbage", "x")

    assert await store.sweep(lambda _, head: b"media-files/1/" in head) == 150

    assert await redis.ask("DBSIZE") == 152


async def test_who_has_not_heard_of_a_purge_writes_nothing(link: Link, redis: RedisServer, metrics: Metrics) -> None:
    late = RedisStore(link, lambda: "0-0", metrics)
    told = (await redis.ask("XADD", NEWS, "*", "purge", "all")).decode()

    assert not await late.set(KEY, b"old")
    assert await RedisStore(link, lambda: told, metrics).set(KEY, b"new")
    assert await late.get(KEY) == b"new"


async def test_who_is_behind_reads_nothing(link: Link, metrics: Metrics) -> None:
    behind = RedisStore(link, lambda: None, metrics)

    assert not await behind.set(KEY, b"old")
    with pytest.raises(RedisDown):
        await behind.get(KEY)


async def test_a_full_server_refuses_writes_and_is_read_all_the_same(store: RedisStore, redis: RedisServer) -> None:
    await store.set(KEY, b"value")
    await redis.ask("CONFIG", "SET", "maxmemory", "1", "maxmemory-policy", "noeviction")

    with pytest.raises(RedisRefused):
        await store.set(KEY[:-1] + "0", b"value")

    assert await store.get(KEY) == b"value"


async def test_a_server_that_is_killed_costs_one_question_and_is_found_again(
    store: RedisStore, redis: RedisServer, metrics: Metrics, clock: Clock
) -> None:
    tiers = store.link.tiers
    await store.set(KEY, b"value")
    await redis.kill()

    for _ in range(20):
        with pytest.raises(RedisDown):
            await store.get(KEY)
    assert counted(metrics, "cache_errors_total", tier="redis", operation="ask") == 1
    assert tiers.failing

    await redis.start()
    with pytest.raises(RedisDown):
        await store.get(KEY)
    clock.now += 1.0
    assert await store.get(KEY) is None
    assert not tiers.failing


async def test_a_server_that_hangs_costs_one_question(store: RedisStore, redis: RedisServer, metrics: Metrics) -> None:
    await store.set(KEY, b"value")
    store.link.seconds = 0.1
    redis.hang()
    try:
        answers = await asyncio.gather(*(store.get(KEY) for _ in range(100)), return_exceptions=True)
    finally:
        redis.go_on()

    assert {type(answer) for answer in answers} == {RedisDown}


async def test_after_a_late_answer_nobody_gets_that_of_another(
    store: RedisStore, redis: RedisServer, clock: Clock
) -> None:
    keys = [entry_key("pim.example.com", PATH, f"w-{number}") for number in range(40)]
    await asyncio.gather(*(store.set(key, key.encode()) for key in keys))
    store.link.seconds = 0.1
    redis.hang()
    try:
        late = await asyncio.gather(*(store.get(key) for key in keys), return_exceptions=True)
    finally:
        redis.go_on()
    store.link.seconds = 20
    await redis.ask("PING")  # it has answered all of them by now
    clock.now += 2.0

    assert all(isinstance(answer, RedisDown) for answer in late)
    assert [await store.get(key) for key in keys] == [key.encode() for key in keys]


@pytest.mark.parametrize("url", ["redis://:wr0ng-secret@127.0.0.1:{}/0", "redis://127.0.0.1:{}/0"])
async def test_a_wrong_password_is_told_without_the_password(
    redis: RedisServer, metrics: Metrics, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    await redis.ask("CONFIG", "SET", "requirepass", "s3cret")
    tiers = Tiers(metrics)
    link = Link(url.format(redis.port), tiers, seconds=20)

    try:
        with pytest.raises(RedisDown):
            await link.ask("PING")
    finally:
        await link.close()

    assert "Redis fails: AuthenticationError" in caplog.text
    assert "s3cret" not in caplog.text
    assert "wr0ng" not in caplog.text
    assert "127.0.0.1" not in str(tiers.failing)


async def test_a_busy_process_is_no_slow_server() -> None:
    """The loop stood still for longer than the limit while the answer came."""
    answer = asyncio.get_running_loop().create_future()

    async def question() -> bytes:
        ready = asyncio.Event()
        asyncio.get_running_loop().call_soon(ready.set)
        await ready.wait()
        answer.set_result(b"pong")
        return b"pong"

    assert await within(0.000_001, question()) == b"pong"


def test_a_rendition_fits() -> None:
    assert len(rendition().pack()) < MOST_BYTES
