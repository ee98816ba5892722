"""Settings of Bynder's side; the names of the mappings are the connector's own."""

import re
from typing import Annotated, Self

from pydantic import Field, model_validator

from proxy.setting_types import Seconds, Token
from proxy.slices import Slice
from proxy.sync.settings.types import Code, Host, Text

NUMBERED = re.compile(r".+_\d+")


class Credentials(Slice):
    host: Host
    permanent_token: Token
    plain_http: bool = False  # for a stand-in on this machine


class MetapropertyMappings(Slice):
    """Names of metaproperties."""

    sku: Text
    product_model_code: Text | None = None
    asset_type: Text


class BynderSettings(Slice):
    """Akeneo on the left, Bynder on the right."""

    credentials: Annotated[dict[Code, Credentials], Field(min_length=1)]
    requests_per_second: Annotated[float, Field(gt=0, le=15)] = 10
    metaproperty_mappings: MetapropertyMappings
    asset_type_metaproperty_options_mappings: dict[Code, Text] = Field(default_factory=dict)
    sortable_asset_type_metaproperty_mappings: dict[Code, Text] = Field(default_factory=dict)
    enrichment_metaproperty_mappings: dict[Code, Text] = Field(default_factory=dict)
    enrichment_metaproperty_options_mappings: dict[Code, dict[str, Text]] = Field(default_factory=dict)
    enrichment_metaproperty_locale_mappings: dict[Code, Code] = Field(default_factory=dict)
    enrichment_metaproperty_scope_mappings: dict[Code, Code] = Field(default_factory=dict)
    derivative_to_use: Text = "original"
    asset_unlink_after_archiving: bool = True
    update_metaproperty_on_empty_only_mappings: tuple[Code, ...] = ()
    overwrite_foreign: bool = True
    create_missing_options: bool = False
    clear_on_empty: bool = False
    bynder_id_attributes: dict[Code, Code] = Field(default_factory=dict)
    timeout_seconds: Seconds = 30
