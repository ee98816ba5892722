"""Every command is killed after each of its steps that leaves something behind, and run again: it ends as if nothing
had happened. To be killed after a step that only reads, or before the next one, is the same. What Bynder has accepted
may show at once, or only after the next run.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.sync.bynder.shop import Shop, shop_in
from tests.sync.bynder.test_enriching import MAPPED, edit
from tests.sync.bynder.test_identifying import chosen
from tests.sync.bynder.test_importing import hang
from tests.sync.cutting import is_cut, undisturbed
from tests.sync.remembering import Moment

Prepare = Callable[[Shop], Awaitable[object]]


async def new_asset(shop: Shop) -> None:
    hang(shop)
    shop.asset()


async def foreign_over_ours(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    hang(shop)
    shop.bynder.touch(asset)


async def new_order(shop: Shop) -> None:
    asset = shop.asset(asset_type=["application"], sort_order="1")
    await shop.run()
    shop.bynder.user_sets(asset, sort_order="2")


async def two_change_places(shop: Shop) -> None:
    one, two = (shop.asset(name, asset_type=["application"], sort_order=at) for name, at in (("a", "1"), ("b", "2")))
    await shop.run()
    shop.bynder.user_sets(one, sort_order="2")
    shop.bynder.user_sets(two, sort_order="1")


async def one_makes_room(shop: Shop) -> None:
    asset = shop.asset("a", asset_type=["application"], sort_order="1")
    await shop.run()
    shop.bynder.user_sets(asset, sort_order="2")
    shop.asset("b", asset_type=["application"], sort_order="1")


async def new_version(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    shop.bynder.uploads(asset, asset.content + b"2")


async def archived(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    shop.bynder.archives(asset)


async def archived_while_another_waits(shop: Shop) -> None:
    asset, _ = shop.asset("a"), shop.asset("b", modified=shop.at - timedelta(days=9))
    await shop.run()
    shop.bynder.archives(asset)


async def archived_and_forgotten(shop: Shop) -> None:
    asset = shop.asset(product_identifier=["RUN-01", "RUN-02"], archive=True)
    for product in asset.properties["product_identifier"]:
        chosen(shop, asset, product=product)


async def chosen_in_the_pim(shop: Shop) -> None:
    chosen(shop, shop.asset(product_identifier=None, asset_type=None))


async def chosen_for_another_product(shop: Shop) -> None:
    asset = shop.asset()
    await shop.run()
    chosen(shop, asset, product="RUN-02")


async def emptied_in_the_pim(shop: Shop) -> None:
    shop.asset()
    await shop.run()
    shop.change("RUN-01", "packshot_image", None)


async def edited(shop: Shop) -> None:
    shop.asset()
    edit(shop, season="aw26", brand="Acme")


CASES: list[tuple[str, Prepare, dict[str, Any]]] = [
    ("import-assets", new_asset, {}),
    ("import-assets", foreign_over_ours, {}),
    ("import-assets", new_order, {}),
    ("import-assets", two_change_places, {}),
    ("import-assets", one_makes_room, {}),
    ("import-assets", new_version, {}),
    ("import-assets", archived, {}),
    ("import-assets", archived_while_another_waits, {}),
    ("import-assets", archived_and_forgotten, {}),
    ("update-properties", chosen_in_the_pim, {}),
    ("update-properties", chosen_for_another_product, {}),
    ("update-properties", emptied_in_the_pim, {}),
    ("update-mapped-properties", edited, {**MAPPED, "create_missing_options": True}),
]


LATE = 50  # reads until what Bynder has accepted shows, unless it is settled: more than two runs make
READS = (
    *("list", "catalogue", "media", "metaproperties", "download-address", "links_where"),
    *("last_successful", "written"),
)


def leaves_something(step: str) -> bool:
    return not any(word in step for word in READS) or "note_written" in step


@pytest.mark.parametrize(("command", "prepare", "more"), CASES, ids=[case[1].__name__ for case in CASES])
async def test_a_killed_run_converges(command: str, prepare: Prepare, more: dict[str, Any]) -> None:
    async with world(prepare) as (shop, moment):
        steps = await undisturbed(partial(run, command, more, shop))
        await run_again(command, more, shop)
        assert shop.writes == []
        wanted = await end(shop)
        leaving = [number for number, step in enumerate(steps, 1) if leaves_something(step)]
        for at, after in [(at, True) for at in leaving] + [(at, False) for at in leaving if steps[at - 1] == "upload"]:
            for reads in (0, LATE) if steps[at - 1] == "update" else (0,):
                await moment.put_back()
                shop.bynder.changes.after_reads = reads
                assert await is_cut(partial(run, command, more, shop), at, after=after)
                await run_again(command, more, shop)
                shop.bynder.settle()
                assert await end(shop) == wanted, f"cut {'after' if after else 'before'} step {at} of {steps}"


async def moved_in_the_pim(shop: Shop) -> None:
    asset = shop.asset(asset_type=["application"], sort_order="1")
    await shop.run()
    shop.change("RUN-01", "application_image_1", None)
    chosen(shop, asset, "application_image_2")


TOLD = ("note_written", "save_link", "update")


@pytest.mark.parametrize("prepare", [chosen_for_another_product, moved_in_the_pim, chosen_in_the_pim])
async def test_an_import_after_a_killed_update_takes_nothing_out(prepare: Prepare) -> None:
    async with world(prepare) as (shop, moment):
        steps = await undisturbed(partial(run, "update-properties", {}, shop))
        await all_commands(shop)
        wanted = await end(shop)
        for at in [number for number, step in enumerate(steps, 1) if any(word in step for word in TOLD)]:
            await moment.put_back()
            shop.bynder.changes.after_reads = LATE
            assert await is_cut(partial(run, "update-properties", {}, shop), at, after=True)
            await all_commands(shop)
            assert await end(shop) == wanted, f"cut after step {at} of {steps}"


async def all_commands(shop: Shop) -> None:
    shop.passes(minutes=3)
    for command in ("import-assets", "update-properties"):
        await run(command, {}, shop)
    shop.bynder.settle()
    await run("import-assets", {}, shop)


@asynccontextmanager
async def world(prepare: Prepare) -> AsyncIterator[tuple[Shop, Moment]]:
    """And the moment in which it is prepared."""
    with TemporaryDirectory() as folder:
        async with shop_in(Path(folder)) as shop:
            await prepare(shop)
            yield shop, Moment(shop, Path(folder))


async def run(command: str, more: dict[str, Any], shop: Shop) -> None:
    assert (await shop.run(command, **more)).exit_code == 0


async def run_again(command: str, more: dict[str, Any], shop: Shop) -> None:
    shop.passes(minutes=3)  # the leases of the dead run out
    shop.forget()
    await run(command, more, shop)


async def end(shop: Shop) -> object:
    """Without the digits that differ from one upload to the next."""
    held = {
        (code, attribute): [str(value.data).rpartition("/")[2][40:] for value in values]
        for code, product in shop.pim.catalogue.products.items()
        for attribute, values in product.values.items()
        if attribute.endswith(("image", "1", "2"))
    }
    links = [(link.asset, link.product, link.slot, link.state, bool(link.replaced_code)) for link in await shop.links()]
    properties = [medium.properties for medium in shop.bynder.media.values()]
    options = {name: list(one.options) for name, one in shop.bynder.metaproperties.items()}
    downloads = [path for path in shop.state_path.parent.rglob("*") if path.is_file() and "sqlite" not in path.name]
    return held, sorted(links), properties, options, len(shop.pim.files), downloads
