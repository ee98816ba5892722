"""The settings held against what the portal has, before anything is read or written."""

from collections.abc import Iterator

from proxy.sync.bynder.documents import Metaproperty, Schema
from proxy.sync.outcomes import ConfigurationError
from proxy.sync.settings.bynder import BynderSettings


def check(settings: BynderSettings, schema: Schema) -> None:
    """Raises ConfigurationError, which names the first that is wrong and what was expected."""
    for where, name in used(settings):
        if name not in schema:
            raise ConfigurationError(f"bynder.{where}", f"a metaproperty of the portal, not {name!r}")
        if not schema[name].in_api:
            raise ConfigurationError(f"bynder.{where}", f"{name} to be made available in the API (isApiField)")
    check_types(settings, schema[settings.metaproperty_mappings.asset_type])
    for attribute, name in settings.sortable_asset_type_metaproperty_mappings.items():
        if schema[name].type.startswith("date"):
            part = f"bynder.sortable_asset_type_metaproperty_mappings.{attribute}"
            raise ConfigurationError(part, f"{name} to hold a number, it is a {schema[name].type}")
    check_options(settings, schema)


def used(settings: BynderSettings) -> Iterator[tuple[str, str]]:
    """The setting, and the name of the metaproperty that it asks for."""
    for key, name in settings.metaproperty_mappings.model_dump().items():
        if name is not None:
            yield f"metaproperty_mappings.{key}", name
    for table in ("sortable_asset_type_metaproperty_mappings", "enrichment_metaproperty_mappings"):
        for attribute, name in getattr(settings, table).items():
            yield f"{table}.{attribute}", name


def check_types(settings: BynderSettings, types: Metaproperty) -> None:
    if not types.is_select:
        raise ConfigurationError(
            "bynder.metaproperty_mappings.asset_type", f"a metaproperty with options, {types.name} is a {types.type}"
        )
    for attribute, option in settings.asset_type_metaproperty_options_mappings.items():
        if option not in types.options:
            part = f"bynder.asset_type_metaproperty_options_mappings.{attribute}"
            raise ConfigurationError(part, f"an option of {types.name}, not {option!r}")


def check_options(settings: BynderSettings, schema: Schema) -> None:
    """Where options are made when they are missing, none has to be there."""
    if settings.create_missing_options:
        return
    for attribute, options in settings.enrichment_metaproperty_options_mappings.items():
        metaproperty = schema[settings.enrichment_metaproperty_mappings[attribute]]
        for code, name in options.items():
            if metaproperty.is_select and name not in metaproperty.options:
                part = f"bynder.enrichment_metaproperty_options_mappings.{attribute}.{code}"
                raise ConfigurationError(part, f"an option of {metaproperty.name}, not {name!r}")
