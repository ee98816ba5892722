"""A run over many assets makes the calls that the rules need, and no more."""

from datetime import timedelta

from proxy.demo.bynder.routes import Kind
from proxy.demo.catalogue.model import Product
from tests.sync.bynder.bar import OF_AKENEO, held, held_again
from tests.sync.bynder.shop import START, Shop

ASSETS, CHANGED = 300, 60


async def test_many_assets_take_few_calls_and_the_second_run_writes_nothing(shop: Shop) -> None:
    shop.pim.catalogue.add_products(*(Product(f"P-{number}") for number in range(ASSETS)))
    for number in range(ASSETS):
        moment = START - (timedelta(days=9) if number >= CHANGED else timedelta(minutes=number % 50))
        shop.asset(f"asset {number}", product_identifier=[f"P-{number}"], modified=moment)

    first = await shop.run()

    assert first.tally.counts()["linked"] == CHANGED
    assert (shop.count(Kind.METAPROPERTIES), shop.count(Kind.LIST), shop.count(Kind.DOWNLOAD)) == (1, 2, CHANGED)
    assert len(shop.bynder.calls) == CHANGED + 3
    assert len(shop.pim.calls) == OF_AKENEO * CHANGED + len([c for c in shop.pim.calls if "attributes/" in c.path])
    assert [one for one in held(shop, CHANGED) if not one.good] == []

    shop.forget()
    second = await shop.run()

    assert second.tally.counts()["unchanged"] == CHANGED
    assert [one for one in held_again(shop) if not one.good] == []
    assert len(shop.bynder.calls) == 3
