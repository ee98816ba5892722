"""The settings are held against the portal before anything is written."""

from typing import Any

import pytest
import yaml

from proxy.sync.settings.bynder import BynderSettings
from tests.sync.bynder.shop import Shop

LINK = {"sku": "product_identifier", "product_model_code": "product_model", "asset_type": "asset_type"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"metaproperty_mappings": {**LINK, "sku": "nothing"}}, "metaproperty_mappings.sku"),
        ({"metaproperty_mappings": {**LINK, "asset_type": "brand"}}, "metaproperty_mappings.asset_type"),
        (
            {"asset_type_metaproperty_options_mappings": {"packshot_image": "nothing"}},
            "asset_type_metaproperty_options_mappings.packshot_image",
        ),
        (
            {"sortable_asset_type_metaproperty_mappings": {"application_image_1": "nothing"}},
            "sortable_asset_type_metaproperty_mappings.application_image_1",
        ),
        ({"enrichment_metaproperty_mappings": {"name": "nothing"}}, "enrichment_metaproperty_mappings.name"),
        (
            {
                "enrichment_metaproperty_mappings": {"season": "season"},
                "enrichment_metaproperty_options_mappings": {"season": {"ss26": "nothing"}},
            },
            "enrichment_metaproperty_options_mappings.season.ss26",
        ),
        ({"derivative_to_use": "nothing"}, "derivative_to_use"),
        ({"credential": "nobody"}, "credentials.nobody"),
    ],
)
async def test_a_mapping_that_the_portal_does_not_have_stops_the_run(
    shop: Shop, changed: dict[str, Any], said: str
) -> None:
    shop.asset()

    ended = await shop.run(**changed)

    assert ended.exit_code == 1
    assert f"bynder.{said}" in ended.words
    assert "\n" not in ended.words
    assert shop.writes == []


async def test_a_metaproperty_has_to_be_available_in_the_api(shop: Shop) -> None:
    shop.bynder.metaproperties["asset_type"].api_field = False

    ended = await shop.run()

    assert (ended.exit_code, "isApiField" in ended.words) == (1, True)


async def test_an_order_is_no_date(shop: Shop) -> None:
    shop.bynder.metaproperties["sort_order"].type = "date"

    assert (await shop.run()).exit_code == 1


def test_plain_keys_of_yaml_are_codes_of_options() -> None:
    mappings = yaml.safe_load("{sale: {true: Yes_please, false: No_thanks}, size: {42: Large, 4.5: Small, ss: Summer}}")
    given = {
        "credentials": {"bynder": {"host": "acme.bynder.com", "permanent_token": "t"}},
        "metaproperty_mappings": LINK,
        "enrichment_metaproperty_mappings": {"sale": "sale", "size": "size"},
        "enrichment_metaproperty_options_mappings": mappings,
    }

    found = BynderSettings.model_validate(given).enrichment_metaproperty_options_mappings

    assert found == {
        "sale": {"true": "Yes_please", "false": "No_thanks"},
        "size": {"42": "Large", "4.5": "Small", "ss": "Summer"},
    }


def test_the_defaults_are_the_connectors() -> None:
    credentials = {"bynder": {"host": "acme.bynder.com", "permanent_token": "t"}}
    settings = BynderSettings.model_validate({"credentials": credentials, "metaproperty_mappings": LINK})

    assert (settings.derivative_to_use, settings.asset_unlink_after_archiving) == ("original", True)
    assert (settings.overwrite_foreign, settings.create_missing_options, settings.clear_on_empty) == (
        True,
        False,
        False,
    )
    assert settings.requests_per_second == 10
