"""Akeneo's two kinds of webhooks, as the pretend Akeneo sends them: changes of its catalogue as signed events."""

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp

from proxy.demo.catalogue.documents import Writer
from proxy.demo.pim import DemoPim

Document = dict[str, Any]


@dataclass(frozen=True)
class Signed:
    """A request ready to be sent."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Webhooks:
    """To `url`. `previous_secret` is there while the secret is changed; only the Event Platform knows of it."""

    pim: DemoPim
    url: str
    secret: str
    previous_secret: str | None = None
    signed: list[Signed] = field(default_factory=list)

    # -- the Event Platform: one event a request, ids without values --

    async def asset(self, family: str, code: str, action: str = "updated", **changes: list[Document]) -> int:
        """The status of the answer, as all others. `changes` are those of a delta, by attribute."""
        asset: Document = {"code": code, "asset_family": {"code": family}}
        if changes:
            asset["changes"] = {"values": changes}
        return await self.platform(f"asset.{action}", {"asset": asset})

    async def record(self, entity: str, code: str, action: str = "updated") -> int:
        record = {"code": code, "reference_entity": {"code": entity}}
        return await self.platform(f"reference-entity-record.{action}", {"reference_entity_record": record})

    async def product(self, identifier: str, action: str = "updated") -> int:
        return await self.platform(f"product.{action}", {"product": {"uuid": self.uuid_of(identifier)}})

    async def model(self, code: str, action: str = "updated") -> int:
        return await self.platform(f"product-model.{action}", {"product_model": {"code": code}})

    async def platform(self, type: str, data: Document, event_id: str = "", at: datetime | None = None) -> int:
        return await self.send(self.platform_signed(platform_event(type, data, event_id, at)))

    def platform_signed(self, event: object) -> Signed:
        body = json.dumps(event).encode()
        headers = {
            "X-AKENEO-SIGNATURE-PRIMARY": hex_of(self.secret, body),
            "X-AKENEO-SIGNATURE-ALGORITHM": "HmacSHA256",
        }
        if self.previous_secret is not None:
            headers["X-AKENEO-SIGNATURE-SECONDARY"] = hex_of(self.previous_secret, body)
        return Signed(headers, body)

    # -- the Events API: several events a request, whole products --

    async def api_product(self, identifier: str, action: str = "updated") -> int:
        return await self.events_api(self.product_event(identifier, action))

    async def events_api(self, *events: Document) -> int:
        return await self.send(self.api_signed({"events": events}))

    def product_event(self, identifier: str, action: str = "updated") -> Document:
        product = self.pim.catalogue.products.get(identifier)
        removed = action == "removed" or product is None
        resource = {"identifier": identifier, "uuid": self.uuid_of(identifier)}
        return api_event(f"product.{action}", resource if removed or product is None else self.writer.product(product))

    def api_signed(self, document: object, timestamp: float | None = None) -> Signed:
        body, moment = json.dumps(document).encode(), str(int(timestamp or time.time()))
        signature = hex_of(self.secret, f"{moment}.".encode() + body)
        return Signed({"X-Akeneo-Request-Signature": signature, "X-Akeneo-Request-Timestamp": moment}, body)

    # -- sending --

    async def send(self, signed: Signed) -> int:
        self.signed.append(signed)
        headers = {"Content-Type": "application/json", **signed.headers}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=signed.body, headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status

    async def again(self) -> int:
        """What was sent last, since a sender may not know that it came."""
        return await self.send(self.signed.pop())

    @property
    def writer(self) -> Writer:
        files = {(file.family, file.code): file for file in self.pim.files}
        return Writer(
            self.pim.catalogue, saas=True, link_base=lambda: self.pim.url, find_file=lambda *key: files.get(key)
        )

    def uuid_of(self, identifier: str) -> str:
        product = self.pim.catalogue.products.get(identifier)
        return product.uuid if product else str(uuid.uuid5(uuid.NAMESPACE_OID, identifier))


def platform_event(type: str, data: Document, event_id: str = "", at: datetime | None = None) -> Document:
    return {
        "specversion": "1.0",
        "id": event_id or str(uuid.uuid4()),
        "source": "pim",
        "type": f"com.akeneo.pim.v1.{type}",
        "subject": "0192c8a5-0000-7000-8000-000000000000",
        "time": (at or datetime.now(UTC)).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {**data, "author": {"identifier": "julia", "type": "user"}},
    }


def api_event(action: str, resource: Document, at: datetime | None = None) -> Document:
    return {
        "action": action,
        "event_id": str(uuid.uuid4()),
        "event_datetime": (at or datetime.now(UTC)).isoformat(timespec="seconds"),
        "author": "julia",
        "author_type": "ui",
        "pim_source": "pim",
        "data": {"resource": resource},
    }


def hex_of(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
