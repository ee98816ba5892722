"""Placeholders of many pictures in one answer (`/mp-lqip.json?path=...`)."""

import time
from collections.abc import Callable

from aiohttp import web

from proxy.deadline import Deadline
from proxy.delivery.admission import Admission
from proxy.imagekit.placeholders import Wanted
from proxy.media import etag_of
from proxy.metrics import Metrics
from proxy.web.conditions import matches
from proxy.web.endpoints import Gate
from proxy.web.headers import timing
from proxy.web.lists.finding import Finder
from proxy.web.lists.ready import ReadyList, ReadyLists
from proxy.web.lists.writing import headers_of, outcome_of, status_of, tier_of, written
from proxy.web.outgoing import Body, Outgoing
from proxy.web.responses import Responses, not_modified

TIER = web.RequestKey("tier", str)  # noted on the request, for the access line and the metrics


class Lists:
    """An error of one picture stands in its place. Nobody waits for them as a viewer of a picture does."""

    def __init__(self, metrics: Metrics, outgoing: Outgoing) -> None:
        self.metrics = metrics
        self.outgoing = outgoing
        self.ready = ReadyLists()

    def at_once(self, request: web.BaseRequest, ready: ReadyList, since: float) -> web.Response:
        request[TIER] = "memory"
        self.metrics.listed("hit", len(ready.pictures))
        return self.respond(request, 200, ready.body, ready.headers, since)

    async def answer(
        self,
        request: web.BaseRequest,
        gate: Gate,
        remainder: str,
        wanted: Wanted,
        *,
        responses: Responses,
        admit: Callable[[], Admission],
        timeout_seconds: float,
        since: float,
    ) -> web.Response:
        """`admit` gives an admission for each picture."""
        deadline = Deadline.after(timeout_seconds, background=True)
        finder = Finder(gate, deadline, admit)
        by_path = await finder.find(wanted)
        found = list(by_path.values())
        for one in found:
            self.metrics.listed(outcome_of(one))
        request[TIER] = tier_of(found)
        body = written(by_path)
        headers = headers_of(wanted, found, responses) | {"ETag": f'"{etag_of(body)}"'}
        self.ready.learn((gate, remainder), finder, body, headers)
        return self.respond(request, status_of(found), body, headers, since)

    def respond(
        self, request: web.BaseRequest, status: int, body: bytes, headers: dict[str, str], since: float
    ) -> web.Response:
        headers = headers | {"Server-Timing": timing(None, {}, time.perf_counter() - since)}
        if status == 200 and matches(request.headers.get("If-None-Match", ""), headers["ETag"].strip('"')):
            return not_modified(headers)
        response = Body(body, headers, self.outgoing)
        response.set_status(status)
        return response
