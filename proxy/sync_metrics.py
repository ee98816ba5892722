"""The Prometheus metrics of a sync with a DAM, as verbs."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class SyncMetrics:
    """The verbs of a sync with a DAM."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"media_proxy_sync_{name}", text, labels, registry=registry)

        self._calls = counter("calls", "Calls to a DAM.", "system", "call", "status")
        self._seconds = Histogram(
            "media_proxy_sync_call_seconds",
            "Time of a call to a DAM.",
            ("system", "call"),
            registry=registry,
            buckets=SECONDS,
        )
        self._retries = counter("retries", "Further tries after a passing fault.", "system", "call")
        self._assets = counter("assets", "Assets dealt with.", "flow", "outcome", "reason")
        self._runs = counter("runs", "Runs of a command that have ended.", "command", "result")
        self._success = Gauge(
            "media_proxy_sync_last_success_timestamp_seconds",
            "End of the last good run.",
            ("command",),
            registry=registry,
        )
        self._events = counter("events", "Events from a DAM.", "system", "outcome")

    def called(self, system: str, call: str, status: str, seconds: float) -> None:
        """`status` is a number, or a word where no answer came: `unreachable`, `cut`, `abandoned`."""
        self._calls.labels(system, call, status).inc()
        self._seconds.labels(system, call).observe(seconds)

    def retried(self, system: str, call: str) -> None:
        self._retries.labels(system, call).inc()

    def dealt_with(self, flow: str, outcome: str, reason: str = "") -> None:
        self._assets.labels(flow, outcome, reason).inc()

    def run_ended(self, command: str, result: str) -> None:
        """`ok`, `transient`, `configuration` or `cut`."""
        self._runs.labels(command, result).inc()
        if result == "ok":
            self._success.labels(command).set_to_current_time()

    def event_came(self, system: str, outcome: str) -> None:
        """`stored`, `repeated`, `ignored` or `refused`."""
        self._events.labels(system, outcome).inc()
