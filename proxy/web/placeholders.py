"""Placeholders of many pictures in one answer: those that are there at once, others behind the viewers of pictures."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

from aiohttp import web

from proxy.deadline import Deadline
from proxy.delivery.admission import Admission, Behind
from proxy.delivery.delivered import CacheStatus, Delivered
from proxy.errors import DeadlineExceeded, MediaMissing, MediaNotFound, ProxyError
from proxy.imagekit.placeholders import Wanted
from proxy.imagekit.url import ReadUrl
from proxy.media import Rendition, etag_of
from proxy.web.conditions import matches
from proxy.web.endpoints import Gate
from proxy.web.headers import PUBLIC, remembered_for, timing
from proxy.web.outgoing import Body, Outgoing
from proxy.web.responses import CHANGING, STOPGAP_SECONDS, Responses, not_modified

AT_ONCE = 4  # new ones of one list
TOGETHER = 8  # of all lists: the queues are the viewers'

Found = tuple[ReadUrl, Delivered] | ProxyError


class Placeholders:
    """An error of one picture stands in its place. `admit` gives an admission for each of them."""

    def __init__(self, outgoing: Outgoing) -> None:
        self.outgoing = outgoing
        self.places = asyncio.Semaphore(TOGETHER)

    async def answer(
        self,
        request: web.BaseRequest,
        gate: Gate,
        wanted: Wanted,
        *,
        responses: Responses,
        admit: Callable[[], Admission],
        deadline: Deadline,
        since: float,
    ) -> web.StreamResponse:
        found: dict[str, Found] = {}
        waiting = iter(wanted.items())
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self.find(waiting, found, gate, admit, deadline))
        body = written(wanted, found)
        headers = headers_of(found, responses) | vary_of(wanted)
        headers["Server-Timing"] = timing(None, {}, time.perf_counter() - since)
        headers["ETag"] = f'"{etag_of(body)}"'
        if matches(request.headers.get("If-None-Match", ""), etag_of(body)):
            return not_modified(headers)
        return Body(body, headers, self.outgoing)

    async def find(
        self,
        waiting: Iterator[tuple[str, ReadUrl | ProxyError]],
        found: dict[str, Found],
        gate: Gate,
        admit: Callable[[], Admission],
        deadline: Deadline,
    ) -> None:
        """One after the other, of those that nobody else has taken."""
        for path, url in waiting:
            try:
                found[path] = (
                    url if isinstance(url, ProxyError) else await self.one(gate, url, Behind(admit()), deadline)
                )
            except ProxyError as error:
                found[path] = error

    async def one(self, gate: Gate, url: ReadUrl, admission: Admission, deadline: Deadline) -> Found:
        """Raises a ProxyError."""
        held = gate.delivery.renditions.memory.peek(gate.delivery.key_of(url.request)) is not None
        async with nullcontext() if held else self.places:
            if not deadline.remaining():
                raise DeadlineExceeded("not ready in time", retry_after_seconds=2)
            try:
                return url, await gate.delivery.deliver(url.request, deadline, admission)
            except (MediaNotFound, MediaMissing):
                default = url.default
                if default is None:
                    raise
            return default, await gate.delivery.deliver(default.request, deadline, admission)


def written(wanted: Wanted, found: dict[str, Found]) -> bytes:
    """JSON, by path in the order of asking."""
    members = (f"{json.dumps(path)}:{text_of(found[path])}" for path in wanted)
    return f'{{"placeholders":{{{",".join(members)}}}}}'.encode()


def text_of(found: Found) -> str:
    """What was drawn is JSON already."""
    if isinstance(found, ProxyError):
        return json.dumps({"error": facts_of(found)}, separators=(",", ":"))
    _, delivered = found
    assert isinstance(delivered.what, Rendition)  # others are refused as no pictures
    return delivered.what.body.decode()


def facts_of(error: ProxyError) -> dict[str, Any]:
    return {"status": error.status, "code": error.code, "message": error.message}


def headers_of(found: dict[str, Found], responses: Responses) -> dict[str, str]:
    hits = [not isinstance(one, ProxyError) and one[1].cache is CacheStatus.HIT for one in found.values()]
    return {
        **PUBLIC,
        "Content-Type": "application/json",
        "Cache-Control": cache_control(list(found.values()), responses),
        "X-Cache": str(CacheStatus.HIT if all(hits) else CacheStatus.MISS),
    }


def cache_control(found: list[Found], responses: Responses) -> str:
    """The shortest of all."""
    errors = [one.keep_seconds for one in found if isinstance(one, ProxyError)]
    answers = [one for one in found if not isinstance(one, ProxyError)]
    words = {responses.lifetime_words(url, delivered) for url, delivered in answers}
    if remembered_for(STOPGAP_SECONDS) in words:
        errors.append(STOPGAP_SECONDS)
    if errors:
        return remembered_for(min(errors))
    return CHANGING if CHANGING in words else next(iter(words))


def vary_of(wanted: Wanted) -> dict[str, str]:
    """The same words are said of all."""
    names = next((url.hints.vary for url in wanted.values() if isinstance(url, ReadUrl)), ())
    return {"Vary": ", ".join(names)} if names else {}
