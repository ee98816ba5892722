"""Traces by OpenTelemetry, exported by OTLP over HTTP. Loaded only where they are switched on: an optional extra.

The exporter, the resource and the limits read the standard `OTEL_...` variables by themselves.
"""

import logging
from collections.abc import Mapping
from importlib import metadata

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import SpanKind, Status, StatusCode, format_span_id, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from proxy.errors import SettingsError
from proxy.metrics import Metrics
from proxy.slices import TracingSettings
from proxy.tracing.outbox import OnceAMinute, Outbox
from proxy.tracing.spans import CURRENT, NONE, Attributes, Span

NAME = "akeneo-media-proxy"
EXPORTER_LOG = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
CLOSE_SECONDS = 3.0


class OtelSpan:
    """One that is sampled."""

    def __init__(self, tracer: trace.Tracer, inner: trace.Span) -> None:
        self.tracer = tracer
        self.inner = inner

    def begin(self, name: str, attributes: Attributes = NONE, began_at: int | None = None) -> Span:
        context = trace.set_span_in_context(self.inner, Context())
        return OtelSpan(self.tracer, self.tracer.start_span(name, context, attributes=attributes, start_time=began_at))

    def event(self, name: str, attributes: Attributes = NONE) -> None:
        self.inner.add_event(name, attributes)

    def put(self, attributes: Attributes) -> None:
        self.inner.set_attributes(attributes)

    def fail(self, words: str) -> None:
        self.inner.set_status(Status(StatusCode.ERROR, words))

    def end(self, ended_at: int | None = None) -> None:
        self.inner.end(ended_at)

    @property
    def exemplar(self) -> dict[str, str]:
        context = self.inner.get_span_context()
        return {"trace_id": format_trace_id(context.trace_id), "span_id": format_span_id(context.span_id)}


class Tracer:
    """Raises SettingsError for what OpenTelemetry's own variables may not say here."""

    def __init__(self, settings: TracingSettings, metrics: Metrics, exporter: SpanExporter | None = None) -> None:
        self.trusts = settings.trust_traceparent
        self.propagator = TraceContextTextMapPropagator()
        self.outbox = Outbox(exporter or open_exporter(), metrics.spans_dropped)
        sampler = ParentBased(TraceIdRatioBased(settings.sample_ratio))
        try:
            provider = TracerProvider(sampler=sampler, resource=resource(), shutdown_on_exit=False)
        except ValueError as error:
            raise SettingsError(f"OTEL_...: expected what OpenTelemetry takes: {error}") from None
        provider.add_span_processor(self.outbox)
        self.tracer = provider.get_tracer("proxy")

    def begin(self, name: str, headers: Mapping[str, str], attributes: Attributes) -> Span | None:
        """For a viewer's request, of which `headers` are looked at only where they are trusted; None if it is not
        sampled.
        """
        context = self.propagator.extract(headers, Context()) if self.trusts else Context()
        inner = self.tracer.start_span(name, context, kind=SpanKind.SERVER, attributes=attributes)
        return OtelSpan(self.tracer, inner) if inner.is_recording() else None

    def close(self) -> None:
        """Blocks for some seconds at most."""
        self.outbox.close(CLOSE_SECONDS)


def exemplar() -> dict[str, str] | None:
    """Of the request that is being answered."""
    current = CURRENT.get()
    return current.exemplar if isinstance(current, OtelSpan) else None


def open_exporter() -> SpanExporter:
    exporter_log = logging.getLogger(EXPORTER_LOG)
    if not any(isinstance(one, OnceAMinute) for one in exporter_log.filters):
        exporter_log.addFilter(OnceAMinute())
    try:
        return OTLPSpanExporter()
    except (ValueError, OSError) as error:
        raise SettingsError(f"OTEL_EXPORTER_OTLP_...: expected what OpenTelemetry takes: {error}") from None


def is_collected() -> bool:
    """Whether somebody takes what is sent; blocks for as long as a message may take."""
    exporter = open_exporter()
    try:
        return exporter.export([]) is SpanExportResult.SUCCESS
    finally:
        exporter.shutdown()


def resource() -> Resource:
    """Named after us, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES give another name."""
    found = Resource.create()
    ours = {SERVICE_VERSION: metadata.version(NAME)}
    if str(found.attributes.get(SERVICE_NAME, "unknown_service")).startswith("unknown_service"):
        ours[SERVICE_NAME] = NAME
    return found.merge(Resource(ours))
