"""Settings of Bynder's side; the names of the mappings are the connector's own."""

import re
from typing import Annotated, Self

from pydantic import Field, model_validator

from proxy.setting_types import Seconds, Token
from proxy.slices import Slice
from proxy.sync.settings.types import Code, Host, OptionCode, Text

OF_ENRICHMENT = (
    "enrichment_metaproperty_options_mappings",
    "enrichment_metaproperty_locale_mappings",
    "enrichment_metaproperty_scope_mappings",
    "update_metaproperty_on_empty_only_mappings",
)
Minutes = Annotated[int, Field(ge=1, le=10_080)]
NUMBERED = re.compile(r".+_\d+")


class Credentials(Slice):
    host: Host
    permanent_token: Token
    plain_http: bool = False  # for a stand-in on a loopback address


class MetapropertyMappings(Slice):
    """Names of metaproperties."""

    sku: Text
    product_model_code: Text | None = None
    asset_type: Text


class Intervals(Slice):
    """Minutes between two starts of each command; null leaves it to somebody else."""

    update_properties_minutes: Minutes | None = 5
    update_mapped_properties_minutes: Minutes | None = 30
    import_assets_minutes: Minutes | None = 5


class BynderSettings(Slice):
    """Akeneo on the left, Bynder on the right."""

    credentials: Annotated[dict[Code, Credentials], Field(min_length=1)]
    requests_per_second: Annotated[float, Field(gt=0, le=15)] = 10
    metaproperty_mappings: MetapropertyMappings
    asset_type_metaproperty_options_mappings: dict[Code, Text] = Field(default_factory=dict)
    sortable_asset_type_metaproperty_mappings: dict[Code, Text] = Field(default_factory=dict)
    enrichment_metaproperty_mappings: dict[Code, Text] = Field(default_factory=dict)
    enrichment_metaproperty_options_mappings: dict[Code, dict[OptionCode, Text]] = Field(default_factory=dict)
    enrichment_metaproperty_locale_mappings: dict[Code, Code] = Field(default_factory=dict)
    enrichment_metaproperty_scope_mappings: dict[Code, Code] = Field(default_factory=dict)
    derivative_to_use: Text = "original"
    asset_unlink_after_archiving: bool = True
    update_metaproperty_on_empty_only_mappings: tuple[Code, ...] = ()
    overwrite_foreign: bool = True
    create_missing_options: bool = False
    clear_on_empty: bool = False
    bynder_id_attributes: dict[Code, Code] = Field(default_factory=dict)
    schedule: Intervals = Field(default_factory=Intervals)
    timeout_seconds: Seconds = 30

    @model_validator(mode="after")
    def numbers_what_is_sorted(self) -> Self:
        for attribute in self.sortable_asset_type_metaproperty_mappings:
            if not NUMBERED.fullmatch(attribute):
                raise in_bynder(
                    f"sortable_asset_type_metaproperty_mappings.{attribute}", "a code that ends in _<number>"
                )
        return self

    @model_validator(mode="after")
    def maps_what_it_speaks_of(self) -> Self:
        """A typing error in one of the tables beside the enrichment's would go unseen."""
        for name in OF_ENRICHMENT:
            for attribute in getattr(self, name):
                if attribute not in self.enrichment_metaproperty_mappings:
                    raise in_bynder(f"{name}.{attribute}", "an attribute of enrichment_metaproperty_mappings")
        return self


def in_bynder(name: str, expected: str) -> ValueError:
    return ValueError(f"{name}: expected {expected}")
