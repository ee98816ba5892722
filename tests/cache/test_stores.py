"""One suite for everything that may stand behind memory: whatever is plugged in there behaves like this."""

import asyncio
from pathlib import Path

import pytest
from aiocache import SimpleMemoryCache

from proxy.cache.disk import Disk
from proxy.cache.renditions.memory import MemoryStore
from proxy.cache.renditions.stores import DiskStore, PurgeableStore, Store
from proxy.media import MediaPath, entry_key, place_of
from proxy.metrics import Metrics
from tests.cache.bench import ROOMY, key

VALUES = [b"", b"\x00", b"null", "ünïcode".encode(), b'{"a": 1}\n\xff\xfe', bytes(range(256)) * 4000]


@pytest.fixture(params=["memory", "disk", "aiocache"])
def store(request: pytest.FixtureRequest, tmp_path: Path, metrics: Metrics) -> Store:
    match request.param:
        case "memory":
            memory: Store = MemoryStore[bytes](ROOMY, len, metrics)
            return memory
        case "disk":
            return DiskStore(Disk(tmp_path, ROOMY, metrics), "renditions")
    simple: Store = SimpleMemoryCache()
    return simple


async def test_what_was_never_set_is_none(store: Store) -> None:
    assert await store.get(key(1)) is None


@pytest.mark.parametrize("value", VALUES, ids=len)
async def test_bytes_come_back_as_they_were(store: Store, value: bytes) -> None:
    await store.set(key(1), value)

    found = await store.get(key(1))

    assert found == value
    assert type(found) is bytes


async def test_a_value_is_got_as_often_as_one_likes(store: Store) -> None:
    await store.set(key(1), b"value")

    assert [await store.get(key(1)) for _ in range(3)] == [b"value"] * 3


async def test_a_second_value_replaces_the_first(store: Store) -> None:
    await store.set(key(1), b"a long first value")
    await store.set(key(1), b"second")

    assert await store.get(key(1)) == b"second"


async def test_keys_do_not_know_each_other(store: Store) -> None:
    for number in range(50):
        await store.set(key(number), b"%d" % number)

    assert [await store.get(key(number)) for number in range(50)] == [b"%d" % number for number in range(50)]


async def test_what_is_deleted_is_gone_and_nothing_else(store: Store) -> None:
    await store.set(key(1), b"one")
    await store.set(key(2), b"two")

    await store.delete(key(1))

    assert await store.get(key(1)) is None
    assert await store.get(key(2)) == b"two"


async def test_deleting_what_is_not_there_is_no_error(store: Store) -> None:
    await store.delete(key(1))
    await store.delete(key(1))

    assert await store.get(key(1)) is None


async def test_what_was_deleted_can_be_set_again(store: Store) -> None:
    await store.set(key(1), b"first")
    await store.delete(key(1))
    await store.set(key(1), b"second")

    assert await store.get(key(1)) == b"second"


async def test_many_at_once_do_not_get_in_each_others_way(store: Store) -> None:
    async def in_and_out(number: int) -> bytes | None:
        await store.set(key(number), b"%d" % number * 1000)
        return await store.get(key(number))

    found = await asyncio.gather(*(in_and_out(number) for number in range(40)))

    assert found == [b"%d" % number * 1000 for number in range(40)]


async def test_a_reader_never_sees_half_a_value(store: Store) -> None:
    values = {bytes([letter]) * 100_000 for letter in b"abcdef"}
    await store.set(key(1), min(values))

    found = await asyncio.gather(*(task for value in values for task in (store.set(key(1), value), store.get(key(1)))))

    assert {value for value in found if isinstance(value, bytes)} <= values


async def check_that_what_begins_alike_goes_together(store: PurgeableStore, path: MediaPath, key: str) -> None:
    """For every store that can be purged; `key` is that of one rendition of the file."""
    other = entry_key("pim.example.com", path, "w-400")
    stranger = entry_key("pim.example.com", MediaPath.parse("media-files/1/2/cup.jpg"), "w-300")
    for one in (key, other, stranger):
        await store.set(one, b"value")

    assert await store.delete_below(key) == 1
    assert await store.delete_below(place_of("pim.example.com", path), lambda it: it == other) == 0
    assert await store.delete_below(place_of("pim.example.com", path)) == 1
    assert await store.get(stranger) == b"value"
