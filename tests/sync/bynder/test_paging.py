"""The list of changed media skips none, whatever changes meanwhile."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from proxy.demo.bynder.model import Spelling
from proxy.demo.bynder.routes import Kind
from proxy.demo.faults import Redirect, Status
from proxy.sync.bynder.client import Bynder
from proxy.sync.bynder.documents import Medium, is_yes, read_medium, several
from proxy.sync.bynder.paging import LIMIT, Listed, walk
from proxy.sync.bynder.run import portal
from proxy.sync.outcomes import DataError, TransientError
from proxy.sync.pace import Pace
from proxy.sync.service import Service
from tests.sync.bynder.bar import pages_for
from tests.sync.bynder.conftest import TURN
from tests.sync.bynder.shop import START, Shop, shop_in

SINCE = "2026-03-02T08:00:00Z"


def client(service: Service) -> Bynder:
    assert service.settings.bynder is not None
    return portal(service, service.settings.bynder, "bynder")


async def names(shop: Shop) -> list[str]:
    async with shop.service() as service:
        return [medium.name async for medium in client(service).changed(SINCE)]


def fill(shop: Shop, count: int, *, at_once: bool = False) -> None:
    for number in range(count):
        moment = START + timedelta(seconds=0 if at_once else number)
        shop.asset(f"m{number:04}", b"", modified=moment)


async def test_what_changes_while_we_page_is_there_once_and_nothing_is_skipped(shop: Shop) -> None:
    fill(shop, 2 * LIMIT + 10)
    first = list(shop.bynder.media.values())[:30]
    shop.at += timedelta(hours=1)

    def change(page: int) -> None:
        for medium in first if page == 1 else ():
            shop.bynder.touch(medium)

    shop.bynder.between_pages(change)

    seen = await names(shop)

    assert sorted(seen) == [f"m{number:04}" for number in range(2 * LIMIT + 10)]


async def test_a_page_of_one_single_moment_has_a_second_one(shop: Shop) -> None:
    fill(shop, 2 * LIMIT + 1, at_once=True)

    assert len(await names(shop)) == 2 * LIMIT + 1
    assert shop.count(Kind.LIST) == 3


async def calls_for(count: int, answer: Callable[[Mapping[str, str]], Listed]) -> int:
    """That many media are found; `answer` is the server."""
    found: set[str] = set()
    calls: list[Mapping[str, str]] = []

    async def ask(query: Mapping[str, str]) -> Listed:
        calls.append(query)
        return answer(query)

    async for medium in walk(ask, {}, SINCE):
        found.add(medium.id)
    assert len(found) == count
    return len(calls)


def media(count: int, per_second: int = 1) -> list[Medium]:
    moments = [START + timedelta(seconds=number // per_second) for number in range(count)]
    return [read_medium({"id": f"{n}", "dateModified": f"{at:%Y-%m-%dT%H:%M:%SZ}"}) for n, at in enumerate(moments)]


def page(all_of_them: list[Medium], query: Mapping[str, str]) -> Listed:
    start = (int(query["page"]) - 1) * LIMIT
    return Listed(all_of_them[start : start + LIMIT])


@pytest.mark.parametrize("per_second", [1, 30, 140, 350])
@pytest.mark.parametrize("included", [True, False])
async def test_a_filter_may_leave_out_its_own_second(per_second: int, included: bool) -> None:
    everything = media(720, per_second)

    def answer(query: Mapping[str, str]) -> Listed:
        since = query["dateModified"]
        return page([one for one in everything if one.modified > since or (included and one.modified == since)], query)

    assert await calls_for(720, answer) < 30


@pytest.mark.parametrize("per_second", [1, 9, 10, 30, 60, 90, 200])
async def test_the_number_of_pages_is_bounded_however_many_change_at_once(per_second: int) -> None:
    everything = media(3000, per_second)

    def answer(query: Mapping[str, str]) -> Listed:
        limit = int(query["limit"])
        chosen = [one for one in everything if one.modified >= query["dateModified"]]
        return Listed(chosen[(int(query["page"]) - 1) * limit :][:limit])

    assert await calls_for(3000, answer) <= pages_for(3000, per_second)


async def test_a_filter_that_is_coarser_than_the_answers_leads_to_the_end() -> None:
    everything = media(350)

    assert await calls_for(350, partial(page, everything)) < 20


@pytest.mark.parametrize("cursor", ["", "the same"])
async def test_a_list_that_does_not_get_on_is_given_up(cursor: str) -> None:
    first = media(LIMIT)

    with pytest.raises(TransientError, match="its end"):
        await calls_for(LIMIT, lambda query: Listed(first, cursor))


async def test_a_cursor_is_followed_where_there_is_one(shop: Shop) -> None:
    fill(shop, LIMIT + 5)
    shop.bynder.use_cursors()

    assert len(await names(shop)) == LIMIT + 5
    assert ["cursor=" in call.query for call in shop.bynder.calls] == [False, True]


@pytest.mark.parametrize("spelling", ["bool", "int", "text"])
async def test_booleans_come_in_three_spellings(tmp_path: Path, spelling: Spelling) -> None:
    async with shop_in(tmp_path, bynder_options={"spelling": spelling}) as shop:
        shop.asset()
        assert (await shop.run()).tally.counts()["linked"] == 1
    assert not is_yes("0")
    assert not is_yes(False)


def test_values_are_lists_or_texts_with_commas() -> None:
    assert several(" a, b ,,a") == several(["a", "b"]) == ("a", "b")
    assert several(None) == several([]) == several("") == ()


async def test_after_a_429_the_whole_process_is_silent_for_five_minutes(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pace, "turn", TURN)
    slept: list[float] = []
    async with shop.service() as service:
        bynder = client(service)
        pace = bynder.calls.pace

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            pace.until = 0
            shop.bynder.lift_limit()

        pace.sleep = sleep
        shop.bynder.requests_allowed = 1
        await bynder.metaproperties()
        await bynder.metaproperties()

    assert len(slept) == 1
    assert 299 < slept[0] <= 300


async def test_all_portals_have_one_pace(shop: Shop) -> None:
    more = {"host": "127.0.0.1:1", "permanent_token": "t", "plain_http": True}
    both = {"bynder": more, "other": more}
    async with shop.service(credentials=both) as service:
        assert service.settings.bynder is not None
        one, other = (portal(service, service.settings.bynder, code) for code in both)
        assert one is portal(service, service.settings.bynder, "bynder")
        assert one.calls.pace is other.calls.pace
        assert one.calls.pace.per_second == 15


async def test_no_token_follows_a_redirect_to_another_host(shop: Shop) -> None:
    with shop.bynder.misbehaving(Redirect(f"{shop.bynder.files.url}/x", path="/")):
        ended = await shop.run()

    assert ended.exit_code == 1
    assert not shop.bynder.files.calls


async def test_an_unknown_token_is_the_operators_matter(shop: Shop) -> None:
    shop.bynder.token = "another"
    credentials = {"host": f"127.0.0.1:{shop.bynder.port}", "permanent_token": "old-secret", "plain_http": True}

    ended = await shop.run(credentials={"bynder": credentials})

    assert ended.exit_code == 1
    assert "old-secret" not in ended.words
    assert len(shop.bynder.calls) == 1


async def test_a_portal_that_is_down_leaves_the_run_unsuccessful(shop: Shop) -> None:
    with shop.bynder.misbehaving(Status(503, path="/")):
        ended = await shop.run()

    assert ended.exit_code == 2


async def test_no_id_leads_elsewhere(shop: Shop) -> None:
    async with shop.service() as service:
        with pytest.raises(DataError):
            await client(service).medium("../../account")
        assert await client(service).medium("0" * 32) is None
        with shop.bynder.misbehaving(Status(500, path="/")), pytest.raises(TransientError):
            await client(service).medium("1" * 32)
