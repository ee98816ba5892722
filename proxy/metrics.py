"""Every Prometheus metric, as verbs on one object with a registry of its own."""

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder

from proxy.freshness_metrics import FreshnessMetrics
from proxy.sync_metrics import SyncMetrics

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """One for each server, so that two in one process (tests, benchmarks) do not add up."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"media_proxy_{name}", text, labels, registry=registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"media_proxy_{name}", text, labels, registry=registry)

        def histogram(name: str, text: str, *labels: str) -> Histogram:
            return Histogram(f"media_proxy_{name}", text, labels, registry=registry, buckets=SECONDS)

        self._requests = counter("requests", "Answers to viewers, by the tier that had them.", "status", "tier")
        self._request_seconds = histogram("request_seconds", "Time to answer a viewer.", "tier")
        self._answers: dict[tuple[int, str], tuple[Counter, Histogram]] = {}
        self.exemplar: Callable[[], dict[str, str] | None] | None = None  # of the request that is being answered
        self._ignored = counter("ignored_parameters", "URL parameters that were ignored.")
        self._fallbacks = counter("fallback_parameters", "URL parameters served by a simpler stand-in.")
        self._queue = gauge("queue_depth", "Work that waits for a place.", "queue")
        self._running = gauge("in_flight", "Work that has its place.", "queue")
        self._overloads = counter("overloads", "Work refused because a queue was full.", "queue")
        self._joined = counter("flights_joined", "Requests that joined work under way.", "flight")
        self._turns = counter("shared_turns", "New pictures among replicas, by whose turn it was.", "outcome")
        self._cache = counter("cache_lookups", "Look-ups by tier.", "tier", "outcome")
        self._lookups: dict[tuple[str, bool], Counter] = {}
        self._cache_bytes = gauge("cache_bytes", "Bytes held by a tier.", "tier")
        self._evictions = counter("cache_evictions", "Entries dropped to keep a budget.", "tier")
        self._cache_errors = counter("cache_errors", "Operations that a tier failed.", "tier", "operation")
        self._redraws = counter("redraws", "Renditions of an older engine drawn anew in the background.")
        self._deferred = counter("deferred", "AVIF drawn behind its first viewers, by what came of it.", "outcome")
        self._behind = counter("background_jobs", "Work of commands behind the viewers.", "work", "outcome")
        self._purges = counter("purges", "Purges that were asked for, by what they named.", "kind")
        self._purged = counter("purged_entries", "Entries deleted by purges.", "tier")
        self._looked_up = counter("address_lookups", "Look-ups of catalogue entries by addresses.", "outcome")
        self._links = counter("link_fetches", "Answers of hosts that media links lead to.", "status")
        self._spans_dropped = counter("spans_dropped", "Spans of traces that were lost.", "reason")
        self.freshness = FreshnessMetrics(registry)
        self.sync = SyncMetrics(registry)
        self._declare_work(counter, gauge, histogram)
        self._declare_origins(counter, gauge, histogram)
        self._declare_limits(counter, gauge)

    def _declare_work(
        self,
        counter: Callable[..., Counter],
        gauge: Callable[..., Gauge],
        histogram: Callable[..., Histogram],
    ) -> None:
        self._object_seconds = histogram("object_store_seconds", "Time of a call to the object store.", "operation")
        self._object_bytes = counter("object_store_bytes", "Bytes from the object store and to it.", "direction")
        self._render_seconds = histogram("render_seconds", "Time of a stage in a worker.", "stage", "format")
        self._render_memory = gauge("render_memory_bytes", "Memory of running jobs: foretold, and allowed.", "kind")
        self._renders = counter("renders", "Jobs of the workers.", "outcome")
        self._decodes = counter("decodes", "Pictures drawn, by what it took to have the original decoded.", "outcome")
        self._restarts = counter("worker_restarts", "Workers replaced.", "reason")

    def _declare_origins(
        self,
        counter: Callable[..., Counter],
        gauge: Callable[..., Gauge],
        histogram: Callable[..., Histogram],
    ) -> None:
        self._origin_calls = counter("origin_calls", "Calls to Akeneo.", "connection", "family", "status")
        self._origin_seconds = histogram("origin_seconds", "Time of a call to Akeneo.", "connection", "family")
        self._origin_retries = counter("origin_retries", "Further tries after a passing fault.", "connection", "family")
        self._tokens = counter("tokens", "Tokens asked of Akeneo.", "connection", "grant", "status")
        self._origin_up = gauge("origin_up", "1 if Akeneo's last answer was a proper one.", "connection")
        self._circuit = gauge("origin_circuit_open", "1 while a failing Akeneo is left alone.", "connection")
        self._refused = counter("origin_refused", "Calls not made, since Akeneo is left alone.", "connection")
        self._origin_pauses = counter("origin_pauses", "Pauses that Akeneo asked for (429).", "connection")

    def _declare_limits(self, counter: Callable[..., Counter], gauge: Callable[..., Gauge]) -> None:
        self._connections = gauge("connections", "Open connections of viewers.")
        self._lines = counter("log_lines_lost", "Lines of the log that nobody read.")
        self._dropped = counter("connections_dropped", "Connections of viewers that were ended.", "reason")
        self._snapped = counter("snapped", "Requests for sizes that are not on the ladder.")
        self._over_budget = counter("over_budget", "New renditions refused to clients that have had their share.")
        self._listed = counter(
            "listed_placeholders", "Pictures of lists of placeholders, by what came of them.", "outcome"
        )
        self._refusals = counter("remembered_refusals", "Answers given from a remembered failure.", "status")
        self._quarantines = counter("quarantines", "Files put in quarantine, each time they were.")
        self._quarantined = gauge("quarantined_files", "Files of which nothing is drawn for a while.")

    def expose(self, accept: str = "") -> tuple[bytes, str]:
        """The metrics and their content type: OpenMetrics, which has exemplars, for who takes it."""
        encode, content_type = choose_encoder(accept)
        return encode(self.registry), content_type

    def answered(self, status: int, tier: str, seconds: float) -> None:
        """At every request: what has these labels is looked up once, which takes longer than to count."""
        children = self._answers.get((status, tier))
        if children is None:
            children = self._requests.labels(status, tier), self._request_seconds.labels(tier)
            self._answers[status, tier] = children
        children[0].inc()
        if self.exemplar is None:
            children[1].observe(seconds)
        else:
            children[1].observe(seconds, self.exemplar())

    def spans_dropped(self, reason: str, count: int) -> None:
        self._spans_dropped.labels(reason).inc(count)

    def parameters_ignored(self, count: int) -> None:
        self._ignored.inc(count)

    def parameters_fell_back(self, count: int) -> None:
        self._fallbacks.inc(count)

    def watch_connections(self, count: Callable[[], float]) -> None:
        self._connections.set_function(count)

    def address_looked_up(self, outcome: str) -> None:
        """`hit`: it was known, `stale`: it had been, `miss`: Akeneo was asked."""
        self._looked_up.labels(outcome).inc()

    def link_fetched(self, status: int | str) -> None:
        """`refused`: where it leads is not allowed, `failed`: there was no answer."""
        self._links.labels(status).inc()

    def connection_dropped(self, reason: str) -> None:
        self._dropped.labels(reason).inc()

    def log_lines_lost(self, count: int) -> None:
        self._lines.inc(count)

    def sizes_snapped(self) -> None:
        self._snapped.inc()

    def listed(self, outcome: str, count: int = 1) -> None:
        """`hit`, `stale`, `miss`: it was made; `refused`: 4xx, `failed`: 5xx."""
        self._listed.labels(outcome).inc(count)

    def went_over_budget(self) -> None:
        self._over_budget.inc()

    def of_connection(self, name: str) -> "ConnectionMetrics":
        return ConnectionMetrics(self, name)

    def watch_queue(self, queue: str, waiting: Callable[[], float], running: Callable[[], float]) -> None:
        self._queue.labels(queue).set_function(waiting)
        self._running.labels(queue).set_function(running)

    def overloaded(self, queue: str) -> None:
        self._overloads.labels(queue).inc()

    def flight_joined(self, flight: str) -> None:
        self._joined.labels(flight).inc()

    def turn_taken(self, outcome: str) -> None:
        self._turns.labels(outcome).inc()

    def cache_looked_up(self, tier: str, found: bool) -> None:
        child = self._lookups.get((tier, found))
        if child is None:
            child = self._lookups[tier, found] = self._cache.labels(tier, "hit" if found else "miss")
        child.inc()

    def watch_cache(self, tier: str, size: Callable[[], float]) -> None:
        self._cache_bytes.labels(tier).set_function(size)

    def cache_evicted(self, tier: str, count: int) -> None:
        self._evictions.labels(tier).inc(count)

    def cache_failed(self, tier: str, operation: str) -> None:
        self._cache_errors.labels(tier, operation).inc()

    def object_store_called(self, operation: str, seconds: float) -> None:
        self._object_seconds.labels(operation).observe(seconds)

    def object_store_moved(self, direction: str, size: int) -> None:
        self._object_bytes.labels(direction).inc(size)

    def stage_took(self, stage: str, format: str, seconds: float) -> None:
        self._render_seconds.labels(stage, format).observe(seconds)

    def watch_render_memory(self, budget: int, reserved: Callable[[], float]) -> None:
        self._render_memory.labels("budget").set(budget)
        self._render_memory.labels("reserved").set_function(reserved)

    def rendered(self, outcome: str) -> None:
        self._renders.labels(outcome).inc()

    def decoded(self, reused: bool) -> None:
        self._decodes.labels("reused" if reused else "made").inc()

    def worker_restarted(self, reason: str) -> None:
        self._restarts.labels(reason).inc()

    def redrawn(self) -> None:
        self._redraws.inc()

    def deferred(self, outcome: str) -> None:
        """`avif` or `other` is the smaller file, `elsewhere`: another replica has made it; `dropped`, `failed`."""
        self._deferred.labels(outcome).inc()

    def worked_behind(self, work: str, outcome: str) -> None:
        """`work` is `warm`, `inspect`, `thumbnail` or `catalogue`; its outcome `done`, `failed`, or `again`: to be
        asked for again.
        """
        self._behind.labels(work, outcome).inc()

    def purge_asked(self, kind: str) -> None:
        self._purges.labels(kind).inc()

    def purged(self, tier: str, count: int) -> None:
        self._purged.labels(tier).inc(count)

    def quarantined(self) -> None:
        self._quarantines.inc()

    def watch_quarantine(self, count: Callable[[], float]) -> None:
        self._quarantined.set_function(count)

    def refusal_remembered(self, status: int) -> None:
        self._refusals.labels(status).inc()


class ConnectionMetrics:
    """The verbs of one connection to Akeneo."""

    def __init__(self, metrics: Metrics, connection: str) -> None:
        self.metrics = metrics
        self.connection = connection

    def called(self, family: str, status: int | str, seconds: float) -> None:
        """`status` is a number, or a word where no answer came: `unreachable`, `timeout`, `cut`."""
        self.metrics._origin_calls.labels(self.connection, family, status).inc()
        self.metrics._origin_seconds.labels(self.connection, family).observe(seconds)

    def retried(self, family: str) -> None:
        self.metrics._origin_retries.labels(self.connection, family).inc()

    def is_up(self, up: bool) -> None:
        self.metrics._origin_up.labels(self.connection).set(up)

    def circuit_is_open(self, is_open: bool) -> None:
        self.metrics._circuit.labels(self.connection).set(is_open)

    def refused(self) -> None:
        self.metrics._refused.labels(self.connection).inc()

    def paused(self) -> None:
        self.metrics._origin_pauses.labels(self.connection).inc()

    def token_asked(self, grant: str, status: int | str) -> None:
        self.metrics._tokens.labels(self.connection, grant, status).inc()

    def watch_queue(self, waiting: Callable[[], float], running: Callable[[], float]) -> None:
        self.metrics.watch_queue(self.connection, waiting, running)

    def overloaded(self) -> None:
        self.metrics.overloaded(self.connection)
