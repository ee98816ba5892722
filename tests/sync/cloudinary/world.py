"""A pretend Akeneo, a pretend Cloudinary and a service of ours between them, as often as a test wants a new one."""

import asyncio
import functools
import json
import ssl
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from proxy.demo.catalogue.model import Asset, AssetFamily, Attribute, Channel, DemoCatalogue, Product
from proxy.demo.cloudinary.model import CloudAsset
from proxy.demo.cloudinary.server import DemoCloudinary
from proxy.demo.pim import DemoPim
from proxy.metrics import Metrics
from proxy.sync.cloudinary.cloudinary import Cloudinary
from proxy.sync.service import Service
from proxy.sync.settings.settings import SyncConfiguration

ASSET_ID = "3f9c0a7be1d24c58b6a1e07d92f4c811"
CODE = f"PROD001__{ASSET_ID}"
READY = {"status": "requires_link", "sku": "PROD001", "family": "packshots", "attribute": "link_packshot"}
FAMILY = "/api/rest/v1/asset-families/packshots"
DEFINITION = f"GET {FAMILY}/attributes/link_packshot"
PATCH, DELETE = f"PATCH {FAMILY}/assets/{CODE}", f"DELETE {FAMILY}/assets/{CODE}"
DETAILS, WRITE, SEARCH = f"GET /resources/{ASSET_ID}", "POST /image/metadata", "POST /resources/search"

_context = functools.cache(ssl.create_default_context)


@dataclass
class World:
    pim: DemoPim
    cloud: DemoCloudinary
    directory: Path
    settings: dict[str, Any]
    offset: float = 0.0
    naps: list[float] = field(default_factory=list)

    def now(self) -> float:
        return time.time() + self.offset

    def clock(self) -> float:
        return time.monotonic() + self.offset

    async def nap(self, seconds: float) -> None:
        """Takes no time; but a heartbeat would never end then."""
        self.naps.append(seconds)
        self.offset += seconds
        await asyncio.sleep(0 if seconds != 30 else 3600)

    @property
    def configuration(self) -> SyncConfiguration:
        return SyncConfiguration.model_validate(
            {
                "akeneo": {
                    "url": self.pim.url,
                    "client_id": self.pim.credentials.client_id,
                    "secret": self.pim.credentials.secret,
                    "username": self.pim.credentials.username,
                    "password": self.pim.credentials.password,
                },
                "state": self.directory / "sync.sqlite3",
                "cloudinary": {
                    "cloud_name": "acme",
                    "api_key": self.cloud.api_key,
                    "api_secret": self.cloud.api_secret,
                    "base_url": self.cloud.url,
                    **self.settings,
                },
            }
        )

    @asynccontextmanager
    async def service(self) -> AsyncIterator[Service]:
        async with Service(self.configuration, Metrics(), now=self.now, clock=self.clock, sleep=self.nap) as service:
            yield service

    @asynccontextmanager
    async def cloudinary(self) -> AsyncIterator[Cloudinary]:
        """A new process, as far as one can tell."""
        async with self.service() as service:
            yield Cloudinary.of(service)

    def later(self, seconds: float = 300.0) -> None:
        """The leases of the dead have run out."""
        self.offset += seconds

    # -- what they hold --

    def shoe(self, **metadata: object) -> CloudAsset:
        return self.cloud.add_asset("shoes/runner", asset_id=ASSET_ID, metadata={**READY, **metadata})

    @property
    def family(self) -> AssetFamily:
        return self.pim.catalogue.asset_families["packshots"]

    @property
    def links(self) -> dict[str, object]:
        """What the assets of the PIM hold, by their codes."""
        return {code: data_in(asset) for code, asset in self.family.assets.items()}

    def status(self, asset: CloudAsset) -> object:
        return self.cloud.assets[asset.asset_id].metadata.get("akeneo_status")

    # -- what they were asked --

    @property
    def pim_calls(self) -> list[str]:
        return [f"{call.method} {call.path}" for call in self.pim.calls if "/oauth/" not in call.path]

    @property
    def cloud_calls(self) -> list[str]:
        return [f"{call.method} {call.path.removeprefix('/v1_1/acme')}" for call in self.cloud.calls]

    def sent(self, number: int = -1) -> Any:
        """The body of a PATCH."""
        return json.loads([call for call in self.pim.calls if call.method == "PATCH"][number].body)

    def reset(self) -> None:
        self.pim.reset()
        self.cloud.reset()


def data_in(asset: Asset) -> object:
    return next((value.data for value in asset.values.get("link_packshot", [])), None)


def catalogue() -> DemoCatalogue:
    shop = DemoCatalogue()
    shop.add_channels(Channel("ecommerce", ["en_US", "fr_FR"]))
    shop.add_attributes(Attribute("sku", "pim_catalog_identifier"), Attribute("brand", "pim_catalog_simpleselect"))
    shop.add_attributes(Attribute("name", "pim_catalog_text", localizable=True))
    attributes = [
        Attribute("link_packshot", "media_link"),
        Attribute("link_short", "media_link", prefix="https://res.cloudinary.com/acme/", suffix=".jpg"),
        Attribute("link_elsewhere", "media_link", prefix="https://elsewhere.example.com/"),
        Attribute("link_locale", "media_link", localizable=True),
        Attribute("link_channel", "media_link", scopable=True),
        Attribute("product_ref", "text"),
    ]
    shop.add_asset_families(AssetFamily("packshots", attributes, "link_packshot"))
    shop.add_asset_families(AssetFamily("moods", attributes, "link_packshot"))
    product = Product("PROD001", "shoes")
    product.set("name", "Runner", "en_US")
    product.set("brand", "acme")
    shop.add_products(product)
    return shop


@asynccontextmanager
async def world(*, cloud: dict[str, Any] | None = None, **settings: Any) -> AsyncIterator[World]:
    """`settings` are those of Cloudinary's part."""
    with tempfile.TemporaryDirectory() as directory, patch("ssl.create_default_context", _context):
        async with DemoPim(catalogue=catalogue()) as pim, DemoCloudinary(**cloud or {}) as demo:
            yield World(pim, demo, Path(directory), settings)
