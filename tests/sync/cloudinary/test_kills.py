"""Kills at each step of each flow, one by one (dam-sync 6.4): the state in the end is as without them."""

from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest

from proxy.demo.cloudinary.model import MetadataField
from proxy.sync.cloudinary import commands
from proxy.sync.cloudinary.assets import Wishes
from proxy.sync.outcomes import Tally
from tests.sync.cloudinary.world import ASSET_ID, CODE, READY, World, world
from tests.sync.cutting import converges, is_cut, undisturbed
from tests.sync.remembering import Moment

Work = Callable[[World], Awaitable[object]]
INFORMATION = {"locale": "en_US", "fields": {"name": "akeneo_name", "brand": "akeneo_brand"}}


async def by_hand(one: World) -> None:
    async with one.cloudinary() as cloudinary:
        wishes = Wishes("PROD001", "packshots", "link_packshot")
        await cloudinary.flows.link_by_hand(ASSET_ID, wishes, cloudinary.changes)


async def unlink_by_hand(one: World) -> None:
    async with one.cloudinary() as cloudinary:
        await cloudinary.flows.unlink_by_hand(ASSET_ID, "", "", cloudinary.changes)


async def product_info(one: World) -> None:
    async with one.service() as service:
        await commands.product_info(service, Namespace(sku=None, dry_run=False), Tally())


async def retry(one: World) -> None:
    async with one.cloudinary() as cloudinary:
        await cloudinary.retry.run(Tally(), cloudinary.changes)


async def event(one: World) -> None:
    """It comes, is stored, and is worked off."""
    async with one.cloudinary() as cloudinary:
        for notification in one.cloud.webhooks.pending:
            headers = one.cloud.webhooks.headers(notification.body)
            await cloudinary.inbox.receive(headers, notification.body)
            notification.answers.append(200)
        await cloudinary.inbox.work_off(cloudinary.changes)


async def end(one: World) -> object:
    """All that anybody can see, and what we remember; when it was is of no matter."""
    async with one.service() as service:
        links = [(link.product, link.slot, link.code) for link in await service.state.links("cloudinary")]
        waiting = len(await service.state.new_events("cloudinary"))
    metadata = {asset.public_id: dict(asset.metadata) for asset in one.cloud.assets.values()}
    return one.links, metadata, links, waiting


async def steps_of(
    prepared: Work, work: Work, *, lasts: Callable[[str], bool] = lambda step: True, **settings: Any
) -> list[str]:
    """Each of them was cut before and after; a kill at none of them is seen in the end."""

    async def again(one: World) -> None:
        one.later()
        await work(one)

    async with world(**settings) as one:
        names = ("akeneo_name", "akeneo_brand", "akeneo_code")
        one.cloud.fields.update({name: MetadataField(name) for name in names})
        await prepared(one)
        moment = Moment(one, one.directory)

        @asynccontextmanager
        async def fresh() -> AsyncIterator[World]:
            await moment.put_back()
            yield one

        return await converges(fresh, work, again, end, lasts=lasts)


async def waits(one: World) -> None:
    one.shoe()


async def waits_to_go(one: World) -> None:
    shoe = one.shoe()
    await retry(one)
    one.cloud.user_sets(shoe, status="requires_unlink")


async def waits_to_go_without_a_sku(one: World) -> None:
    shoe = one.shoe()
    await retry(one)
    one.cloud.user_sets(shoe, status="requires_unlink", sku=None, family=None)


async def waits_to_go_beside_another(one: World) -> None:
    await waits_to_go(one)
    async with one.cloudinary() as cloudinary:
        for sku in ("PROD002", "PROD001"):  # the metadata keeps the last
            wishes = Wishes(sku, "packshots", "link_packshot")
            await cloudinary.flows.link_by_hand(ASSET_ID, wishes, cloudinary.changes)


async def has_another_sku(one: World) -> None:
    shoe = one.shoe()
    await retry(one)
    one.cloud.user_sets(shoe, status="requires_link", sku="PROD002")


async def is_told(one: World) -> None:
    shoe = one.shoe(status=None)
    one.cloud.user_sets(shoe, status="requires_link")


async def is_told_to_go(one: World) -> None:
    await waits_to_go(one)
    for notification in one.cloud.webhooks.notifications[:-1]:
        notification.answers.append(200)


async def test_c1_killed_at_each_step_converges_by_the_command() -> None:
    steps = await steps_of(waits, by_hand)

    assert [step for step in steps if step in ("metadata", "patch-asset")] == ["metadata", "patch-asset"]


async def test_c2_killed_at_each_step_converges_by_the_schedule() -> None:
    steps = await steps_of(waits, retry)

    assert [step for step in steps if step in ("metadata", "patch-asset")] == ["patch-asset", "metadata"]


async def test_c2_with_product_information_killed_at_each_step_converges() -> None:
    steps = await steps_of(waits, retry, product_information=INFORMATION, fields={"asset_code": "akeneo_code"})

    assert steps.count("metadata") == 2


async def test_c2_whose_family_changes_after_a_kill_leaves_nothing_behind_in_the_pim() -> None:
    async with world() as calm:
        calm.shoe()
        steps = await undisturbed(partial(retry, calm))
    async with world() as one:
        shoe = one.shoe()
        assert await is_cut(partial(retry, one), steps.index("patch-asset") + 1, after=True)
        one.later()
        one.cloud.user_sets(shoe, family="moods")
        await retry(one)

        assert (one.links, one.status(shoe)) == ({}, "linked")
        assert list(one.pim.catalogue.asset_families["moods"].assets) == [CODE]


async def test_c5_by_command_killed_at_each_step_converges() -> None:
    async def linked(one: World) -> None:
        one.shoe()
        await retry(one)
        one.cloud.user_sets(one.cloud.assets[ASSET_ID], akeneo_name=None)

    steps = await steps_of(
        linked,
        product_info,
        lasts=lambda step: step not in ("field", "asset", "search"),
        product_information=INFORMATION,
    )

    assert steps.count("metadata") == 1


async def test_c2_that_replaces_killed_at_each_step_converges() -> None:
    steps = await steps_of(has_another_sku, retry, on_sku_change="replace")

    assert "delete-asset" in steps


async def test_c2_by_event_killed_at_each_step_converges() -> None:
    steps = await steps_of(is_told, event)

    assert "patch-asset" in steps


async def test_c3_by_event_killed_at_each_step_converges() -> None:
    steps = await steps_of(is_told_to_go, event)

    assert "delete-asset" in steps


@pytest.mark.parametrize("prepared", [waits_to_go, waits_to_go_without_a_sku, waits_to_go_beside_another])
async def test_c3_killed_at_each_step_converges_by_the_schedule(prepared: Work) -> None:
    steps = await steps_of(prepared, retry)

    assert [step for step in steps if step in ("metadata", "delete-asset")] == ["delete-asset", "metadata"]


async def test_an_unlink_by_hand_killed_at_each_step_converges_by_the_command() -> None:
    async def linked(one: World) -> None:
        one.shoe()
        await retry(one)

    assert "delete-asset" in await steps_of(linked, unlink_by_hand)


async def test_c4_killed_in_the_middle_of_many_converges() -> None:
    async def many(one: World) -> None:
        for number in range(2):
            one.cloud.add_asset(f"shoe{number}", metadata={**READY, "sku": f"SKU{number}"})

    steps = await steps_of(many, retry, retry={"parallel": False, "include_unlink": False})

    assert steps.count("patch-asset") == 2
