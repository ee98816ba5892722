"""What a notification of Cloudinary asks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from proxy.json_text import parsed
from proxy.sync.cloudinary.client import EVENT_TYPE
from proxy.sync.cloudinary.codes import ASSET_ID
from proxy.sync.cloudinary.statuses import Asked
from proxy.sync.settings.cloudinary import CloudinarySettings


@dataclass(frozen=True, slots=True)
class Change:
    """One asset of an event whose new status asks for something."""

    asset_id: str
    public_id: str
    asked: Asked


def changes_in(body: bytes, settings: CloudinarySettings, received_at: float) -> list[Change]:
    """Nothing for other types of events, for other statuses, and for what is no event at all."""
    try:
        document = parsed(body)
    except ValueError:
        return []
    if not isinstance(document, dict) or document.get("notification_type") != EVENT_TYPE:
        return []
    at = time_of(document, received_at)
    found = (change_of(name, one, at, settings) for name, one in resources_in(document.get("resources")))
    return [change for change in found if change is not None]


def resources_in(several: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """A map by public id, or a list."""
    pairs = several.items() if isinstance(several, dict) else []
    if isinstance(several, list):
        pairs = [("", one) for one in several]
    for name, one in pairs:
        if isinstance(one, dict):
            yield str(one.get("public_id") or name), one


def change_of(name: str, resource: dict[str, Any], at: float, settings: CloudinarySettings) -> Change | None:
    asset_id, values = resource.get("asset_id"), settings.status_values
    if not isinstance(asset_id, str) or not ASSET_ID.fullmatch(asset_id):
        return None
    if resource.get("resource_type") not in settings.resource_types:
        return None
    status = status_in(resource.get("new_metadata"), settings)
    if status not in (values.requires_link, values.requires_unlink):
        return None
    return Change(asset_id, name, Asked(status, at, status_in(resource.get("previous_metadata"), settings)))


def status_in(metadata: Any, settings: CloudinarySettings) -> str | None:
    """Empty where it has none; None where nothing is told."""
    return str(metadata.get(settings.fields.status) or "") if isinstance(metadata, dict) else None


def time_of(document: dict[str, Any], received_at: float) -> float:
    """When it happened, in Unix seconds; where the event does not say, when it came."""
    context = document.get("notification_context")
    told = [context.get("triggered_at")] if isinstance(context, dict) else []
    for text in (*told, document.get("timestamp")):
        try:
            moment = datetime.fromisoformat(str(text))
        except ValueError:
            continue
        if moment.tzinfo is not None:
            return moment.timestamp()
    return received_at
