"""What would end polling without a word: a clock that was ahead, and a role that may not read a list any more."""

import json
from pathlib import Path
from typing import Any

import pytest

from proxy.demo.faults import Status
from proxy.demo.pim import DemoPim
from proxy.freshness.common import Alone
from proxy.freshness.cursor import DOUBTED_SECONDS, Cursor
from proxy.pixels.processes import Processes
from tests.freshness.shop import Shop, open_shop

API = "/api/rest/v1"
NOW = 1_000_000.0
YEAR = 365 * 86_400
POLLED: dict[str, Any] = {"akeneo": {"event_secrets": [], "poll_seconds": 3600}}


class Recalled(Alone):
    def __init__(self, text: str | None) -> None:
        self.text = text

    async def recall(self, name: str) -> str | None:
        return self.text

    async def keep(self, name: str, text: str) -> None:
        self.text = text


@pytest.mark.parametrize("since", [NOW + YEAR, float("nan"), float("inf")])
def test_a_moment_of_the_future_is_not_believed(tmp_path: Path, caplog: pytest.LogCaptureFixture, since: float) -> None:
    file = tmp_path / "shop.json"
    file.write_text(json.dumps({"since": since, "missed": None}))
    one = Cursor("shop", file, Alone(), NOW)

    one.load(NOW)

    assert (one.since, one.missed) == (NOW - DOUBTED_SECONDS, NOW - DOUBTED_SECONDS)
    assert "the clock was ahead" in caplog.text


async def test_a_replica_whose_clock_was_ahead_does_not_end_the_looks_of_the_others() -> None:
    common = Recalled(repr(NOW + YEAR))
    one = Cursor("shop", None, common, NOW)

    await one.catch_up(NOW)
    assert one.missed == NOW - DOUBTED_SECONDS
    await one.move(NOW, one.missed)

    assert [one.since, one.missed, common.text] == [NOW, None, repr(NOW)]


async def look(shop: Shop) -> bool:
    shop.follower.cursor.since -= 7200
    return await shop.follower.polled()


async def test_a_clock_that_goes_back_is_noticed_and_the_lag_says_so(
    pim: DemoPim, processes: Processes, tmp_path: Path
) -> None:
    async with open_shop(pim, tmp_path, processes, **POLLED) as shop:
        now = shop.follower.cursor.since
        shop.follower.cursor.since += YEAR
        assert shop.site.counted("poll_lag_seconds", connection="akeneo") < -YEAR / 2
        pim.catalogue.models["cup"].touch()

        assert await shop.follower.polled()

        assert ("model", "cup") in shop.addresses.forgotten
        assert now <= shop.follower.cursor.since < now + 3600


async def test_without_the_right_to_products_the_cursor_stays(
    pim: DemoPim, processes: Processes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pim.faults.add(Status(403, path=f"{API}/products-uuid"))
    async with open_shop(pim, tmp_path, processes, **POLLED) as shop:
        before = shop.follower.cursor.since
        assert await look(shop)
        assert await look(shop)

        assert shop.follower.cursor.since == before - 2 * 7200
        assert shop.site.counted("polls_total", connection="akeneo", outcome="forbidden") == 2
        assert caplog.text.count("may not read the list of products") == 1

        pim.faults.clear()
        assert await look(shop)
        assert shop.follower.cursor.since >= before


async def test_a_list_that_was_never_read_is_passed_over_and_one_that_was_is_missed(
    pim: DemoPim, processes: Processes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pim.faults.add(Status(403, path=f"{API}/reference-entities"))
    async with open_shop(pim, tmp_path, processes, **POLLED) as shop:
        before = shop.follower.cursor.since
        assert await look(shop)
        assert shop.follower.cursor.since >= before
        assert "may not read the list of reference-entities" in caplog.text

    pim.faults.add(Status(403, path=f"{API}/asset-families"))
    async with open_shop(pim, tmp_path, processes, **POLLED) as shop:  # a restart has not forgotten it
        before = shop.follower.cursor.since
        assert await look(shop)
        assert shop.follower.cursor.since < before


async def test_a_route_that_was_there_does_not_go(pim: DemoPim, processes: Processes, tmp_path: Path) -> None:
    async with open_shop(pim, tmp_path, processes, **POLLED) as shop:
        assert await look(shop)
        pim.faults.add(Status(404, path=f"{API}/asset-families"))
        before = shop.follower.cursor.since

        assert not await look(shop)

        assert shop.follower.cursor.since < before
