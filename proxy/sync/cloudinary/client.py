"""The calls to Cloudinary: the Admin API with its limit by the hour, the Upload API with signed forms."""

import base64
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

from proxy.akeneo.reply import timestamp
from proxy.sync.calls import DamCall, DamCalls
from proxy.sync.cloudinary.assets import SYSTEM, CloudAsset, read_asset
from proxy.sync.cloudinary.codes import check_asset_id
from proxy.sync.cloudinary.metadata_text import Value, metadata_text
from proxy.sync.cloudinary.signatures import form_signature
from proxy.sync.dam_answers import Answer
from proxy.sync.outcomes import DataError, Reason, TransientError
from proxy.sync.service import Service
from proxy.sync.settings.cloudinary import CloudinarySettings

PAGE = 500  # of a search, at most
WITHIN_SECOND = 0.999
NOT_FOUND, CONFLICT = 404, 409
EVENT_TYPE = "resource_metadata_changed"


class CloudinaryClient:
    """All raise the errors of `proxy.sync.outcomes`."""

    def __init__(self, service: Service, settings: CloudinarySettings) -> None:
        self.now = service.now
        self.key = settings.api_key
        self.secret = settings.api_secret.get_secret_value()
        self.algorithm = settings.signature_algorithm
        basic = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        base = f"{settings.base_url.rstrip('/')}/v1_1/{settings.cloud_name}"

        def calls(authorization: str = "") -> DamCalls:
            return DamCalls(
                SYSTEM,
                base,
                service.metrics,
                said=said,
                authorization=authorization,
                secrets=(self.secret,),
                timeout_seconds=settings.timeout_seconds,
                sleep=service.sleep,
                clock=service.clock,
            )

        self.admin = calls(f"Basic {basic}")
        self.upload = calls()  # its forms are signed, and its pauses are its own

    async def close(self) -> None:
        await self.admin.close()
        await self.upload.close()

    # -- assets --

    async def asset(self, asset_id: str) -> CloudAsset:
        """As it is now. Raises DataError(ASSET_GONE)."""
        check_asset_id(asset_id)
        answer = await self.get("asset", f"/resources/{asset_id}")
        if answer.status == NOT_FOUND:
            raise DataError(Reason.ASSET_GONE, asset_id, "an asset that Cloudinary has")
        asset = read_asset(answer.document) or await self.asset_by_search(asset_id)
        return replace(asset, read_at=time_of(answer))

    async def asset_by_search(self, asset_id: str) -> CloudAsset:
        """Where the details leave the metadata out."""
        async for asset in self.search(f'asset_id="{asset_id}"', 1):
            return asset
        raise TransientError(asset_id, "to be found by a search")

    async def search(self, expression: str, most: int) -> AsyncIterator[CloudAsset]:
        """At most so many; the index is late by some seconds."""
        cursor = None
        while most > 0:
            asked: dict[str, Any] = {"expression": expression, "max_results": min(PAGE, most)}
            asked |= {"with_field": ["metadata"], "sort_by": [{"created_at": "asc"}]}
            if cursor:
                asked["next_cursor"] = cursor
            answer = await self.admin.ask(DamCall("search", "/resources/search", "POST", json=asked))
            document = mapping(answer, "search")
            for one in listed(document, "resources", "search")[:most]:
                yield read_asset(one) or without_metadata(one)
                most -= 1
            cursor = document.get("next_cursor")
            if not cursor:
                return

    async def write(self, asset: CloudAsset, values: Mapping[str, Value], *, repeatable: bool = True) -> None:
        """Only the named fields change. It goes to the public id that was just read, which a rename may change. Raises
        DataError(REFUSED) for an option or a field that does not exist.
        """
        form: dict[str, str | list[str]] = {
            "metadata": metadata_text(values),
            "public_ids": [asset.public_id],
            "timestamp": str(int(self.now())),
        }
        if asset.type != "upload":
            form["type"] = asset.type
        signature = form_signature(form, self.secret, self.algorithm)
        form["public_ids[]"] = form.pop("public_ids")
        form |= {"api_key": self.key, "signature": signature}
        path = f"/{asset.resource_type}/metadata"
        await self.upload.ask(DamCall("metadata", path, "POST", form=form, repeatable=repeatable))

    # -- the account --

    async def field(self, external_id: str) -> dict[str, Any] | None:
        """The definition of a metadata field."""
        answer = await self.get("field", f"/metadata_fields/{external_id}")
        return None if answer.status == NOT_FOUND else mapping(answer, external_id)

    async def triggers(self) -> list[tuple[str, str]]:
        """Address and type of event of each."""
        document = mapping(await self.get("triggers", "/triggers"), "triggers")
        triggers = [one for one in listed(document, "triggers", "triggers") if isinstance(one, dict)]
        return [(str(one.get("uri")), str(one.get("event_type"))) for one in triggers]

    async def add_trigger(self, uri: str) -> None:
        """Whoever has added the same meanwhile is no harm."""
        asked = {"uri": uri, "event_type": EVENT_TYPE}
        accepted = frozenset({CONFLICT})
        await self.admin.ask(DamCall("trigger", "/triggers", "POST", json=asked, accepted=accepted))

    async def get(self, label: str, path: str) -> Answer:
        return await self.admin.ask(DamCall(label, path, accepted=frozenset({NOT_FOUND})))


def time_of(answer: Answer) -> float | None:
    """The last moment of the second that it was given in, by the server's clock."""
    date = timestamp(answer.headers.get("date", ""))
    return None if date is None else date + WITHIN_SECOND


def said(document: Any) -> str:
    error = document.get("error") if isinstance(document, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    return message if isinstance(message, str) else json.dumps(document)


def mapping(answer: Answer, label: str) -> dict[str, Any]:
    if not isinstance(answer.document, dict):
        raise TransientError(label, "a JSON object")
    return answer.document


def listed(document: dict[str, Any], name: str, label: str) -> list[Any]:
    found = document.get(name)
    if not isinstance(found, list):
        raise TransientError(label, f"a list of {name}")
    return found


def without_metadata(document: Any) -> CloudAsset:
    """A search leaves `metadata` out where an asset has none."""
    asset = read_asset({**document, "metadata": {}})
    assert asset is not None
    return asset
