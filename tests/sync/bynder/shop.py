"""A shop between the two stand-ins: Bynder on one side, Akeneo on the other, and a clock that is moved by hand."""

from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from proxy.demo.bynder.model import Media
from proxy.demo.bynder.routes import Kind
from proxy.demo.bynder.server import DemoBynder
from proxy.demo.calls import Call
from proxy.demo.catalogue.model import Attribute, Channel, DemoCatalogue, Model, Product
from proxy.demo.pim import DemoPim
from proxy.metrics import Metrics
from proxy.sync.bynder.enriching import update_mapped_properties
from proxy.sync.bynder.identifying import update_properties
from proxy.sync.bynder.importing import import_assets
from proxy.sync.running import Ended
from proxy.sync.service import Service
from proxy.sync.settings.settings import SyncConfiguration
from proxy.sync.state.rows import Link

PICTURE = b"\x89PNG\r\n\x1a\n" + b"picture " * 40
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
COMMANDS = {
    "import-assets": import_assets,
    "update-properties": update_properties,
    "update-mapped-properties": update_mapped_properties,
}
WRITING = {"PATCH", "POST", "PUT", "DELETE"}


def settings_for(bynder: DemoBynder, pim: DemoPim, state: Path, zone: str = "UTC", **more: Any) -> SyncConfiguration:
    credentials = {"host": f"127.0.0.1:{bynder.port}", "permanent_token": bynder.token, "plain_http": True}
    mappings = {
        "credentials": {"bynder": credentials},
        "metaproperty_mappings": {
            "sku": "product_identifier",
            "product_model_code": "product_model",
            "asset_type": "asset_type",
        },
        "asset_type_metaproperty_options_mappings": {
            "packshot_image": "packshot",
            "application_image_1": "application",
        },
        "sortable_asset_type_metaproperty_mappings": {"application_image_1": "sort_order"},
        "requests_per_second": 15,
        "timeout_seconds": 60,
    }
    akeneo = {"url": pim.url, "access_token": "app", "read_timeout_seconds": 60, "pim_timezone": zone}
    return SyncConfiguration.model_validate({"akeneo": akeneo, "state": state, "bynder": {**mappings, **more}})


def catalogue() -> DemoCatalogue:
    """Three products, one of them a variant, and its model; each slot empty."""
    found = DemoCatalogue()
    found.add_channels(Channel("ecommerce", ["en_US", "fr_FR"]))
    images = ["packshot_image", *(f"application_image_{number}" for number in range(1, 5))]
    found.add_attributes(
        Attribute("sku", "pim_catalog_identifier"),
        *(Attribute(code, "pim_catalog_image") for code in images),
        Attribute("packshot_id", "pim_catalog_text"),
        Attribute("name", "pim_catalog_text", localizable=True),
        Attribute("brand", "pim_catalog_text"),
        Attribute("season", "pim_catalog_simpleselect"),
        Attribute("label", "pim_catalog_text", scopable=True),
    )
    found.add_products(Product("RUN-01"), Product("RUN-02"), Product("RUN/03", parent="RUN"))
    found.add_models(Model("RUN", "shoes"))
    return found


@dataclass
class Shop:
    bynder: DemoBynder
    pim: DemoPim
    state_path: Path
    more: dict[str, Any] = field(default_factory=dict)
    at: datetime = START
    moves: bool = True
    zone: str = "UTC"

    def now(self) -> datetime:
        """A second passes with each look, as no two changes of Bynder happen at once."""
        if self.moves:
            self.at += timedelta(seconds=1)
        return self.at

    def timestamp(self) -> float:
        return self.at.timestamp()

    def passes(self, **time: float) -> None:
        self.at += timedelta(**time)

    # -- people --

    def asset(self, name: str = "Runner side", content: bytes = PICTURE, **more: Any) -> Media:
        given = {"product_identifier": ["RUN-01"], "asset_type": ["packshot"], "extension": "png"} | more
        return self.bynder.add_media(name, content, **given)

    def product(self, code: str = "RUN-01") -> Product:
        return self.pim.catalogue.products[code]

    def held(self, attribute: str, code: str = "RUN-01") -> str | None:
        return next((str(value.data) for value in self.product(code).values.get(attribute, [])), None)

    def change(self, code: str, attribute: str, data: object, locale: str | None = None) -> None:
        """A person edits a product in the PIM."""
        self.product(code).set(attribute, data, locale, at=self.now())

    # -- runs --

    @asynccontextmanager
    async def service(self, **changed: Any) -> AsyncIterator[Service]:
        chosen = settings_for(self.bynder, self.pim, self.state_path, self.zone, **{**self.more, **changed})
        async with Service(chosen, Metrics(), now=self.timestamp) as service:
            yield service

    async def run(
        self, command: str = "import-assets", *, minutes: int = 60, dry_run: bool = False, **changed: Any
    ) -> Ended:
        """A process of its own, as cron would start it."""
        credential = changed.pop("credential", "bynder")
        options = Namespace(max_updated_time_in_minutes=minutes, credential_code=credential, dry_run=dry_run)
        work: Callable[..., Any] = COMMANDS[command]
        async with self.service(**changed) as service:

            async def working(tally: Any) -> None:
                await work(service, options, tally)

            name = f"bynder {command}" + (" (dry run)" if dry_run else "")
            return await service.runner.run(name, credential, working)

    async def links(self) -> list[Link]:
        async with self.service() as service:
            return await service.state.links("bynder")

    async def reasons(self) -> list[str]:
        """Of all attempts so far, outcome and reason."""
        async with self.service() as service:
            attempts = await service.state.attempts_since(0)
        return [" ".join(filter(None, (one.result.outcome, one.result.reason))) for one in attempts if one.result]

    # -- the ledgers --

    def forget(self) -> None:
        for server in (self.bynder, self.bynder.files, self.pim):
            server.reset()

    @property
    def writes(self) -> list[str]:
        return [f"{call.method} {call.path}" for call in self.calls if call.method in WRITING]

    @property
    def calls(self) -> list[Call]:
        return [*self.bynder.calls, *self.bynder.files.calls, *self.pim.calls]

    def count(self, kind: Kind) -> int:
        return len([call for call in self.bynder.calls if call.kind is kind])


@asynccontextmanager
async def shop_in(folder: Path, **more: Any) -> AsyncIterator[Shop]:
    bynder = DemoBynder(**more.pop("bynder_options", {}))
    async with bynder, DemoPim(app_token="app", catalogue=catalogue(), max_concurrency=4) as pim:
        shop = Shop(bynder, pim, folder / "state" / "sync.sqlite3", more)
        bynder.now = pim.catalogue.now = shop.now
        yield shop
