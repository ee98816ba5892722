"""Assets, as Cloudinary tells of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from proxy.sync.outcomes import TransientError
from proxy.sync.settings.cloudinary import Fields
from proxy.sync.state.rows import Subject

SYSTEM = "cloudinary"


@dataclass(frozen=True, slots=True)
class CloudAsset:
    """`metadata`: values by external id; those of an enum are external ids of options, of a set a list of them.
    `read_at` is when it was so, in Unix seconds by Cloudinary's clock and not before; None if that is not known.
    """

    asset_id: str
    public_id: str
    secure_url: str
    resource_type: str
    type: str
    metadata: Mapping[str, Any] = field(repr=False)
    read_at: float | None = field(default=None, compare=False)

    def text(self, name: str | None) -> str:
        """Of one metadata field; empty where it has no value."""
        value = self.metadata.get(name) if name else None
        return value.strip() if isinstance(value, str) else "" if value is None else str(value)

    def wishes(self, fields: Fields) -> "Wishes":
        return Wishes(self.text(fields.sku), self.text(fields.family), self.text(fields.attribute))

    def subject(self, fields: Fields) -> Subject:
        return Subject(SYSTEM, self.asset_id, self.public_id, self.secure_url, self.text(fields.sku))


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be linked with: SKU, asset family and attribute."""

    sku: str
    family: str
    attribute: str


def read_asset(document: Any) -> CloudAsset | None:
    """None if it is told without its metadata. Raises TransientError for what is no asset."""
    if not isinstance(document, dict):
        raise TransientError("asset", "a JSON object")
    names = ("asset_id", "public_id", "secure_url", "resource_type", "type")
    texts = {name: document.get(name) for name in names}
    if not all(isinstance(text, str) and text for text in texts.values()):
        raise TransientError("asset", f"an asset with {', '.join(names)}")
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        return None
    facts: dict[str, Any] = {**texts, "metadata": metadata}
    return CloudAsset(**facts)
