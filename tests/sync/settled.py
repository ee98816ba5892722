"""Settings of a sync that a test may have."""

from pathlib import Path
from typing import Any

from proxy.sync.settings.settings import SyncConfiguration

CLOUDINARY = {"cloud_name": "acme", "api_key": "k", "api_secret": "secret-of-cloudinary", "webhook": {"enabled": False}}
BYNDER = {
    "credentials": {"bynder": {"host": "acme.bynder.com", "permanent_token": "secret-of-bynder"}},
    "metaproperty_mappings": {"sku": "product_identifier", "asset_type": "asset_type"},
}


def settled(directory: Path, **parts: Any) -> SyncConfiguration:
    """With neither of the two given it is Cloudinary alone."""
    systems = parts if parts.keys() & {"cloudinary", "bynder"} else {"cloudinary": CLOUDINARY, **parts}
    document = {
        "akeneo": {"url": "http://127.0.0.1:1", "access_token": "secret-of-akeneo"},
        "state": directory / "sync.sqlite3",
        **systems,
    }
    return SyncConfiguration.model_validate(document)
