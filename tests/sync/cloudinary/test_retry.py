"""Flow C4: the scheduled retry (dam-sync 2.6)."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from unittest.mock import patch

import pytest

from proxy.demo.faults import HoldCall, Status
from proxy.sync.cloudinary import client
from proxy.sync.cloudinary.assets import CloudAsset
from proxy.sync.outcomes import ConfigurationError, Outcome, Reason, Tally
from tests.sync.cloudinary.world import READY, SEARCH, World, world


async def retry(one: World) -> Tally:
    tally = Tally()
    async with one.cloudinary() as cloudinary:
        await cloudinary.retry.run(tally, cloudinary.changes)
    return tally


def shoes(one: World, count: int) -> None:
    for number in range(count):
        one.cloud.add_asset(f"shoe{number}", metadata={**READY, "sku": f"SKU{number}"})


def searches(one: World) -> int:
    return one.cloud_calls.count(SEARCH)


async def test_c4_links_all_that_wait_and_unlinks_what_asks_for_it() -> None:
    async with world() as one:
        shoes(one, 3)
        gone = one.shoe(status="requires_unlink")

        tally = await retry(one)

        assert tally.summary == "seen 4 linked 3 updated 0 unchanged 0 unlinked 1 skipped 0 failed 0"
        assert len(one.links) == 3
        assert one.status(gone) is None
        assert searches(one) == 2


async def test_c4_without_unlink_searches_once() -> None:
    async with world(retry={"include_unlink": False}) as one:
        one.shoe(status="requires_unlink")

        assert (await retry(one)).seen == 0

        assert searches(one) == 1


async def test_c4_a_found_asset_that_is_linked_already_is_stale_without_a_call_to_the_pim() -> None:
    async with world(cloud={"index_lag": 1000}) as one:
        shoe = one.shoe()
        one.cloud.user_sets(shoe, status="linked")

        tally = await retry(one)

        assert tally.outcomes == {Outcome.STALE: 1}
        assert one.pim_calls == []


async def test_c4_an_asset_that_is_stale_to_the_first_search_is_dealt_with_by_the_second() -> None:
    async with world() as one, one.cloudinary() as cloudinary:
        shoe = one.shoe()
        await cloudinary.retry.run(Tally(), cloudinary.changes)
        one.cloud.user_sets(shoe, status="requires_link")
        search = cloudinary.client.search
        searched: list[str] = []

        async def of_a_late_index(expression: str, most: int) -> AsyncIterator[CloudAsset]:
            async for asset in search(expression, most):
                yield asset
            if not searched:
                one.cloud.user_sets(shoe, status="requires_unlink")
            searched.append(expression)

        with patch.object(cloudinary.client, "search", of_a_late_index):
            tally = Tally()
            await cloudinary.retry.run(tally, cloudinary.changes)

        assert tally.outcomes == {Outcome.STALE: 1, Outcome.UNLINKED: 1}
        assert (one.links, one.status(shoe)) == ({}, None)


async def test_c4_the_oldest_come_first_and_new_ones_shift_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PAGE", 2)
    async with world(retry={"max_results": 2}) as one, one.cloudinary() as cloudinary:
        for day in (3, 1, 2):
            added = one.cloud.add_asset(f"day{day}", metadata={**READY, "sku": f"SKU{day}"})
            added.created_at = datetime(2026, 3, day, tzinfo=UTC)
            one.cloud.index.note(added)

        found = [asset.public_id async for asset in cloudinary.client.search(cloudinary.retry.expression, 3)]

        assert found == ["day1", "day2", "day3"]
        assert json.loads(one.cloud.calls[0].body)["sort_by"] == [{"created_at": "asc"}]


async def test_c4_runs_several_at_a_time_but_no_more_than_it_may() -> None:
    async with world(retry={"max_parallel": 2}) as one:
        shoes(one, 6)
        release = asyncio.Event()
        with one.pim.misbehaving(HoldCall(release, method="PATCH", path="/")):
            running = asyncio.create_task(retry(one))
            await one.pim.until(lambda: [call.method for call in one.pim.calls if call.in_flight] == ["PATCH"] * 2)
            release.set()
            await running

        assert len(one.links) == 6
        assert one.pim.peak_in_flight == 2


async def test_c4_one_after_the_other_when_it_is_not_to_be_parallel() -> None:
    async with world(retry={"parallel": False}) as one:
        shoes(one, 3)

        await retry(one)

        assert (one.cloud.peak_in_flight, len(one.links)) == (1, 3)


async def test_c4_takes_no_more_than_max_results_page_by_page() -> None:
    async with world(retry={"max_results": 2}) as one:
        shoes(one, 5)

        assert (await retry(one)).seen == 2

        assert len(one.links) == 2


async def test_c4_follows_the_cursor_to_the_last_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PAGE", 2)
    async with world(retry={"include_unlink": False}) as one:
        shoes(one, 5)

        assert (await retry(one)).seen == 5

        assert searches(one) == 3


async def test_c4_is_in_the_report_first_and_failures_with_it() -> None:
    async with world() as one:
        one.shoe(sku="RUN-01")

        tally = await retry(one)

        assert tally.outcomes == {Outcome.FAILED: 1}
        async with one.service() as service:
            (attempt,) = await service.state.attempts_since(0, "cloudinary retry")
        assert attempt.result is not None
        assert attempt.result.reason is Reason.SKU_CHARACTERS
        assert (attempt.subject.name, attempt.subject.product) == ("shoes/runner", "RUN-01")


async def test_c4_one_failure_does_not_touch_the_others() -> None:
    async with world() as one:
        shoes(one, 3)
        one.shoe(family="nowhere")
        one.cloud.add_asset("bare", metadata={"status": "requires_link"})

        tally = await retry(one)

        assert (tally.outcomes[Outcome.LINKED], tally.outcomes[Outcome.FAILED]) == (3, 2)
        assert tally.exit_code == 0


async def test_c4_a_configuration_error_stops_the_run() -> None:
    async with world(retry={"parallel": False}) as one:
        shoes(one, 3)
        with one.pim.misbehaving(Status(403, path="/api/rest/v1/asset-families")), pytest.raises(ConfigurationError):
            await retry(one)

        assert len(one.pim_calls) == 1
        assert all(asset.metadata["akeneo_status"] == "requires_link" for asset in one.cloud.assets.values())


@pytest.mark.parametrize("status", [420, 429])
async def test_c4_over_the_limit_of_the_hour_nothing_is_called_until_its_end(status: int) -> None:
    async with world(cloud={"calls_allowed": 1, "limit_status": status}, retry={"parallel": False}) as one:
        shoes(one, 3)

        tally = await retry_until_limited(one)

        assert tally.exit_code == 2
        assert one.links == {}
        assert len(one.cloud_calls) == 2  # the search, and the first that was refused


async def retry_until_limited(one: World) -> Tally:
    """Whatever is left of the hour is too long to be waited for here."""
    one.cloud.clock = lambda: time.time() + 7200
    tally = Tally()
    async with one.cloudinary() as cloudinary:
        try:
            await cloudinary.retry.run(tally, cloudinary.changes)
        except Exception as error:
            assert "limit of requests" in str(error)  # noqa: PT017 - the second search is refused, too
    return tally


async def test_c4_the_operators_expression_is_searched_for() -> None:
    async with world(retry={"expression": 'metadata.akeneo_sku="SKU1"'}) as one:
        shoes(one, 3)

        assert (await retry(one)).seen == 1


async def test_c4_the_default_expression_has_the_names_that_the_fields_have_here() -> None:
    settings = {"fields": {"status": "my_status"}, "status_values": {"requires_link": "please"}}
    async with world(**settings) as one, one.cloudinary() as cloudinary:
        assert cloudinary.retry.expression == 'metadata.my_status="please"'
