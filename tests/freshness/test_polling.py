"""Without events: what has changed is asked for, now and then, and nothing is missed over a restart."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus
from zoneinfo import ZoneInfo

import pytest

from proxy.demo.catalogue.model import Asset
from proxy.demo.faults import Status
from proxy.demo.pim import DemoPim
from proxy.errors import OriginError
from proxy.freshness import polling
from proxy.freshness.common import Alone
from proxy.freshness.cursor import Cursor
from proxy.freshness.polling import OVERLAP_SECONDS, Poll, TooMany
from proxy.freshness.things import Change, Kind, Thing
from proxy.pixels.processes import Processes
from tests.catalogue.shop import shop_with
from tests.freshness.shop import open_shop

API = "/api/rest/v1"
POLLED: dict[str, Any] = {"akeneo": {"event_secrets": [], "poll_seconds": 3600}}


def change_everything(pim: DemoPim) -> None:
    catalogue = pim.catalogue
    catalogue.products["poster"].touch()
    catalogue.models["cup"].touch()
    catalogue.asset_families["packshots"].assets["hubble"].touch()
    catalogue.reference_entities["brands"].records["acme"].touch()


async def test_a_look_finds_what_has_changed_and_nothing_else(
    pim: DemoPim, processes: Processes, tmp_path: Path
) -> None:
    change_everything(pim)
    async with open_shop(pim, tmp_path, processes, **POLLED) as shop:
        shop.follower.cursor.since -= 3600  # a while has passed
        shop.follower.due.set()
        await shop.counted(1, "polls_total", connection="akeneo", outcome="done")

        poster = pim.catalogue.products["poster"].uuid
        assert set(shop.addresses.forgotten) == {
            ("product", poster),
            ("model", "cup"),
            ("asset", "packshots", "hubble"),
            ("entity", "brands"),
            ("record", "brands", "acme"),
        }
        await shop.counted(1, "warmed_total", outcome="warmed")


async def test_what_was_seen_before_is_not_done_again(pim: DemoPim, processes: Processes, tmp_path: Path) -> None:
    change_everything(pim)
    async with open_shop(pim, tmp_path, processes, **POLLED) as shop:
        for looks in (1, 2):
            shop.follower.cursor.since -= 3600  # a while has passed
            shop.follower.due.set()
            await shop.counted(looks, "polls_total", connection="akeneo", outcome="done")

        assert len(shop.addresses.forgotten) == 5


async def test_a_restart_misses_nothing(pim: DemoPim, processes: Processes, tmp_path: Path) -> None:
    async with open_shop(pim, tmp_path, processes, **POLLED) as shop:
        shop.follower.due.set()
        await shop.counted(1, "polls_total", connection="akeneo", outcome="elsewhere")  # too soon after the start
        shop.follower.cursor.since -= 2 * 3600
        await asyncio.to_thread(shop.follower.cursor.save)
    pim.catalogue.models["cup"].touch(datetime.now(UTC) - timedelta(hours=1))

    async with open_shop(pim, tmp_path, processes, **POLLED) as shop:
        await shop.addresses.has("model", "cup")


async def test_events_that_nobody_has_worked_on_are_looked_for_after_a_restart(
    pim: DemoPim, processes: Processes, tmp_path: Path
) -> None:
    async with open_shop(pim, tmp_path, processes) as shop:
        shop.follower.inbox.gather_seconds = 3600
        pim.catalogue.models["cup"].touch()
        assert await shop.webhooks.model("cup") == 200

    async with open_shop(pim, tmp_path, processes) as shop:
        await shop.addresses.has("model", "cup")
        await shop.counted(1, "polls_total", connection="akeneo", outcome="done")


async def test_a_failing_akeneo_is_asked_again_and_nothing_is_missed(
    pim: DemoPim, processes: Processes, tmp_path: Path
) -> None:
    pim.catalogue.models["cup"].touch()
    async with open_shop(pim, tmp_path, processes, **POLLED) as shop:
        shop.follower.cursor.since -= 3600
        before = shop.follower.cursor.since
        async with pim.down():
            shop.follower.due.set()
            await shop.counted(1, "polls_total", connection="akeneo", outcome="failed")
            assert shop.follower.cursor.since == before
            assert shop.site.counted("poll_lag_seconds", connection="akeneo") >= 3600

        await shop.addresses.has("model", "cup")


async def test_too_much_at_once_forgets_all_addresses(
    pim: DemoPim, processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "PAGE_ITEMS", 1)
    for product in pim.catalogue.products.values():
        product.touch()
    async with shop_with(catalogue=pim.catalogue) as stock:
        with pytest.raises(TooMany):
            await Poll(stock.reader, 0, UTC, most_pages=2).each(ignore)
    monkeypatch.setattr(Poll.__init__, "__kwdefaults__", {"most_pages": 2})
    async with open_shop(pim, tmp_path, processes, **POLLED) as shop:
        shop.follower.cursor.since -= 3600
        shop.follower.due.set()

        await shop.addresses.has("all")
        await shop.counted(1, "polls_total", connection="akeneo", outcome="too_many")


async def ignore(_: Change) -> None: ...


async def test_the_question_is_asked_by_the_pims_clock_with_an_overlap() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC).timestamp()
    async with shop_with() as stock:
        await Poll(stock.reader, noon + OVERLAP_SECONDS, ZoneInfo("Europe/Paris")).each(ignore)

        queries = [unquote_plus(call.query) for call in stock.pim.calls]
    assert any("2026-07-01 14:00:00" in query for query in queries)
    assert any("2026-07-01T14:00:00+02:00" in query for query in queries)


async def test_an_edition_without_assets_and_uuids_is_polled_as_far_as_it_goes() -> None:
    async with shop_with() as stock:
        stock.pim.faults.add(
            Status(404, path=f"{API}/products-uuid"),
            Status(404, path=f"{API}/asset-families"),
            Status(403, path=f"{API}/reference-entities"),
        )
        seen: list[Thing] = []

        async def see(change: Change) -> None:
            seen.append(change.thing)

        await Poll(stock.reader, 0, UTC).each(see)

    assert {thing.kind for thing in seen} == {Kind.PRODUCT, Kind.MODEL}


async def test_a_fault_on_the_way_ends_the_look() -> None:
    async with shop_with() as stock:
        stock.pim.faults.add(Status(500, path=f"{API}/product-models"))
        with pytest.raises(OriginError):
            await Poll(stock.reader, 0, UTC).each(ignore)


async def test_many_pages_are_walked_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PAGE_ITEMS", 2)
    async with shop_with() as stock:
        stock.stock.page_size = 2
        stock.stock.asset_families["packshots"].add(*(Asset(f"shot_{number}") for number in range(5)))
        seen: list[Thing] = []

        async def see(change: Change) -> None:
            seen.append(change.thing)

        await Poll(stock.reader, 0, UTC).each(see)

    assert len([thing for thing in seen if thing.kind is Kind.ASSET]) == 8


# -- the cursor --


def cursor(directory: Path, now: float = 1000.0) -> Cursor:
    return Cursor("shop@pim", directory / "changes" / "shop.json", Alone(), now)


async def test_the_moment_is_kept_beside_the_cache(tmp_path: Path) -> None:
    first = cursor(tmp_path)
    first.miss(500)
    first.miss(700)
    await first.move(2000, missed=None)
    first.save()

    second = cursor(tmp_path, now=9000)
    second.load(9000)

    assert (second.since, second.missed) == (2000, 500)


async def test_what_was_missed_is_settled_by_a_look_that_knew_of_it(tmp_path: Path) -> None:
    one = cursor(tmp_path)
    one.miss(500)

    await one.move(2000, missed=500)

    assert one.missed is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"since": "x"}', '{"since": 1}', "\xff"])
def test_a_damaged_moment_is_told_and_counts_from_now_on(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    one = cursor(tmp_path)
    one.save()
    assert one.file is not None
    one.file.write_bytes(text.encode("latin-1"))

    one.load(1000)

    assert (one.missed, "cannot be read" in caplog.text) == (None, True)


def test_a_disk_that_fails_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "changes").write_text("in the way")

    cursor(tmp_path).save()

    assert "cannot be written" in caplog.text
