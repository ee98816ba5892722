"""Where assets are said to be used."""

from collections.abc import Mapping
from dataclasses import dataclass

from proxy.demo.answers import Answer, json_answer
from proxy.demo.bynder.listing import Refused


@dataclass(frozen=True)
class Usage:
    integration_id: str
    asset_id: str
    uri: str
    timestamp: str = ""


class UsageApi:
    """Saying the same twice makes two entries."""

    def __init__(self) -> None:
        self.entries: list[Usage] = []

    def answer(self, method: str, fields: Mapping[str, str]) -> Answer:
        """`fields` are the form's for POST, else the query's."""
        if method == "GET":
            found = [one for one in self.entries if fields.get("asset_id") in (None, one.asset_id)]
            return json_answer(200, [shown(one) for one in found])
        if not {"integration_id", "asset_id", "uri"} <= fields.keys():
            raise Refused(400, "integration_id, asset_id and uri are required")
        said = Usage(fields["integration_id"], fields["asset_id"], fields["uri"], fields.get("timestamp", ""))
        if method == "POST":
            self.entries.append(said)
            return json_answer(200, shown(said))
        kept = [one for one in self.entries if place(one) != place(said)]
        if len(kept) == len(self.entries):
            raise Refused(404, "Usage not found")
        self.entries = kept
        return json_answer(200, {"message": "Deleted", "statuscode": 200})


def place(usage: Usage) -> tuple[str, str, str]:
    return usage.integration_id, usage.asset_id, usage.uri


def shown(usage: Usage) -> dict[str, str]:
    return {
        "integration_id": usage.integration_id,
        "asset_id": usage.asset_id,
        "uri": usage.uri,
        "timestamp": usage.timestamp,
    }
