"""Originals in a real S3 server: what comes back is what was kept, or Akeneo is asked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from proxy.cache.objects.archive import ObjectArchive
from proxy.cache.objects.crate import BLOCK_BYTES
from proxy.cache.objects.link import Link
from proxy.cache.objects.names import name_of
from proxy.cache.originals.spool import Spool
from proxy.cache.purges.past import Past
from proxy.cache.purges.scope import Below, Files
from proxy.demo.faults import Status
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from proxy.metrics import Metrics
from tests.cache.bench import FILM, Cellar, cellar_in, counted, path_of
from tests.objects.s3_server import S3, Fault, Proceed, cut, hang, refuse
from tests.shared.redis_server import until

COFFEE = sample("coffee")
Broken = Callable[[bytes], bytes]


@asynccontextmanager
async def replica(directory: Path, link: Link, metrics: Metrics) -> AsyncIterator[Cellar]:
    """With a disk of its own, and the archive that all share."""
    async with cellar_in(directory / "disk") as cellar:
        cellar.originals.elsewhere.archive = ObjectArchive(link, cellar.originals.ledger, Past(), link.tiers, metrics)
        yield cellar
        await archive_of(cellar).close()


def archive_of(cellar: Cellar) -> ObjectArchive:
    assert isinstance(cellar.originals.elsewhere.archive, ObjectArchive)
    return cellar.originals.elsewhere.archive


async def kept(cellar: Cellar) -> None:
    await until(lambda: not archive_of(cellar).uploads)


def object_of(cellar: Cellar, file: DemoFile = COFFEE) -> str:
    return f"shop/{name_of('originals', cellar.originals.key_of(path_of(file)))}"


@pytest.fixture
async def one(tmp_path: Path, link: Link, metrics: Metrics) -> AsyncIterator[Cellar]:
    async with replica(tmp_path / "one", link, metrics) as cellar:
        yield cellar


@pytest.fixture
async def fresh(one: Cellar, tmp_path: Path, metrics: Metrics) -> Cellar:
    """A second replica in front of the same Akeneo, with an empty disk."""
    cellar = Cellar(one.pim, one.origin, one.clock, [tmp_path / "fresh"])
    ledger = cellar.originals.ledger
    cellar.originals.elsewhere.archive = ObjectArchive(
        archive_of(one).link, ledger, Past(), archive_of(one).tiers, metrics
    )
    return cellar


async def test_what_one_has_fetched_another_reads_while_akeneo_is_down(
    one: Cellar, fresh: Cellar, s3: S3, metrics: Metrics
) -> None:
    first = await one.get(COFFEE)
    await kept(one)
    assert await s3.names() == [object_of(one)]
    one.pim.faults.add(Status(503))

    second = await fresh.get(COFFEE)

    assert second.file != first.file
    assert second.file.read_bytes() == COFFEE.content
    assert second.pack() == first.pack()
    assert await fresh.find(COFFEE) == second
    assert one.pim.downloads() == 1
    assert counted(metrics, "cache_lookups_total", tier="objects originals", outcome="hit") == 1
    assert not archive_of(fresh).uploads
    assert not fresh.leftovers


async def test_a_file_that_is_no_picture_is_followed_as_it_comes(one: Cellar, fresh: Cellar) -> None:
    await one.get(FILM)
    await kept(one)

    followed = await fresh.follow(FILM)
    whole = (
        b"".join([it async for it in followed.follow()]) if isinstance(followed, Spool) else followed.file.read_bytes()
    )

    assert whole == FILM.content
    assert one.pim.downloads() == 1


async def test_a_large_file_goes_and_comes_in_parts(
    one: Cellar, fresh: Cellar, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = bytes(range(256)) * 4096 * 12
    large = DemoFile.named(Family.ASSET, "large.mp4", "video/mp4", FILM.content[:24] + body)
    one.pim.add(large)
    monkeypatch.setattr("proxy.cache.objects.archive.WRITE_SECONDS", 60)

    await one.get(large)
    await kept(one)

    assert len([call for call in s3.calls if call.startswith("PUT")]) > 1
    assert (await fresh.get(large)).file.read_bytes() == large.content
    assert one.pim.downloads() == 1
    assert len(large.content) > 8 * BLOCK_BYTES


@pytest.mark.parametrize(
    "broken",
    [
        lambda it: it[:-1],
        lambda it: it + b"\0",
        lambda it: it[:-1] + bytes([it[-1] ^ 1]),
        lambda it: it[:60] + bytes([it[60] ^ 1]) + it[61:],
        lambda it: it[:4] + b"\xff\xff\xff\xff" + it[8:],
        lambda it: b"",
        lambda it: b"<html>somebody else's</html>",
    ],
)
async def test_a_damaged_or_foreign_object_is_replaced_by_what_akeneo_has(
    one: Cellar, fresh: Cellar, s3: S3, broken: Broken
) -> None:
    await one.get(COFFEE)
    await kept(one)
    good = await s3.get(object_of(one))
    await s3.put(object_of(one), broken(good))

    assert (await fresh.get(COFFEE)).file.read_bytes() == COFFEE.content
    await kept(fresh)

    assert one.pim.downloads() == 2
    assert await s3.get(object_of(one)) == good


async def test_the_object_of_another_file_is_not_taken_for_this_one(one: Cellar, fresh: Cellar, s3: S3) -> None:
    rocket = sample("rocket")
    await one.get(rocket)
    await kept(one)
    await s3.put(object_of(one), await s3.get(object_of(one, rocket)))

    assert (await fresh.get(COFFEE)).file.read_bytes() == COFFEE.content


@pytest.mark.parametrize(
    "fault",
    [refuse(500, "InternalError"), refuse(403, "AccessDenied"), cut, hang],
    ids=["500", "denied", "cut", "hang"],
)
async def test_a_fault_of_the_store_costs_no_original(
    one: Cellar, fresh: Cellar, s3: S3, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    monkeypatch.setattr("proxy.cache.objects.archive.READ_SECONDS", 0.3)
    monkeypatch.setattr("proxy.cache.objects.archive.WRITE_SECONDS", 0.3)
    await one.get(COFFEE)
    await kept(one)
    s3.fault = fault

    assert (await fresh.get(COFFEE)).file.read_bytes() == COFFEE.content
    await kept(fresh)

    assert archive_of(fresh).tiers.failing
    assert one.pim.downloads() == 2


async def test_where_too_many_wait_to_be_kept_a_further_one_is_not(
    one: Cellar, s3: S3, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.cache.objects.archive.PENDING_UPLOADS", 1)
    s3.fault = hang
    await one.get(COFFEE)
    await one.get(sample("rocket"))

    assert counted(metrics, "cache_errors_total", tier="objects", operation="upload_skipped") == 1
    monkeypatch.setattr("proxy.cache.objects.archive.FAR_SECONDS", 0.01)
    await archive_of(one).close()
    assert not archive_of(one).uploads


@pytest.mark.parametrize("wildcard", [False, True])
async def test_what_was_purged_while_it_waited_is_not_kept(one: Cellar, s3: S3, wildcard: bool) -> None:
    archive = archive_of(one)
    for _ in range(2):
        await archive.uploading.acquire()
    await one.get(COFFEE)
    key = one.originals.key_of(path_of(COFFEE))

    one.originals.purge(Below("", frozenset(), frozenset({one.origin.name})) if wildcard else Files((), (key,)))
    archive.uploading.release()
    await kept(one)

    assert not await s3.names()


async def test_while_a_purge_goes_on_nothing_old_is_read(one: Cellar, fresh: Cellar) -> None:
    await one.get(COFFEE)
    await kept(one)
    purge = fresh.originals.ledger.begin(Files((), (fresh.originals.key_of(path_of(COFFEE)),)))

    await fresh.get(COFFEE)
    await kept(fresh)

    assert one.pim.downloads() == 2
    assert ("objects", fresh.originals.key_of(path_of(COFFEE))) in purge.fresh


async def test_a_sweep_deletes_by_path(one: Cellar, s3: S3) -> None:
    for name in ("coffee", "rocket"):
        await one.get(sample(name))
    await kept(one)
    await s3.put(object_of(one, FILM), b"garbage")

    def chosen(key: str, record: bytes) -> bool | None:
        return COFFEE.code.encode() in record if record else None

    assert await archive_of(one).entries.sweep(chosen) == 1

    assert set(await s3.names()) == {object_of(one, sample("rocket")), object_of(one, FILM)}


async def test_what_does_not_decode_is_forgotten_there_too(one: Cellar, s3: S3) -> None:
    original = await one.get(COFFEE)
    await kept(one)

    await one.originals.forget(original)

    assert not await s3.names()


async def test_a_slow_store_leaves_half_of_the_time_to_akeneo(
    one: Cellar, fresh: Cellar, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.cache.objects.crate.BLOCK_BYTES", 1000)
    await one.get(COFFEE)
    await kept(one)

    async def slow(request: web.BaseRequest, proceed: Proceed) -> web.StreamResponse:
        one.clock.now += 20
        return await proceed()

    s3.fault = slow

    assert (await fresh.get(COFFEE)).file.read_bytes() == COFFEE.content
    assert one.pim.downloads() == 2


LARGE = DemoFile.named(Family.ASSET, "large.mp4", "video/mp4", FILM.content[:24] + bytes(9 * BLOCK_BYTES))


async def test_an_upload_that_is_purged_half_way_is_no_fault_of_the_store(
    one: Cellar, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.cache.objects.archive.WRITE_SECONDS", 60)
    monkeypatch.setattr("proxy.cache.objects.archive.PART_BYTES", 5 * BLOCK_BYTES)
    one.pim.add(LARGE)

    async def purge(request: web.BaseRequest, proceed: Proceed) -> web.StreamResponse:
        one.originals.purge(Files((), (one.originals.key_of(path_of(LARGE)),)))
        return await proceed()

    s3.fault, s3.methods = purge, {"POST"}  # it begins with one
    await one.get(LARGE)
    await kept(one)

    assert not await s3.names()
    assert not archive_of(one).tiers.failing
    assert not archive_of(one).link.upload.away


async def test_a_file_that_cannot_be_read_is_no_fault_of_the_store(
    one: Cellar, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.cache.objects.archive.WRITE_SECONDS", 60)
    one.pim.add(LARGE)
    for _ in range(2):
        await archive_of(one).uploading.acquire()
    original = await one.get(LARGE)
    original.file.unlink()
    original.file.mkdir()

    archive_of(one).uploading.release()
    await kept(one)

    assert not await s3.names()
    assert not archive_of(one).tiers.failing
    assert not archive_of(one).link.upload.away


async def test_a_purge_of_others_does_not_wait_for_an_upload(one: Cellar, s3: S3) -> None:
    s3.fault = hang
    await one.get(FILM)
    await until(lambda: one.originals.ledger.operations)

    async with asyncio.timeout(30):
        await one.originals.ledger.quiet(Files((), (one.originals.key_of(path_of(COFFEE)),)))
        await one.originals.ledger.quiet(Below("", frozenset(), frozenset({"another"})))

    assert archive_of(one).uploads
    s3.fault = None
    await s3.stop()
    await kept(one)


async def test_what_was_kept_late_is_fetched_anew(one: Cellar, fresh: Cellar, s3: S3) -> None:
    await one.get(COFFEE)
    await kept(one)
    await archive_of(fresh).past.remember_now(Files((), (one.originals.key_of(path_of(COFFEE)),)))

    assert (await fresh.get(COFFEE)).file.read_bytes() == COFFEE.content
    await kept(fresh)

    assert one.pim.downloads() == 2
    assert len(await s3.names()) == 1


async def test_while_not_all_purges_are_known_akeneo_is_asked(one: Cellar, fresh: Cellar, s3: S3) -> None:
    await one.get(COFFEE)
    await kept(one)
    archive_of(fresh).past.heard = lambda: None
    s3.calls.clear()

    await fresh.get(COFFEE)

    assert not archive_of(fresh).uploads
    assert not s3.calls
    assert one.pim.downloads() == 2
