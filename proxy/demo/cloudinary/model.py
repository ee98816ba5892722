"""What the pretend Cloudinary holds: assets, metadata fields, triggers. All may be changed while it runs."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5
from typing import Any

FIRST_DAY = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
STATUSES = {"requires_link": "Requires Link", "linked": "Linked", "requires_unlink": "Requires Unlink"}
Metadata = dict[str, Any]


@dataclass
class MetadataField:
    """`options` are those of an enum or a set: external id and label; those in `inactive` were taken out of use."""

    external_id: str
    type: str = "string"
    label: str = ""
    options: dict[str, str] = field(default_factory=dict)
    inactive: set[str] = field(default_factory=set)

    def document(self) -> dict[str, Any]:
        shown = {
            "external_id": self.external_id,
            "type": self.type,
            "label": self.label or self.external_id,
            "mandatory": False,
            "default_value": None,
            "validation": None,
        }
        if self.type in ("enum", "set"):
            values = [
                {"external_id": one, "value": label, "state": "inactive" if one in self.inactive else "active"}
                for one, label in self.options.items()
            ]
            shown["datasource"] = {"values": values}
        return shown


@dataclass
class CloudAsset:
    """`asset_id` never changes, `public_id` does on a rename. `content` is there for assets whose picture is served."""

    asset_id: str
    public_id: str
    secure_url: str
    resource_type: str = "image"
    type: str = "upload"
    format: str = "jpg"
    version: int = 1771
    created_at: datetime = FIRST_DAY
    metadata: Metadata = field(default_factory=dict)
    content: bytes | None = field(default=None, repr=False)

    def document(self, *, with_metadata: bool = True) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "asset_id": self.asset_id,
            "public_id": self.public_id,
            "resource_type": self.resource_type,
            "type": self.type,
            "format": self.format,
            "version": self.version,
            "created_at": moment(self.created_at),
            "secure_url": self.secure_url,
        }
        return {**shown, "metadata": dict(self.metadata)} if with_metadata else shown


@dataclass(frozen=True)
class Trigger:
    id: str
    uri: str
    event_type: str

    def document(self) -> dict[str, Any]:
        return {"id": self.id, "uri": self.uri, "event_type": self.event_type, "uri_type": "webhook"}


def sync_fields() -> dict[str, MetadataField]:
    """The fields that sync asks for, by their default ids."""
    fields = [
        MetadataField("akeneo_status", "enum", "Akeneo Status", dict(STATUSES)),
        MetadataField("akeneo_sku", "string", "Akeneo SKU"),
        MetadataField("akeneo_family", "string", "Akeneo Family"),
        MetadataField("akeneo_attribute", "string", "Akeneo Attribute"),
    ]
    return {one.external_id: one for one in fields}


def asset_id_for(public_id: str) -> str:
    return md5(public_id.encode(), usedforsecurity=False).hexdigest()


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
