"""The stand-ins of `media-proxy demo --sync`: Akeneo, Cloudinary and Bynder with a picture each, and their settings."""

import json
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

from proxy.demo.bynder.model import Media
from proxy.demo.bynder.server import DemoBynder
from proxy.demo.catalogue.model import AssetFamily, Attribute, Product
from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.cloudinary.model import CloudAsset
from proxy.demo.cloudinary.server import DemoCloudinary
from proxy.demo.pictures import sample, sample_files
from proxy.demo.pim import DemoPim

SKU, FAMILY, LINK, IMAGE = "MUG01", "shelf", "cloudinary_link", "picture"
TYPE = "packshot"


class Stage:
    """Bynder's asset belongs to no product, and Cloudinary's has no status, until a visitor wants it."""

    def __init__(self) -> None:
        catalogue = sample_catalogue()
        catalogue.add_asset_families(AssetFamily(FAMILY, [Attribute(LINK, "media_link", media_type="image")], LINK))
        catalogue.add_products(Product(SKU, "cups"))
        self.pim = DemoPim(sample_files(), catalogue=catalogue)
        self.cloudinary = DemoCloudinary(picture_base=None, delivers=True)
        self.bynder = DemoBynder()
        self.stack = AsyncExitStack()
        self.linked: CloudAsset
        self.uploaded: Media

    async def __aenter__(self) -> Self:
        for server in (self.pim, self.cloudinary, self.bynder):
            await self.stack.enter_async_context(server)
        about = {"sku": SKU, "family": FAMILY, "attribute": LINK}
        coffee, cat = sample("coffee").content, sample("chelsea").content
        self.linked = self.cloudinary.add_asset("shelf/coffee", format="png", content=coffee, metadata=about)
        self.uploaded = self.bynder.add_media("Chelsea", cat, extension="png", asset_type=[TYPE])
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, where: TracebackType | None) -> None:
        await self.stack.aclose()

    # -- what a visitor sees and does --

    @property
    def status(self) -> str:
        return str(self.linked.metadata.get("akeneo_status") or "")

    @property
    def link(self) -> str:
        """What Akeneo has of it: the code of the asset and its URL."""
        assets = self.pim.catalogue.asset_families[FAMILY].assets.values()
        return next((f"{one.code}: {value.data}" for one in assets for value in one.values.get(LINK, [])), "")

    @property
    def media_code(self) -> str:
        """Of the picture that the product has."""
        return next((str(value.data or "") for value in self.product.values.get(IMAGE, [])), "")

    @property
    def product(self) -> Product:
        return self.pim.catalogue.products[SKU]

    def set_status(self, status: str) -> None:
        self.cloudinary.user_sets(self.linked, status=status)

    def give_to_product(self) -> None:
        self.bynder.user_sets(self.uploaded, product_identifier=[SKU])

    # -- settings --

    def settings(self, state: str, proxy_url: str) -> str:
        """The YAML file of a sync with them; JSON is YAML."""
        credentials = self.pim.credentials
        connection: dict[str, Any] = {"url": self.pim.url, "client_id": credentials.client_id}
        connection |= {name: getattr(credentials, name) for name in ("secret", "username", "password")}
        cloudinary = {
            "cloud_name": self.cloudinary.cloud_name,
            "api_key": self.cloudinary.api_key,
            "api_secret": self.cloudinary.api_secret,
            "base_url": self.cloudinary.url,
            "webhook": {"register_url": proxy_url},
        }
        host = self.bynder.url.removeprefix("http://")
        bynder = {
            "credentials": {"bynder": {"host": host, "permanent_token": self.bynder.token, "plain_http": True}},
            "metaproperty_mappings": {"sku": "product_identifier", "asset_type": "asset_type"},
            "asset_type_metaproperty_options_mappings": {IMAGE: TYPE},
            "schedule": {"import_assets_minutes": 1},
        }
        settings = {"akeneo": connection, "state": state, "cloudinary": cloudinary, "bynder": bynder}
        return json.dumps({**settings, "schedule": {"stop_seconds": 1}}, indent=2)
