"""Are the metadata fields there that a sync needs? Asked before anything is done."""

from typing import Any

from proxy.sync.cloudinary.client import CloudinaryClient
from proxy.sync.outcomes import ConfigurationError
from proxy.sync.settings.cloudinary import CloudinarySettings

OF_TEXT = "string"
OF_CHOICE = "enum"


async def check_fields(client: CloudinaryClient, settings: CloudinarySettings) -> dict[str, str]:
    """The type of each field that is used, by external id. Raises ConfigurationError, which names the first that is
    missing, is of another type or lacks an option.
    """
    fields, values = settings.fields, settings.status_values
    types = {fields.status: await checked_type(client, fields.status, OF_CHOICE, options=vars_of(values))}
    for name in (fields.sku, fields.family, fields.attribute, fields.asset_code):
        if name is not None:
            types[name] = await checked_type(client, name, OF_TEXT)
    if settings.product_information is not None:
        for name in settings.product_information.fields.values():
            types.setdefault(name, await checked_type(client, name))
    return types


def vars_of(values: Any) -> tuple[str, ...]:
    return (values.requires_link, values.linked, values.requires_unlink)


async def checked_type(
    client: CloudinaryClient, name: str, wanted: str | None = None, *, options: tuple[str, ...] = ()
) -> str:
    """Compared by external ids alone: labels are for people, who spell them in several ways."""
    document = await client.field(name)
    part = f"metadata field {name}"
    if document is None:
        raise ConfigurationError(part, "a structured metadata field with this external id")
    found = str(document.get("type"))
    if wanted is not None and found != wanted:
        raise ConfigurationError(part, f"the type {wanted}, found {found}")
    for option in options:
        if option not in options_of(document):
            raise ConfigurationError(part, f"an option with the external id {option}")
    return found


def options_of(document: dict[str, Any]) -> set[str]:
    """External ids of those that are in use."""
    datasource = document.get("datasource")
    values = datasource.get("values") if isinstance(datasource, dict) else None
    several = values if isinstance(values, list) else []
    return {str(one.get("external_id")) for one in several if isinstance(one, dict) and one.get("state") != "inactive"}
