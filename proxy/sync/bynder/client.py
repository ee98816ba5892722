"""One portal of Bynder."""

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from proxy.sync.bynder.documents import Medium, Metaproperty, read_medium, read_schema
from proxy.sync.bynder.paging import LIMIT, Listed, walk
from proxy.sync.calls import DamCall, DamCalls
from proxy.sync.outcomes import DataError, Reason, TransientError

API = "/api/v4"
GONE = frozenset({404})
REFUSED = frozenset({400})
CURSOR = "x-bynder-nextcursor"
BUILT_IN = frozenset({"mini", "thul", "webimage"})


class Bynder:
    """Raises the errors of `DamCalls`. Values are read by the names of metaproperties, and written by their ids."""

    def __init__(self, calls: DamCalls) -> None:
        self.calls = calls

    async def metaproperties(self) -> dict[str, Metaproperty]:
        call = DamCall("metaproperties", f"{API}/metaproperties/", query={"options": "1"})
        return read_schema((await self.calls.ask(call)).document)

    async def derivatives(self) -> frozenset[str]:
        """Names, those that every portal has among them."""
        found = (await self.calls.ask(DamCall("derivatives", f"{API}/account/derivatives/"))).document
        listed = found if isinstance(found, list) else []
        return BUILT_IN | {str(one.get("prefix")) for one in listed if isinstance(one, dict)}

    def changed(self, since: str, *, archived: bool = False) -> AsyncIterator[Medium]:
        """Images; `since` as `2026-03-02T09:00:00Z`."""
        query = {"type": "image", "includeVersionNumber": "1"}
        return walk(self.listed, {**query, "archive": "1"} if archived else query, since)

    async def named(self, metaproperty: str, value: str, *, images: bool = False) -> list[Medium]:
        """Those whose metaproperty has that value, or a text with it in it; `images` with their versions alone."""
        found: dict[str, Medium] = {}
        only = {"type": "image", "includeVersionNumber": "1"} if images else {}
        for page in range(1, 100):
            query = {**only, f"property_{metaproperty}": value, "limit": str(LIMIT), "page": str(page)}
            media = (await self.listed(query)).media
            found |= {medium.id: medium for medium in media}
            if len(media) < LIMIT:
                break
        return list(found.values())

    async def medium(self, id: str, *, items: bool = False) -> Medium | None:
        """None: Bynder does not know it any more. `items` for its files."""
        query = {"includeVersionNumber": "1"} | ({"versions": "1"} if items else {})
        answer = await self.calls.ask(DamCall("media", media_path(id), query=query, accepted=GONE))
        return None if answer.status == 404 else read_medium(answer.document)

    async def write(self, id: str, values: Mapping[str, str]) -> None:
        """By ids of metaproperties: text, or ids of options with commas. It is applied a little later."""
        form = {f"metaproperty.{key}": value for key, value in values.items()}
        answer = await self.calls.ask(DamCall("update", media_path(id), "POST", form=form, accepted=GONE))
        if answer.status == 404:
            raise DataError(Reason.SOURCE_GONE, id, "a medium that Bynder knows")

    async def create_option(self, metaproperty: str, name: str) -> str:
        """Its id, of one that was there already as well."""
        form = {"data": json.dumps({"name": name, "label": name})}
        path = f"{API}/metaproperties/{metaproperty}/options/"
        answer = await self.calls.ask(DamCall("new-option", path, "POST", form=form, accepted=REFUSED))
        said: Any = answer.document if isinstance(answer.document, dict) else {}
        made = said.get("existingUUID") or (said.get("id") if answer.status != 400 else None)
        if not made:
            raise DataError(Reason.UNKNOWN_OPTION, name, f"an option that Bynder takes: {said_by(said)}".rstrip(": "))
        return str(made)

    async def address(self, id: str, item: str = "") -> str | None:
        """Where the file is, for a short while; None if there is none."""
        path = f"{media_path(id)}download/" + (f"{item}/" if item else "")
        answer = await self.calls.ask(DamCall("download-address", path, accepted=GONE))
        if answer.status == 404:
            return None
        url = answer.document.get("s3_file") if isinstance(answer.document, dict) else None
        if not isinstance(url, str):
            raise TransientError(id, "the address of a file")
        return url

    async def download(self, url: str, to: Path) -> int:
        return await self.calls.download(url, to)

    async def listed(self, query: Mapping[str, str]) -> Listed:
        answer = await self.calls.ask(DamCall("list", f"{API}/media/", query=dict(query)))
        found = answer.document
        media = found.get("media") if isinstance(found, dict) else found
        if not isinstance(media, list):
            raise TransientError("media", "a list")
        return Listed([read_medium(one) for one in media], answer.headers.get(CURSOR, ""))


def media_path(id: str) -> str:
    """An id may have come from a name of a file or from a text that anyone has written."""
    if not id.replace("-", "").isalnum() or not id.isascii():
        raise DataError(Reason.WRONG_VALUE, id, "an id of Bynder")
    return f"{API}/media/{id}/"


def said_by(document: Any) -> str:
    return str(document.get("message") or "") if isinstance(document, dict) else ""
