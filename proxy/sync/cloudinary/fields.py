"""Are the metadata fields there that a sync needs? Asked before anything is done."""

from collections.abc import Iterable
from typing import Any

from proxy.sync.cloudinary.client import CloudinaryClient
from proxy.sync.outcomes import ConfigurationError
from proxy.sync.settings.cloudinary import CloudinarySettings

OF_TEXT = "string"
OF_CHOICE = "enum"


async def check_status(client: CloudinaryClient, settings: CloudinarySettings) -> None:
    """What a link by status needs beside the parameters. As all here raises ConfigurationError, which names the first
    field that is missing, is of another type or lacks an option.
    """
    values = settings.status_values
    await checked_type(client, settings.fields.status, OF_CHOICE, options=vars_of(values))


async def check_parameters(client: CloudinaryClient, settings: CloudinarySettings) -> None:
    """All that a link by hand needs."""
    fields = settings.fields
    for name in (fields.sku, fields.family, fields.attribute, fields.asset_code):
        if name is not None:
            await checked_type(client, name, OF_TEXT)


async def types_of(client: CloudinaryClient, names: Iterable[str]) -> dict[str, str]:
    """Of fields that may be of any type, by external id."""
    return {name: await checked_type(client, name) for name in names}


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
