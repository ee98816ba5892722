"""`update-mapped-properties`: values of products in the metaproperties of their assets."""

from typing import Any
from urllib.parse import parse_qs

import pytest

from proxy.demo.bynder.model import Metaproperty
from proxy.demo.bynder.routes import Kind
from proxy.sync.bynder.enrichment import Enrichment
from proxy.sync.bynder.run import Run
from tests.sync.bynder.shop import Shop

MAPPED = {
    "enrichment_metaproperty_mappings": {"name": "product_name", "brand": "brand", "season": "season"},
    "enrichment_metaproperty_options_mappings": {"season": {"ss26": "Spring_Summer_2026"}},
    "enrichment_metaproperty_locale_mappings": {"name": "en_US"},
}
COMMAND = "update-mapped-properties"


def edit(shop: Shop, product: str = "RUN-01", **values: str) -> None:
    for attribute, data in values.items():
        shop.change(product, attribute, data, "en_US" if attribute == "name" else None)


async def enrich(shop: Shop, **changed: Any) -> Any:
    return await shop.run(COMMAND, **{**MAPPED, **changed})


async def test_all_changed_metaproperties_are_one_write(shop: Shop) -> None:
    asset = shop.asset(brand="Acme")
    edit(shop, name="Red shoe, light", brand="Acme", season="ss26")

    ended = await enrich(shop)

    assert ended.tally.counts()["updated"] == 1
    assert asset.properties["product_name"] == ["Red shoe, light"]
    assert asset.properties["season"] == ["Spring_Summer_2026"]
    assert shop.writes == [f"POST /api/v4/media/{asset.id}/"]
    [written] = [parse_qs(call.body.decode()) for call in shop.bynder.calls if call.kind is Kind.UPDATE]
    assert len(written) == 2  # the brand was right
    assert [call.kind for call in shop.bynder.calls] == [Kind.METAPROPERTIES, Kind.LIST, Kind.MEDIA, Kind.UPDATE]


async def test_of_all_products_only_what_is_mapped_is_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Enrichment] = []
    begin = Enrichment.__init__

    def kept(self: Enrichment, run: Run) -> None:
        made.append(self)
        begin(self, run)

    monkeypatch.setattr(Enrichment, "__init__", kept)
    edit(shop, brand="Acme", packshot_id="of no interest")

    await enrich(shop)

    assert [list(values.of) for values in made[0].known.values() if values] == [["brand"]]


@pytest.mark.parametrize("reads", [0, 5])
async def test_a_second_run_writes_nothing(shop: Shop, reads: int) -> None:
    shop.asset()
    edit(shop, name="Red shoe, light", season="ss26")
    shop.bynder.changes.after_reads = reads
    await enrich(shop)
    shop.forget()

    ended = await enrich(shop)

    assert ended.tally.counts()["unchanged"] == 1
    assert shop.writes == []


async def test_links_that_we_recorded_are_taken_too(shop: Shop) -> None:
    asset = shop.asset(product_identifier=["RUN-01"])
    await shop.run()
    edit(shop, brand="Acme")

    await enrich(shop)

    assert asset.properties["brand"] == ["Acme"]


async def test_a_model_fills_its_assets(shop: Shop) -> None:
    asset = shop.asset(product_identifier=None, product_model=["RUN"])
    shop.pim.catalogue.models["RUN"].set("brand", "Acme", at=shop.now())

    await enrich(shop)

    assert asset.properties["brand"] == ["Acme"]


async def test_a_variant_gives_what_it_inherits(shop: Shop) -> None:
    asset = shop.asset(product_identifier=["RUN/03"])
    shop.pim.catalogue.models["RUN"].set("brand", "Acme", at=shop.now())
    shop.product("RUN/03").touch(shop.now())

    await enrich(shop)

    assert asset.properties["brand"] == ["Acme"]


async def test_nothing_is_sent_for_what_is_empty(shop: Shop) -> None:
    asset = shop.asset(brand="Acme")
    edit(shop, name="Red")
    shop.change("RUN-01", "brand", None)

    await enrich(shop)

    assert asset.properties["brand"] == ["Acme"]


async def test_what_is_empty_clears_where_that_is_wanted(shop: Shop) -> None:
    asset = shop.asset(brand="Acme")
    shop.change("RUN-01", "brand", None)

    await enrich(shop, clear_on_empty=True)

    assert asset.properties["brand"] == []


@pytest.mark.parametrize("empty", [None, "", []])
async def test_on_empty_only_fills_what_has_no_value(shop: Shop, empty: object) -> None:
    shop.bynder.metaproperties["brand"].empty = empty
    full, bare = shop.asset("full", brand="Other"), shop.asset("bare")
    edit(shop, brand="Acme")

    await enrich(shop, update_metaproperty_on_empty_only_mappings=["brand"])

    assert (full.properties["brand"], bare.properties["brand"]) == (["Other"], ["Acme"])


