"""Two portals that serve one PIM: what one of them has put into a slot is not the other's to judge."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from proxy.demo.bynder.server import DemoBynder
from tests.sync.bynder.shop import PICTURE, Shop
from tests.sync.bynder.test_enriching import MAPPED


@pytest.fixture
async def other(shop: Shop) -> AsyncIterator[DemoBynder]:
    async with DemoBynder() as other:
        other.now = shop.now
        yield other


def both(shop: Shop, other: DemoBynder, **more: Any) -> dict[str, Any]:
    portals = {"bynder": shop.bynder, "other": other}
    return more | {
        "credentials": {
            code: {"host": f"127.0.0.1:{one.port}", "permanent_token": one.token, "plain_http": True}
            for code, one in portals.items()
        }
    }


def rival(other: DemoBynder) -> None:
    fields: dict[str, Any] = {"product_identifier": ["RUN-01"], "asset_type": ["packshot"], "extension": "png"}
    other.add_media("Of the other portal", PICTURE + b"2", **fields)


@pytest.mark.parametrize("known", ["recorded", "recorded before", "forgotten"])
async def test_the_holder_keeps_the_slot_from_another_portal(shop: Shop, other: DemoBynder, known: str) -> None:
    shop.asset()
    await shop.run(**both(shop, other))
    held = shop.held("packshot_image")
    if known == "forgotten":
        shop.state_path.unlink()
    elif known == "recorded before":
        async with shop.service() as service:
            await service.state.database.run(lambda one: one.execute("UPDATE links SET credential = ''"))
    rival(other)

    await shop.run(**both(shop, other), credential="other")

    assert shop.held("packshot_image") == held
    assert (await shop.reasons())[-1] == "failed slot_conflict"


@pytest.mark.parametrize("command", ["update-properties", "update-mapped-properties"])
async def test_a_portal_is_not_asked_for_the_assets_of_another(shop: Shop, other: DemoBynder, command: str) -> None:
    shop.asset()
    await shop.run(**both(shop, other))
    shop.change("RUN-01", "brand", "Acme")
    shop.forget()
    seen = await shop.reasons()

    await shop.run(command, **both(shop, other, **MAPPED), credential="other")

    assert await shop.reasons() == seen
    assert not [call for call in other.calls if "/media/" in call.path and call.path.count("/") > 4]
    assert shop.writes == []


async def test_a_link_knows_its_portal(shop: Shop, other: DemoBynder) -> None:
    rival(other)

    await shop.run(**both(shop, other), credential="other")

    assert [link.credential for link in await shop.links()] == ["other"]
