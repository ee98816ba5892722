"""What a sync writes into the PIM. Nothing here creates a product or a model."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from proxy.akeneo.calls import Call
from proxy.akeneo.client import AkeneoClient
from proxy.akeneo.reply import Reply
from proxy.catalogue.values import API_ROOT
from proxy.deadline import Deadline
from proxy.errors import MediaForbidden, NotFound, OriginBroken
from proxy.sync.akeneo.entries import PimEntry
from proxy.sync.akeneo.faults import Declined, translated, write_refusal
from proxy.sync.akeneo.multipart import Form
from proxy.sync.akeneo.paths import path_below, path_of_entry
from proxy.sync.outcomes import DataError, Reason
from proxy.sync.state.rows import Kind

CREATED, DONE = 201, 204
WRITE_SECONDS = 120.0  # with its tries
UPLOAD_SECONDS = 900.0
ENDS_AT = {Kind.PRODUCT: ("product", "identifier"), Kind.PRODUCT_MODEL: ("product_model", "code")}
MEDIA = f"{API_ROOT}media-files"


class PimWrites:
    """All raise TransientError, ConfigurationError and DataError (REFUSED with Akeneo's own words, TOO_LARGE)."""

    def __init__(self, client: AkeneoClient) -> None:
        self.client = client

    async def patch_asset(self, family: str, code: str, values: Mapping[str, list[dict[str, Any]]]) -> bool:
        """True if it was created, False if it was there. Raises DataError(UNKNOWN_FAMILY) for a 404."""
        path = path_below("asset-families", family, "assets", code)
        call = self.changing("patch-asset", path, {"code": code, "values": values})
        try:
            return await self.done(call, code) == CREATED
        except NotFound:
            raise DataError(Reason.UNKNOWN_FAMILY, family, "the code of an asset family") from None

    async def delete_asset(self, family: str, code: str) -> bool:
        """False for a 404, which may mean the family (`PimReads.asset_family` tells)."""
        path = path_below("asset-families", family, "assets", code)
        call = Call("delete-asset", path, write_refusal, verb="DELETE", accepted=frozenset({200, DONE}))
        try:
            await self.done(call, code)
        except NotFound:
            return False
        return True

    async def patch_value(
        self, entry: PimEntry, attribute: str, data: Any, locale: str | None = None, scope: str | None = None
    ) -> None:
        """One value of a product or model that was read a moment ago; None as `data` empties it. With limited rights it
        becomes a draft: read the entry again and ask `drafts.is_draft`.
        """
        value = {"locale": locale, "scope": scope, "data": data}
        path = path_of_entry(entry.kind, entry.code)
        call = self.changing(f"patch-{entry.kind}", path, {"values": {attribute: [value]}})
        try:
            await self.done(call, entry.code)
        except NotFound:
            raise DataError(Reason.UNKNOWN_PRODUCT, entry.code, "a product or a model that exists") from None

    async def upload(
        self,
        entry: PimEntry,
        attribute: str,
        file: Path,
        name: str,
        *,
        locale: str | None = None,
        scope: str | None = None,
    ) -> str:
        """The new media code of the file, stored and linked under that name. Never repeated after a cut: then
        TransientError(maybe_applied=True), and whoever comes next looks at the slot first.
        """
        field, key = ENDS_AT[entry.kind]
        target = {key: entry.code, "attribute": attribute, "scope": scope, "locale": locale}
        form = Form(field, target, file, name)
        call = Call(
            "upload",
            MEDIA,
            write_refusal,
            form,
            accepted=frozenset({CREATED}),
            content_type=form.content_type,
            repeatable=False,
        )
        with translated(f"{entry.code} {attribute}"):
            try:
                return await self.client.call(call, code_of, self.deadline(UPLOAD_SECONDS))
            except (Declined, MediaForbidden):
                raise
            except NotFound:
                raise DataError(Reason.UNKNOWN_PRODUCT, entry.code, "a product or a model that exists") from None

    def changing(self, label: str, path: str, body: Mapping[str, Any]) -> Call:
        accepted = frozenset({200, CREATED, DONE})
        return Call(label, path, write_refusal, json.dumps(body).encode(), verb="PATCH", accepted=accepted)

    async def done(self, call: Call, part: str) -> int:
        """The status. NotFound is left to the caller, who knows what was not found."""
        with translated(part):
            return await self.client.call(call, status_of, self.deadline(WRITE_SECONDS))

    def deadline(self, seconds: float) -> Deadline:
        return Deadline.after(seconds, self.client.clock)


async def status_of(reply: Reply) -> int:
    return reply.status


async def code_of(reply: Reply) -> str:
    """The media code is what `Location` ends with; its slashes are its own."""
    path = unquote(urlsplit(reply.headers.get("location", "")).path)
    code = path.partition(f"{MEDIA}/")[2]
    if not code:
        raise OriginBroken("Akeneo does not say where it has put the file")
    return code