@pytest.mark.parametrize(("attribute", "reason"), [("name", "failed needs_locale"), ("label", "failed needs_scope")])
async def test_an_attribute_without_its_locale_or_scope_is_skipped_alone(
    shop: Shop, attribute: str, reason: str
) -> None:
    asset = shop.asset()
    edit(shop, brand="Acme")
    mappings: dict[str, Any] = {"enrichment_metaproperty_mappings": {attribute: "product_name", "brand": "brand"}}

    await shop.run(COMMAND, **mappings)

    assert await shop.reasons() == ["updated", reason]
    assert asset.properties["brand"] == ["Acme"]


async def test_a_scopable_value_is_that_of_its_channel(shop: Shop) -> None:
    asset = shop.asset()
    shop.product().set("label", "for shops", None, "ecommerce", shop.now())
    mappings: dict[str, Any] = {
        "enrichment_metaproperty_mappings": {"label": "product_name"},
        "enrichment_metaproperty_scope_mappings": {"label": "ecommerce"},
    }

    await shop.run(COMMAND, **mappings)

    assert asset.properties["product_name"] == ["for shops"]


async def test_an_option_that_bynder_does_not_have_is_unknown(shop: Shop) -> None:
    asset = shop.asset()
    edit(shop, season="aw26", brand="Acme")

    await enrich(shop)

    assert await shop.reasons() == ["updated", "failed unknown_option"]
    assert asset.properties["brand"] == ["Acme"]
    assert "aw26" not in shop.bynder.metaproperties["season"].options


@pytest.mark.parametrize("by_another", [False, True])
async def test_a_missing_option_is_made_where_that_is_wanted(shop: Shop, by_another: bool) -> None:
    asset = shop.asset()
    edit(shop, season="aw26")
    if by_another:  # after our look at the metaproperties
        season = shop.bynder.metaproperties["season"]
        shop.bynder.between_pages(lambda number: season.add_option("aw26"))

    await enrich(shop, create_missing_options=True)

    assert asset.properties["season"] == ["aw26"]


async def test_an_option_may_have_a_comma_in_its_name(shop: Shop) -> None:
    shop.bynder.metaproperties["season"].add_option("Spring, Summer")
    asset = shop.asset()
    edit(shop, season="ss26")
    renamed = {"season": {"ss26": "Spring, Summer"}}
    await enrich(shop, enrichment_metaproperty_options_mappings=renamed)
    shop.passes(minutes=16)
    shop.forget()

    ended = await enrich(shop, enrichment_metaproperty_options_mappings=renamed)

    assert asset.properties["season"] == ["Spring, Summer"]
    assert ended.tally.counts()["unchanged"] == 1
    assert shop.writes == []


async def test_several_products_give_a_union_or_the_oldest_links_value(shop: Shop) -> None:
    seasons = Metaproperty("seasons", "select2", multi=True)
    shop.bynder.metaproperties["seasons"] = seasons
    for name in ("a", "b", "c"):
        seasons.add_option(name)
    asset = shop.asset(product_identifier=["RUN-02"])
    await shop.run()
    shop.bynder.user_sets(asset, product_identifier=["RUN-01", "RUN-02"])
    await shop.run()
    edit(shop, "RUN-02", season="b", brand="Second")
    shop.passes(hours=3)
    edit(shop, "RUN-01", season="a", brand="First")
    mappings: dict[str, Any] = {"enrichment_metaproperty_mappings": {"season": "seasons", "brand": "brand"}}

    await shop.run(COMMAND, **mappings)

    assert asset.properties["seasons"] == ["b", "a"]
    assert asset.properties["brand"] == ["Second"]


@pytest.mark.parametrize("clear", [False, True])
async def test_a_product_that_is_gone_decides_nothing(shop: Shop, clear: bool) -> None:
    asset = shop.asset(product_identifier=["RUN-02"], brand="Old")
    await shop.run()
    shop.bynder.user_sets(asset, product_identifier=["RUN-01", "RUN-02"])
    await shop.run()
    del shop.pim.catalogue.products["RUN-02"]
    edit(shop, brand="Acme")

    await shop.run(COMMAND, enrichment_metaproperty_mappings={"brand": "brand"}, clear_on_empty=clear)

    assert asset.properties["brand"] == ["Acme"]


async def test_a_list_that_is_late_writes_nothing_of_a_product_that_was_taken_away(shop: Shop) -> None:
    asset = shop.asset()
    edit(shop, brand="Acme")
    shop.bynder.between_pages(lambda number: shop.bynder.user_sets(asset, product_identifier=["RUN-02"]))

    await enrich(shop)

    assert await shop.reasons() == ["stale"]
    assert shop.writes == []
