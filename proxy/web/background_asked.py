"""The body of a call for background work: whose it is, which file, which renditions, which page of which list."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from proxy.errors import BadRequest, NoSuchPath
from proxy.media import MediaPath, MediaRequest
from proxy.web.endpoints import Endpoints, Gate

NOWHERE = MediaPath.parse("media-files/checked.jpg")  # for words without a file
SEPARATORS = set("/?#")
MOST_WORDS = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """`transformations` as they stand behind `tr:` in a URL, empty for none; `accepts` as viewers send them."""

    gate: Gate
    path: MediaPath | None
    transformations: tuple[str, ...]
    accepts: tuple[str, ...]
    body: dict[str, Any]

    @property
    def a_path(self) -> MediaPath:
        if self.path is None:
            raise wrong("path", "a media path such as media-files/1/2/a/b/12ab_mug.jpg")
        return self.path

    def check(self) -> None:
        """Raises what is wrong with the transformations."""
        list(self.requests(NOWHERE))

    def requests(self, path: MediaPath) -> Iterator[MediaRequest]:
        """Each one once, though the viewers' formats make no difference to it. Raises BadRequest."""
        seen: set[str] = set()
        for words in self.transformations:
            for accept in self.accepts or ("",):
                request = self.request(path, words, accept)
                if request.identity not in seen:
                    seen.add(request.identity)
                    yield request

    def request(self, path: MediaPath, words: str, accept: str) -> MediaRequest:
        if SEPARATORS & set(words):
            raise wrong("transformations", f"w-300 or the like, without a slash or a query, not {words!r}")
        return self.gate.read(f"tr:{words}/{path}" if words else str(path), accept, trusted=True).request

    def text(self, name: str) -> str | None:
        """None where it is not there."""
        found = self.body.get(name)
        if found is not None and not isinstance(found, str):
            raise wrong(name, "a text")
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        return texts(self.body, name)

    def moment(self, name: str) -> datetime | None:
        found = self.text(name)
        try:
            return None if found is None else datetime.fromisoformat(found)
        except ValueError:
            raise wrong(name, "a moment such as 2026-01-31T08:00:00+00:00") from None


def read_asked(body: bytes, endpoints: Endpoints) -> Asked:
    """Raises BadRequest."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise wrong("the body", "JSON") from None
    if not isinstance(found, dict):
        raise wrong("the body", "a JSON object")
    words = tuple(one.removeprefix("tr:") for one in texts(found, "transformations"))
    return Asked(gate_of(found.get("endpoint"), endpoints), path_of(found), words, texts(found, "accepts"), found)


def path_of(body: dict[str, Any]) -> MediaPath | None:
    found = body.get("path")
    try:
        return None if found is None else MediaPath.parse(str(found).removeprefix("/"))
    except NoSuchPath:
        raise wrong("path", "a media path such as media-files/1/2/a/b/12ab_mug.jpg") from None


def gate_of(name: object, endpoints: Endpoints) -> Gate:
    """By prefix or host; it need not be named where there is only one."""
    gates = endpoints.gates
    if name is None and len(gates) == 1:
        return gates[0]
    wanted = str(name or "").strip("/").lower()
    for gate in gates:
        if name is not None and wanted in ((gate.endpoint.host or "").lower() or None, gate.endpoint.prefix.lower()):
            return gate
    names = ", ".join(gate.endpoint.host or f"/{gate.endpoint.prefix}" for gate in gates)
    raise wrong("endpoint", f"one of {names}")


def texts(body: dict[str, Any], name: str) -> tuple[str, ...]:
    found = body.get(name, [])
    if not isinstance(found, list) or len(found) > MOST_WORDS or not all(isinstance(one, str) for one in found):
        raise wrong(name, f"a list of at most {MOST_WORDS} texts")
    return tuple(found)


def wrong(name: str, expected: str) -> BadRequest:
    return BadRequest(f"{name}: expected {expected}")
