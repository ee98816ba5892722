"""A cache directory that is away at the start, and comes back under us: what was promised in it holds from then on."""

import asyncio
import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from proxy.cache.purges.journal import Journal
from proxy.cache.purges.scope import Files
from proxy.demo.pictures import sample
from proxy.media import MediaPath, place_of
from proxy.web import house
from tests.site import Site, client_of, path_of
from tests.web.conftest import Start

COFFEE, ROCKET = path_of(sample("coffee")), path_of(sample("rocket"))
SMALL = path_of(sample("coffee"), "w-60")
Away = Callable[[Path], None]


def nothing(_: Path) -> None:
    """As an unmounted volume whose mount point is missing."""


def a_file(directory: Path) -> None:
    directory.write_bytes(b"no directory")


def an_empty_one(directory: Path) -> None:
    """As the mount point of an unmounted volume."""
    directory.mkdir()


@pytest.fixture(params=[nothing, a_file, an_empty_one], ids=lambda away: away.__name__)
def away(request: pytest.FixtureRequest) -> Away:
    chosen: Away = request.param
    return chosen


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "WATCH_SECONDS", 0.02)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def take_away(directory: Path, away: Away) -> None:
    directory.rename(directory.with_name("elsewhere"))
    away(directory)


def bring_back(directory: Path) -> None:
    """Until it is there: between the two steps, the server may make another one for what it has just drawn."""
    for number in range(100):
        if directory.exists():
            directory.rename(directory.with_name(f"what was there meanwhile, {number}"))
        try:
            directory.with_name("elsewhere").rename(directory)
        except OSError as error:
            if error.errno != errno.ENOTEMPTY:
                raise
        else:
            return
    raise AssertionError("the server makes it anew each time")


async def block(site: Site, path: str) -> int:
    async with client_of(site.admin_url) as operator:
        return (await operator.post("/v1/blocklist", json={"path": path[1:]})).status_code


async def gone(site: Site, path: str) -> None:
    while (await site.get(path)).status_code != 410:  # noqa: ASYNC110 (for an answer, not for time)
        await asyncio.sleep(0.01)


async def listed(directory: Path, path: str) -> None:
    while path[1:] not in (directory / "blocklist.json").read_text():  # noqa: ASYNC110 (for the file)
        await asyncio.sleep(0.01)


async def test_a_takedown_holds_as_soon_as_it_can_be_read(start: Start, directory: Path, away: Away) -> None:
    first = await start(directory)
    assert await block(first, COFFEE) == 201
    await first.server.close()
    take_away(directory, away)
    site = await start(directory)
    assert (await site.get(SMALL)).status_code == 200

    bring_back(directory)

    await gone(site, SMALL)
    assert await block(site, ROCKET) == 201
    await site.server.close()
    again = await start(directory)
    assert [(await again.get(path)).status_code for path in (SMALL, ROCKET)] == [410, 410]


async def test_what_is_taken_down_meanwhile_joins_the_others(start: Start, directory: Path, away: Away) -> None:
    first = await start(directory)
    await block(first, COFFEE)
    await first.server.close()
    take_away(directory, away)
    site = await start(directory)

    answer = await block(site, ROCKET)
    bring_back(directory)
    await gone(site, SMALL)
    await listed(directory, ROCKET)
    await site.server.close()

    assert answer == (500 if away is a_file else 201)  # 500: it holds until the next restart only
    again = await start(directory)
    assert [(await again.get(path)).status_code for path in (SMALL, ROCKET)] == [410, 410]


async def test_a_list_that_could_not_be_read_is_not_overwritten(start: Start, directory: Path) -> None:
    first = await start(directory)
    await block(first, COFFEE)
    await first.server.close()
    file = directory / "blocklist.json"
    file.rename(directory / "aside")
    file.symlink_to(file)  # it can be replaced, but not be read
    site = await start(directory)

    assert await block(site, ROCKET) == 500
    file.unlink()
    (directory / "aside").rename(file)

    await gone(site, SMALL)
    assert await block(site, ROCKET) == 201
    await site.server.close()
    again = await start(directory)
    assert [(await again.get(path)).status_code for path in (SMALL, ROCKET)] == [410, 410]


async def promised(start: Start, directory: Path) -> None:
    """A filled cache, and the note that a server leaves which is killed after it has promised a purge."""
    site = await start(directory)
    await site.get(SMALL)
    path = MediaPath.parse(COFFEE[1:])
    places = [(place_of(name, path),) for name in (site.delivery.originals.name, site.originals.origin.name)]
    await site.server.close()
    Journal(directory / "purges").write("ab" * 16, Files(*places))


async def test_a_purge_that_was_promised_is_resumed_when_its_disk_is_back(
    start: Start, directory: Path, away: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "WATCH_SECONDS", 3600)  # the first look into the cache has to notice
    await promised(start, directory)
    take_away(directory, away)
    site = await start(directory)

    bring_back(directory)
    answer = await site.get(SMALL)

    assert answer.headers["X-Cache"] == "MISS"
    assert site.pim.downloads() == 2
    await site.server.house.purger.walks.ended()
    assert not Journal(directory / "purges").read()


@pytest.mark.parametrize("body", [{"path": COFFEE[1:]}, {"endpoint": "/"}], ids=["a file", "an endpoint"])
async def test_what_is_purged_while_the_disk_is_away_does_not_come_back_with_it(
    start: Start, directory: Path, body: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it is back before anybody has looked."""
    monkeypatch.setattr(house, "WATCH_SECONDS", 3600)
    site = await start(directory)
    await site.get(SMALL)
    await asyncio.gather(*site.delivery.renditions.writes)
    take_away(directory, nothing)
    async with client_of(site.admin_url) as operator:
        assert (await operator.post("/v1/files/purge", json=body)).status_code == 201
    await site.server.house.purger.walks.ended()

    bring_back(directory)
    answer = await site.get(SMALL)

    assert answer.headers["X-Cache"] == "MISS"
    assert site.pim.downloads() == 2
    await site.server.house.purger.walks.ended()
    assert not Journal(directory / "purges").read()


async def test_while_promised_purges_cannot_be_read_nothing_of_the_disk_is_used(start: Start, directory: Path) -> None:
    await promised(start, directory)
    notes = directory / "purges"
    notes.rename(directory / "aside")
    notes.symlink_to(notes)
    site = await start(directory)

    hidden = await site.get(SMALL)
    failing = dict(site.server.house.tiers.failing)
    await asyncio.gather(*site.delivery.renditions.writes)
    notes.unlink()
    (directory / "aside").rename(notes)
    while site.server.house.mount.strange:  # noqa: ASYNC110 (for the look, not for time)
        await asyncio.sleep(0.01)

    assert (hidden.status_code, hidden.headers["X-Cache"]) == (200, "MISS")
    assert "disk" in failing
    await site.server.house.purger.walks.ended()
    assert not Journal(notes).read()
    assert not [*directory.glob("renditions/*/*")]  # noqa: ASYNC240
