"""What Cloudinary answers, once it is clear who asks and that the budget has not run out."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from typing import Any

from proxy.demo.answers import Answer, json_answer
from proxy.demo.cloudinary.expressions import read_expression
from proxy.demo.cloudinary.index import Index
from proxy.demo.cloudinary.metadata import Refused, changed, read_metadata
from proxy.demo.cloudinary.model import CloudAsset, Metadata, MetadataField, Trigger
from proxy.demo.cloudinary.routes import CloudTarget, Kind
from proxy.demo.cloudinary.webhooks import EVENT, Change

MOST_TRIGGERS = 30
DEFAULT_RESULTS, MOST_RESULTS = 50, 500
SORTABLE, NEWEST_FIRST = ("created_at", "public_id"), [{"created_at": "desc"}]


class CloudApi:
    """`tell` hears of every change of metadata that a call made."""

    def __init__(self, index: Index, tell: Callable[[list[Change], str], object]) -> None:
        self.assets: dict[str, CloudAsset] = {}
        self.fields: dict[str, MetadataField] = {}
        self.triggers: list[Trigger] = []
        self.details_have_metadata = True
        self._index = index
        self._tell = tell

    def answer(self, target: CloudTarget, body: bytes) -> Answer:
        match target.kind:
            case Kind.SEARCH:
                return json_answer(200, self.search(document_of(body)))
            case Kind.DETAILS:
                return json_answer(200, self.details(target.code or ""))
            case Kind.FIELDS:
                return json_answer(200, {"metadata_fields": [one.document() for one in self.fields.values()]})
            case Kind.FIELD:
                return json_answer(200, self.field(target.code or ""))
            case Kind.TRIGGERS:
                return json_answer(200, {"triggers": [one.document() for one in self.triggers]})
            case Kind.NEW_TRIGGER:
                return json_answer(200, self.new_trigger(document_of(body)))
        raise Refused(404, "Not found")

    def details(self, asset_id: str) -> dict[str, Any]:
        if asset_id not in self.assets:
            raise Refused(404, f"Resource not found - {asset_id}")
        return self.assets[asset_id].document(with_metadata=self.details_have_metadata)

    def field(self, external_id: str) -> dict[str, Any]:
        if external_id not in self.fields:
            raise Refused(404, f"External ID {external_id} doesn't exist")
        return self.fields[external_id].document()

    def search(self, asked: dict[str, Any]) -> dict[str, Any]:
        wanted = read_expression(str(asked.get("expression") or ""))
        size = asked.get("max_results", DEFAULT_RESULTS)
        if not isinstance(size, int) or not 1 <= size <= MOST_RESULTS:
            raise Refused(400, f"max_results must be between 1 and {MOST_RESULTS}")
        found = ordered(filter(wanted, self._index.assets()), asked.get("sort_by") or NEWEST_FIRST)
        start = read_cursor(asked["next_cursor"]) if asked.get("next_cursor") else 0
        shown = "metadata" in (asked.get("with_field") or [])
        page = [one.document(with_metadata=shown) for one in found[start : start + size]]
        answer: dict[str, Any] = {"total_count": len(found), "time": 12, "resources": page}
        if start + size < len(found):
            answer["next_cursor"] = urlsafe_b64encode(f"from {start + size}".encode()).decode()
        return answer

    def new_trigger(self, asked: dict[str, Any]) -> dict[str, Any]:
        uri, event_type = asked.get("uri"), asked.get("event_type")
        if not isinstance(uri, str) or event_type != EVENT:
            raise Refused(400, "Missing or invalid parameter: uri, event_type")
        if any((one.uri, one.event_type) == (uri, event_type) for one in self.triggers):
            raise Refused(409, "Trigger already exists")
        if len(self.triggers) >= MOST_TRIGGERS:
            raise Refused(400, f"Maximum number of triggers ({MOST_TRIGGERS}) reached")
        trigger = Trigger(f"trigger-{len(self.triggers) + 1}", uri, event_type)
        self.triggers.append(trigger)
        return trigger.document()

    def update_metadata(self, resource_type: str, fields: dict[str, list[str]]) -> Answer:
        """Raises Refused; then nothing is changed."""
        if "metadata" not in fields or "public_ids" not in fields:
            raise Refused(400, "Missing required parameter - public_ids, metadata")
        changes = read_metadata(fields["metadata"][0], self.fields)
        place = (resource_type, fields.get("type", ["upload"])[0])
        asked = {one for several in fields["public_ids"] for one in several.split(",")}
        chosen = [
            one for one in self.assets.values() if one.public_id in asked and (one.resource_type, one.type) == place
        ]
        if not chosen:
            raise Refused(404, f"Resource not found - {', '.join(sorted(asked))}")
        self.change(chosen, changes, "API")
        return json_answer(200, {"public_ids": [one.public_id for one in chosen]})

    def change(self, assets: list[CloudAsset], changes: Metadata, source: str) -> None:
        """Whoever does it, the index and the webhooks hear of it."""
        noted = []
        for asset in assets:
            before, asset.metadata = asset.metadata, changed(asset.metadata, changes)
            if before != asset.metadata:
                self._index.note(asset)
                noted.append(Change(asset, before))
        if noted:
            self._tell(noted, source)


def document_of(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except ValueError:
        raise Refused(400, "Invalid JSON") from None
    if not isinstance(document, dict):
        raise Refused(400, "Invalid JSON")
    return document


def read_cursor(cursor: object) -> int:
    try:
        word, _, number = urlsafe_b64decode(str(cursor)).decode().partition(" ")
        if word == "from":
            return int(number)
    except ValueError:
        pass  # no cursor of ours: refused below
    raise Refused(400, "Invalid value for parameter next_cursor")


def ordered(assets: Iterable[CloudAsset], wanted: list[dict[str, str]]) -> list[CloudAsset]:
    """By the first of the fields that are asked for, then by their ids."""
    field, direction = next(iter(wanted[0].items()))
    if field not in SORTABLE or direction not in ("asc", "desc"):
        raise Refused(400, f"Invalid value for sort_by: {field} {direction}")
    found = sorted(assets, key=lambda one: one.asset_id)
    return sorted(found, key=lambda one: str(getattr(one, field)), reverse=direction == "desc")
