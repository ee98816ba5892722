"""Who collects the traces, where they are switched on: takes a message without any."""

import asyncio

from proxy.commands.checking.findings import Group, Step, Trouble, Verdict

EXTRA = "pip install 'akeneo-media-proxy[otel]'"


def collector_group() -> Group:
    return Group("Traces", [Step("collector", lambda: asyncio.to_thread(send_nothing), seconds=30.0)])


def send_nothing() -> Verdict:
    try:
        from proxy.tracing.tracer import is_collected  # noqa: PLC0415
    except ImportError as error:
        raise Trouble(
            f"an extra is not installed: {error}", f"Install it, {EXTRA}; in the image, EXTRA=otel."
        ) from None
    if not is_collected():
        repair = (
            "Check OTEL_EXPORTER_OTLP_ENDPOINT, and that OTLP over HTTP is taken there. Pictures are served without it."
        )
        raise Trouble("the collector takes nothing", repair)
    return Verdict("the collector takes traces")
