"""Traces, as a collector gets them from a whole server."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from proxy.demo.faults import Status
from proxy.demo.pim import DemoPim
from proxy.errors import SettingsError
from proxy.pixels.processes import Processes
from proxy.slices import TracingSettings
from proxy.web.public import PublicServer
from tests.site import Site, path_of, running
from tests.tracing.receiver import Receiver, plain
from tests.web.conftest import small_picture

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
PICTURE = small_picture(7)
PATH = path_of(PICTURE, "w-30")
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


@pytest.fixture
def traced(pim: DemoPim, processes: Processes, tmp_path: Path) -> Any:
    """A server that traces; when it has ended, all spans have come."""
    pim.add(PICTURE)

    @asynccontextmanager
    async def traced(**tracing: Any) -> AsyncIterator[Site]:
        settings = {"enabled": True, "sample_ratio": 1.0} | tracing
        async with running(pim, tmp_path, processes, tracing=settings) as site:
            yield site

    return traced


async def test_a_first_request_shows_where_its_time_went(traced: Any, receiver: Receiver) -> None:
    async with traced() as site:
        assert (await site.get(f"{PATH}?ik-s=")).status_code == 200

    root = receiver.one("request")
    facts = plain(root.attributes)
    assert (facts["url.path"], facts["http.response.status_code"]) == (PATH, 200)
    assert facts["media_proxy.cache"] == "MISS"
    assert {span.trace_id for span in receiver.spans} == {root.trace_id}
    parents = {span.span_id: span.name for span in receiver.spans}
    children = {(parents.get(span.parent_span_id, ""), span.name) for span in receiver.spans}
    rendering = {("render", "queue"), ("render", "decode"), ("render", "draw"), ("render", "encode")}
    assert children >= {("", "request"), ("request", "origin"), ("origin", "queue"), ("request", "render")} | rendering
    assert {plain(span.attributes)["media_proxy.tier"] for span in receiver.named("cache")} == {"disk", "originals"}
    assert receiver.resource["service.name"] == "akeneo-media-proxy"
    assert all(span.start_time_unix_nano <= span.end_time_unix_nano for span in receiver.spans)


async def test_each_try_at_akeneo_is_an_event(traced: Any, receiver: Receiver, pim: DemoPim) -> None:
    pim.faults.add(Status(503, times=1))

    async with traced() as site:
        assert (await site.get(PATH)).status_code == 200

    events = [plain(event.attributes) for event in receiver.one("origin").events]
    assert [it["media_proxy.outcome"] for it in events if it["media_proxy.call"] != "token"] == ["503", "200"]


async def test_a_failure_is_an_error_of_its_spans(traced: Any, receiver: Receiver, pim: DemoPim) -> None:
    pim.faults.add(Status(503))

    async with traced() as site:
        assert (await site.get(PATH)).status_code == 502

    assert receiver.one("request").status.message == "502"
    assert receiver.one("origin").status.message == "OriginBroken"


async def test_a_hit_is_one_span(traced: Any, receiver: Receiver) -> None:
    async with traced() as site:
        for _ in range(3):
            await site.get(PATH)
        await site.get("/-/health/live")

    hits = [plain(span.attributes) for span in receiver.named("request")]
    assert [it["media_proxy.cache"] for it in hits] == ["MISS", "HIT", "HIT"]
    assert {it["media_proxy.tier"] for it in hits[1:]} == {"memory"}


@pytest.mark.parametrize("trusted", [True, False])
async def test_a_viewers_traceparent_counts_only_where_it_is_trusted(
    traced: Any, receiver: Receiver, pim: DemoPim, trusted: bool
) -> None:
    async with traced(trust_traceparent=trusted) as site:
        await site.get(PATH, traceparent=TRACEPARENT)

    assert (receiver.one("request").trace_id.hex() == TRACE) is trusted
    assert not any("trace" in name.lower() for call in pim.calls for name in call.headers)


@pytest.mark.parametrize(("trusted", "expected"), [(True, 1), (False, 0)])
async def test_who_is_trusted_decides_what_is_sampled(
    traced: Any, receiver: Receiver, trusted: bool, expected: int
) -> None:
    async with traced(trust_traceparent=trusted, sample_ratio=0) as site:
        await site.get(PATH)
        await site.get(PATH, traceparent=TRACEPARENT)

    assert len(receiver.named("request")) == expected


async def test_the_latency_histogram_leads_to_a_trace(traced: Any, receiver: Receiver) -> None:
    async with traced() as site:
        await site.get(PATH)
        body, content_type = site.server.metrics.expose(OPENMETRICS)

    [named] = set(re.findall(r'request_seconds_bucket.*# \{.*trace_id="(\w+)"', body.decode()))
    assert content_type.startswith("application/openmetrics-text")
    assert named == receiver.one("request").trace_id.hex()


@pytest.mark.parametrize(("accept", "expected"), [(OPENMETRICS, "application/openmetrics"), ("*/*", "text/plain")])
async def test_the_metrics_are_openmetrics_for_who_takes_it(
    pim: DemoPim, processes: Processes, tmp_path: Path, accept: str, expected: str
) -> None:
    async with running(pim, tmp_path, processes) as site:
        reply = await site.viewer.get(f"{site.admin_url}/-/metrics", headers={"Accept": accept})

    assert reply.headers["Content-Type"].startswith(expected)


async def test_a_collector_that_refuses_costs_nobody_a_picture(traced: Any, receiver: Receiver) -> None:
    receiver.status = 400

    async with traced() as site:
        assert (await site.get(PATH)).status_code == 200

    assert receiver.spans == []
    assert site.counted("spans_dropped_total", reason="export") >= 5


async def test_a_collector_that_hangs_does_not_hold_up_the_end(traced: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxy.tracing.tracer.CLOSE_SECONDS", 0.05)
    released = asyncio.Event()

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{port}")
        async with traced() as site:
            assert (await site.get(PATH)).status_code == 200
        tracer = site.server.tracer
        released.set()
        assert tracer is not None
        await asyncio.to_thread(tracer.outbox.thread.join)

    lost = [site.counted("spans_dropped_total", reason=reason) for reason in ("export", "shutdown")]
    assert sum(lost) >= 5


async def test_without_the_setting_nothing_stands_before_the_server(
    pim: DemoPim, processes: Processes, tmp_path: Path
) -> None:
    async with running(pim, tmp_path, processes) as site:
        assert site.server.tracer is None
        door = site.server.runners[0].server
        assert door is not None
        assert isinstance(door.request_handler, PublicServer)


def test_without_the_setting_the_library_is_not_loaded() -> None:
    program = "import sys, proxy.web.app, proxy.cli; sys.exit(any('opentelemetry' in name for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_protocol_that_is_not_spoken_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")

    assert not TracingSettings(enabled=False).enabled
    with pytest.raises(ValidationError, match="expected OTEL_EXPORTER_OTLP_PROTOCOL to be http/protobuf"):
        TracingSettings(enabled=True)


async def test_what_opentelemetry_does_not_take_stops_the_start(traced: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "many")

    with pytest.raises(SettingsError, match="OTEL_"):
        async with traced():
            pass


async def test_a_missing_extra_stops_the_start(traced: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "proxy.tracing.tracer", None)

    with pytest.raises(SettingsError, match=r"akeneo-media-proxy\[otel\]"):
        async with traced():
            pass
