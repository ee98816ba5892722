"""The Prometheus metrics of events, of polling and of what follows from a change, as verbs."""

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

DELAYS: Final = (0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600)


class FreshnessMetrics:
    """The verbs of who is told of changes."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"media_proxy_{name}", text, labels, registry=registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"media_proxy_{name}", text, labels, registry=registry)

        self._events = counter("events", "Events of Akeneo, by what became of them.", "way", "type", "outcome")
        self._event_delay = Histogram(
            "media_proxy_event_delay_seconds",
            "From when something changed until we were told.",
            ("way",),
            registry=registry,
            buckets=DELAYS,
        )
        self._refreshed = counter("refreshed", "Changed things that were worked on.", "kind", "outcome")
        self._polls = counter("polls", "Looks at what has changed.", "connection", "outcome")
        self._poll_lag = gauge(
            "poll_lag_seconds", "How far back the last whole look lies; below 0 the clock went back.", "connection"
        )
        self._poll_interval = gauge("poll_interval_seconds", "Time between two looks.", "connection")
        self._warmed = counter("warmed", "New files fetched and drawn before anybody asked.", "outcome")

    def event_came(self, way: str, type: str, outcome: str) -> None:
        self._events.labels(way, type, outcome).inc()

    def event_was_late(self, way: str, seconds: float) -> None:
        self._event_delay.labels(way).observe(seconds)

    def thing_refreshed(self, kind: str, outcome: str) -> None:
        """`refreshed`, or `empty`: it names no file; `forgotten`: no file of it is looked for; `older` than what is
        known, `elsewhere`: another replica has it, `failed`.
        """
        self._refreshed.labels(kind, outcome).inc()

    def polled(self, connection: str, outcome: str) -> None:
        self._polls.labels(connection, outcome).inc()

    def watch_polling(self, connection: str, interval_seconds: float, lag_seconds: Callable[[], float]) -> None:
        self._poll_interval.labels(connection).set(interval_seconds)
        self._poll_lag.labels(connection).set_function(lag_seconds)

    def warmed(self, outcome: str) -> None:
        self._warmed.labels(outcome).inc()
