"""A pretend Cloudinary on a port of its own: Admin and Upload API, webhooks, and a person who edits."""

import asyncio
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal

from aiohttp import web

from proxy.demo.answers import Answer, html_answer, json_answer
from proxy.demo.calls import Call
from proxy.demo.cloudinary.api import CloudApi
from proxy.demo.cloudinary.index import Index
from proxy.demo.cloudinary.metadata import Refused
from proxy.demo.cloudinary.model import CloudAsset, MetadataField, Trigger, asset_id_for, sync_fields
from proxy.demo.cloudinary.routes import ADMIN, CloudTarget, Kind, find_target
from proxy.demo.cloudinary.signing import check_form, fields_of
from proxy.demo.cloudinary.webhooks import Change, Notification, Webhooks
from proxy.demo.forms import read_form
from proxy.demo.server import DemoServer

PICTURES = "https://res.cloudinary.com"
SHORT_NAMES = {"status", "sku", "family", "attribute", "asset_code"}


def error(status: int, message: str) -> Answer:
    return json_answer(status, {"error": {"message": message}})


class DemoCloudinary(DemoServer):
    """Start it, call `url`, read `calls` and `webhooks`; assets, fields and triggers may be changed at any time.

    `calls_allowed` is the budget of the Admin API; `index_lag` in calls; `picture_base` begins each `secure_url`
    (None: this server, which then serves the pictures that have content); `delivers` sends webhooks as they come.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        cloud_name: str = "acme",
        api_key: str = "847100000000001",
        api_secret: str = "abcd",  # noqa: S107
        algorithm: Literal["sha1", "sha256"] = "sha1",
        shape: Literal["map", "list"] = "map",
        index_lag: int = 0,
        calls_allowed: int | None = None,
        limit_status: int = 420,
        picture_base: str | None = PICTURES,
        delivers: bool = False,
        fields: Iterable[MetadataField] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(port, words=error)
        self.cloud_name, self.api_key, self.api_secret, self.algorithm = cloud_name, api_key, api_secret, algorithm
        self.calls_allowed, self.limit_status = calls_allowed, limit_status
        self.picture_base, self.delivers, self.clock = picture_base, delivers, clock
        self.webhooks = Webhooks(api_key, api_secret, algorithm, shape, clock)
        self.index = Index(lambda: self._served, index_lag)
        self._api = CloudApi(self.index, self._note)
        self._api.fields = sync_fields() if fields is None else {one.external_id: one for one in fields}
        self._served = self._admin_calls = 0
        self._deliveries: set[asyncio.Task[object]] = set()

    async def close(self) -> None:
        for task in self._deliveries:
            task.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)
        await super().close()

    # -- what it holds --

    @property
    def assets(self) -> dict[str, CloudAsset]:
        """By asset id."""
        return self._api.assets

    @property
    def fields(self) -> dict[str, MetadataField]:
        """By external id."""
        return self._api.fields

    @property
    def triggers(self) -> list[Trigger]:
        return self._api.triggers

    def details_without_metadata(self) -> None:
        """From now on asset details leave it out, and only a search tells it."""
        self._api.details_have_metadata = False

    def add_asset(
        self,
        public_id: str,
        *,
        asset_id: str | None = None,
        metadata: Mapping[str, object] | None = None,
        content: bytes | None = None,
        resource_type: str = "image",
        type: str = "upload",
        format: str = "jpg",
        version: int = 1771,
    ) -> CloudAsset:
        """Found by searches at once, and without a webhook. `metadata` may have the short names of `user_sets`."""
        base = self.url if self.picture_base is None else self.picture_base
        url = f"{base}/{self.cloud_name}/{resource_type}/{type}/v{version}/{public_id}.{format}"
        asset = CloudAsset(asset_id or asset_id_for(public_id), public_id, url, resource_type, type, format, version)
        asset.metadata = {name: value for name, value in spelled_out(metadata or {}).items() if value is not None}
        asset.content = content
        self.assets[asset.asset_id] = asset
        self.index.add(asset)
        return asset

    # -- what people do --

    def user_sets(self, asset: CloudAsset, **changes: object) -> Notification | None:
        """A person edits metadata: `user_sets(shoe, status="requires_link", sku="PROD001")`; None clears a field.

        Any external id will do as a name; `status`, `sku`, `family`, `attribute` and `asset_code` stand for
        `akeneo_...`. Returns the notification, None when nothing changed.
        """
        count = len(self.webhooks.notifications)
        self._api.change([asset], spelled_out(changes), "UI")
        return self.webhooks.notifications[-1] if len(self.webhooks.notifications) > count else None

    def rename(self, asset: CloudAsset, public_id: str) -> None:
        """Its URL changes with it, its asset id does not."""
        asset.secure_url = asset.secure_url.replace(f"/{asset.public_id}.", f"/{public_id}.")
        asset.public_id = public_id
        self.index.note(asset)

    def remove(self, asset: CloudAsset) -> None:
        del self.assets[asset.asset_id]
        self.index.forget(asset)

    async def deliver(
        self, to: str | None = None, notifications: Sequence[Notification] | None = None
    ) -> list[int | None]:
        """One attempt for every pending notification, or for the given ones, in their order and even once more.

        Goes to `to`, else to every registered trigger; returns the statuses, None where no answer came.
        """
        uris = [to] if to else list(dict.fromkeys(one.uri for one in self.triggers))
        return await self.webhooks.deliver(uris, notifications)

    def lift_limit(self) -> None:
        """A new hour begins."""
        self._admin_calls = 0

    def _note(self, changes: list[Change], source: str) -> None:
        notification = self.webhooks.note(changes, source)
        if self.delivers:
            task: asyncio.Task[object] = asyncio.ensure_future(self.deliver(notifications=[notification]))
            self._deliveries.add(task)
            task.add_done_callback(self._deliveries.discard)

    # -- answering --

    def _target(self, request: web.BaseRequest) -> CloudTarget:
        return find_target(request.method, request.path)

    def _answer(self, request: web.BaseRequest, call: Call) -> Answer:
        self._served += 1
        return super()._answer(request, call)

    def _honest_answer(self, request: web.BaseRequest, call: Call) -> Answer:
        target = call.target
        assert isinstance(target, CloudTarget)
        try:
            if target.kind is Kind.UPDATE_METADATA:
                return self._upload_api(target, call)
            if target.kind in ADMIN:
                return self._admin_api(target, call)
            return self._picture(target)
        except Refused as refused:
            return error(refused.status, refused.message)

    def _upload_api(self, target: CloudTarget, call: Call) -> Answer:
        form = read_form(call.headers.get("Content-Type", ""), call.body)
        if form is None or target.names["cloud"] != self.cloud_name:
            raise Refused(401, "Invalid cloud_name or no form")
        fields = fields_of(form)
        check_form(fields, self.api_key, self.api_secret, self.algorithm, self.clock())
        return self._api.update_metadata(target.code or "", fields)

    def _admin_api(self, target: CloudTarget, call: Call) -> Answer:
        basic = b64encode(f"{self.api_key}:{self.api_secret}".encode()).decode()
        if call.headers.get("Authorization") != f"Basic {basic}" or target.names["cloud"] != self.cloud_name:
            return html_answer(401, "401 Unauthorized").with_headers({"WWW-Authenticate": 'Basic realm="Cloudinary"'})
        self._admin_calls += 1
        if self.calls_allowed is not None and self._admin_calls > self.calls_allowed:
            return self._budget(error(self.limit_status, "Rate Limit Exceeded. Try again later"))
        try:
            return self._budget(self._api.answer(target, call.body))
        except Refused as refused:
            return self._budget(error(refused.status, refused.message))

    def _budget(self, answer: Answer) -> Answer:
        limit = 500 if self.calls_allowed is None else self.calls_allowed
        hour = datetime.fromtimestamp(self.clock(), UTC).replace(minute=0, second=0, microsecond=0)
        return answer.with_headers(
            {
                "X-FeatureRateLimit-Limit": str(limit),
                "X-FeatureRateLimit-Remaining": str(max(0, limit - self._admin_calls)),
                "X-FeatureRateLimit-Reset": format_datetime(hour + timedelta(hours=1), usegmt=True),
            }
        )

    def _picture(self, target: CloudTarget) -> Answer:
        for asset in self.assets.values():
            if asset.public_id == target.code and asset.content is not None:
                kind = {"jpg": "jpeg"}.get(asset.format, asset.format)
                return Answer(200, {"Content-Type": f"image/{kind}"}, asset.content, sized=True)
        raise Refused(404, "Not found")


def spelled_out(changes: Mapping[str, object]) -> dict[str, object]:
    return {f"akeneo_{name}" if name in SHORT_NAMES else name: value for name, value in changes.items()}
