"""Renditions in a real S3 server: whole or not at all, and in nobody's way when it is."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from proxy.cache.objects.link import PAUSE_SECONDS, Link, ObjectsDown
from proxy.cache.objects.names import name_of
from proxy.cache.objects.room import ObjectRoom
from proxy.cache.objects.store import MOST_BYTES, ROOM, ObjectStore
from proxy.cache.purges.past import Past
from proxy.cache.purges.scope import Below, Files, Scope
from proxy.media import MediaPath, entry_key, place_of
from proxy.metrics import Metrics
from tests.cache.bench import Clock, counted, rendition
from tests.cache.test_stores import check_that_what_begins_alike_goes_together
from tests.objects.s3_server import KEY_ID, S3, SECRET_KEY, Fault, cut, hang, refuse

PATH = MediaPath.parse("media-files/1/2/mug.jpg")
KEY = entry_key("pim.example.com", PATH, "w-300")
OBJECT = f"shop/{name_of(ROOM, KEY)}"
Broken = Callable[[bytes], bytes]


@pytest.fixture
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxy.cache.objects.store.READ_SECONDS", 0.3)


@pytest.fixture
def told(
    store: ObjectStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> tuple[ObjectStore, Clock, pytest.LogCaptureFixture]:
    return store, clock, caplog


async def test_what_is_too_large_stays_outside(store: ObjectStore, s3: S3) -> None:
    await store.set(KEY, bytes(MOST_BYTES + 1))

    assert not await s3.names()


async def test_it_lies_below_the_prefix_and_the_file(store: ObjectStore, s3: S3) -> None:
    await store.set(KEY, b"value")

    assert await s3.names("renditions") == [OBJECT]
    assert OBJECT.startswith(f"shop/v1/renditions/{place_of('pim.example.com', PATH)}/")


@pytest.mark.parametrize(
    "broken",
    [
        lambda it: it[:-1],
        lambda it: it + b"\0",
        lambda it: it[:-1] + bytes([it[-1] ^ 1]),
        lambda it: b"\0\0\0\1" + it[4:],
        lambda it: b"",
        lambda it: b"\x80\x04\x95cos\nsystem\n.",
        lambda it: bytes(1100),
    ],
)
async def test_a_damaged_or_foreign_object_is_deleted_and_a_miss(
    store: ObjectStore, s3: S3, metrics: Metrics, monkeypatch: pytest.MonkeyPatch, broken: Broken
) -> None:
    monkeypatch.setattr("proxy.cache.objects.store.MOST_BYTES", 1000)
    await store.set(KEY, b"value")
    await s3.put(OBJECT, broken(await s3.get(OBJECT)))

    assert await store.get(KEY) is None

    assert not await s3.names()
    assert counted(metrics, "cache_errors_total", tier="objects", operation="unpack") == 1


async def test_all_of_a_file_or_one_rendition_is_deleted(store: ObjectStore) -> None:
    await check_that_what_begins_alike_goes_together(store, PATH, KEY)
    with pytest.raises(ValueError, match="more than one file"):
        await store.delete_below("")


async def test_a_sweep_finds_what_was_made_from_some_files(
    store: ObjectStore, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.cache.objects.room.PAGE", 7)
    paths = [MediaPath.parse(f"media-files/{number % 2}/mug{number}.jpg") for number in range(30)]
    for path in paths:
        await store.set(entry_key("pim.example.com", path, "w-300"), str(path).encode())
    await s3.put("shop/v1/renditions/garbage", b"no picture")
    await s3.put(OBJECT, b"")

    assert await store.sweep(lambda _, head: head.startswith(b"media-files/1/") if head else None) == 15

    assert len(await s3.names()) == 17


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (refuse(500, "InternalError"), "refuses (InternalError)"),
        (refuse(503, "SlowDown"), "refuses (SlowDown)"),
        (refuse(403, "AccessDenied"), "refuses (AccessDenied)"),
        (refuse(401, "InvalidAccessKeyId"), "refuses (InvalidAccessKeyId)"),
        (refuse(404, "NoSuchBucket"), "refuses (NoSuchBucket)"),
        (cut, "refuses (GenericError)"),
        (hang, "does not answer in time"),
    ],
    ids=["500", "slow down", "denied", "keys", "no bucket", "cut", "hang"],
)
@pytest.mark.usefixtures("little_time")
async def test_a_fault_costs_one_call_and_is_told_without_a_secret(
    told: tuple[ObjectStore, Clock, pytest.LogCaptureFixture], s3: S3, fault: Fault, words: str
) -> None:
    store, clock, caplog = told
    link = store.link
    await store.set(KEY, b"value" * 1000)
    s3.fault = fault
    with pytest.raises(ObjectsDown) as error:
        await store.get(KEY)
    calls = len(s3.calls)

    for _ in range(20):
        with pytest.raises(ObjectsDown):
            await store.get(KEY)
    assert len(s3.calls) == calls

    assert words in str(error.value)
    assert words in str(link.tiers.failing["objects"])
    words_of_all = f"{caplog.text} {error.value!r} {link.tiers.failing} {link.store!r}"
    assert not [secret for secret in (SECRET_KEY, KEY_ID, s3.endpoint) if secret in words_of_all]

    s3.fault = None
    clock.now += PAUSE_SECONDS
    assert await store.get(KEY) == b"value" * 1000
    assert not link.tiers.failing


async def test_who_may_only_read_reads(store: ObjectStore, s3: S3) -> None:
    await store.set(KEY, b"value")
    s3.fault, s3.methods = refuse(403, "AccessDenied"), {"PUT"}

    for _ in range(3):
        with pytest.raises(ObjectsDown):
            await store.set(KEY, b"another")
        assert await store.get(KEY) == b"value"


async def test_while_it_is_away_one_finds_out_whether_it_is_back(
    store: ObjectStore, link: Link, s3: S3, clock: Clock
) -> None:
    await store.set(KEY, b"value")
    await s3.stop()
    answers = await asyncio.gather(*(store.get(KEY) for _ in range(100)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {ObjectsDown}
    with pytest.raises(ObjectsDown):
        await store.get(KEY)
    clock.now += PAUSE_SECONDS
    with pytest.raises(ObjectsDown):
        await store.get(KEY)
    assert link.tiers.failing

    await s3.listen()
    clock.now += PAUSE_SECONDS

    assert await store.get(KEY) == b"value"
    assert not link.tiers.failing


async def test_too_many_at_once_are_refused_and_the_store_is_not_blamed(
    store: ObjectStore, link: Link, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.set(KEY, b"value")
    for _ in range(32):
        await link.read.places.acquire()
    monkeypatch.setattr("proxy.cache.objects.store.READ_SECONDS", 0.02)

    with pytest.raises(ObjectsDown, match="too many"):
        await store.get(KEY)

    assert not link.tiers.failing
    assert s3.calls[-1].startswith("PUT")


async def test_a_sweep_of_what_is_away_says_so(store: ObjectStore, link: Link, s3: S3) -> None:
    await s3.stop()

    for room in (store, ObjectRoom(link, "originals", bytes)):
        with pytest.raises(ObjectsDown):
            await room.sweep(lambda key, head: True)


@pytest.mark.parametrize(
    "scope",
    [Files((KEY,), ()), Below("media-files/1", frozenset({"pim.example.com"}), frozenset())],
    ids=["file", "wildcard"],
)
async def test_what_is_written_after_a_purge_by_who_has_not_heard_of_it_is_not_taken(
    store: ObjectStore, s3: S3, past: Past, metrics: Metrics, scope: Scope
) -> None:
    picture = replace(rendition(b"old"), source=str(PATH)).pack()
    other = ObjectStore(store.link, Past(lambda: (1, 0)), metrics)
    await past.remember_now(scope)
    await other.set(KEY, picture)
    assert await other.get(KEY) == picture

    assert await store.get(KEY) is None

    assert not await s3.names()
    await store.set(KEY, picture)
    assert await store.get(KEY) == picture


async def test_while_not_all_purges_are_known_nothing_is_read_or_written(
    store: ObjectStore, link: Link, s3: S3, metrics: Metrics
) -> None:
    await store.set(KEY, b"value")
    s3.calls.clear()
    behind = ObjectStore(link, Past(lambda: None), metrics)

    await behind.set(KEY, b"another")

    assert await behind.get(KEY) is None
    assert not s3.calls
