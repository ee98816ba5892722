"""Metrics: every verb counts what it says, and two servers in one process do not add up."""

from collections.abc import Callable

import pytest

from proxy.metrics import ConnectionMetrics, Metrics

PIM = {"connection": "pim"}


def pim(metrics: Metrics) -> ConnectionMetrics:
    return metrics.of_connection("pim")


VERBS: list[tuple[Callable[[Metrics], None], str, dict[str, str], float]] = [
    (lambda it: it.answered(200, "memory", 0.5), "requests_total", {"status": "200", "tier": "memory"}, 1),
    (lambda it: it.answered(404, "none", 0.5), "request_seconds_sum", {"tier": "none"}, 0.5),
    (lambda it: it.parameters_ignored(3), "ignored_parameters_total", {}, 3),
    (lambda it: it.watch_connections(lambda: 3), "connections", {}, 3),
    (lambda it: it.log_lines_lost(3), "log_lines_lost_total", {}, 3),
    (lambda it: it.connection_dropped("send"), "connections_dropped_total", {"reason": "send"}, 1),
    (lambda it: it.address_looked_up("miss"), "address_lookups_total", {"outcome": "miss"}, 1),
    (lambda it: it.link_fetched(200), "link_fetches_total", {"status": "200"}, 1),
    (lambda it: it.sizes_snapped(), "snapped_total", {}, 1),
    (lambda it: it.spans_dropped("queue", 3), "spans_dropped_total", {"reason": "queue"}, 3),
    (lambda it: it.listed("hit", 3), "listed_placeholders_total", {"outcome": "hit"}, 3),
    (lambda it: it.went_over_budget(), "over_budget_total", {}, 1),
    (lambda it: it.parameters_fell_back(2), "fallback_parameters_total", {}, 2),
    (
        lambda it: pim(it).called("asset", 503, 2),
        "origin_calls_total",
        PIM | {"family": "asset", "status": "503"},
        1,
    ),
    (
        lambda it: pim(it).called("asset", "cut", 2),
        "origin_calls_total",
        PIM | {"family": "asset", "status": "cut"},
        1,
    ),
    (
        lambda it: pim(it).called("asset", 200, 2),
        "origin_seconds_sum",
        PIM | {"family": "asset"},
        2,
    ),
    (
        lambda it: pim(it).retried("asset"),
        "origin_retries_total",
        PIM | {"family": "asset"},
        1,
    ),
    (lambda it: pim(it).is_up(True), "origin_up", PIM, 1),
    (lambda it: pim(it).is_up(False), "origin_up", PIM, 0),
    (lambda it: pim(it).paused(), "origin_pauses_total", PIM, 1),
    (lambda it: pim(it).refused(), "origin_refused_total", PIM, 1),
    (lambda it: pim(it).circuit_is_open(True), "origin_circuit_open", PIM, 1),
    (
        lambda it: pim(it).token_asked("password", 200),
        "tokens_total",
        PIM | {"grant": "password", "status": "200"},
        1,
    ),
    (lambda it: it.object_store_called("read", 0.5), "object_store_seconds_sum", {"operation": "read"}, 0.5),
    (lambda it: it.object_store_moved("in", 700), "object_store_bytes_total", {"direction": "in"}, 700),
    (lambda it: it.watch_queue("render", lambda: 7, lambda: 2), "queue_depth", {"queue": "render"}, 7),
    (lambda it: it.watch_render_memory(9, lambda: 4), "render_memory_bytes", {"kind": "reserved"}, 4),
    (lambda it: it.watch_render_memory(9, lambda: 4), "render_memory_bytes", {"kind": "budget"}, 9),
    (lambda it: pim(it).watch_queue(lambda: 7, lambda: 2), "in_flight", {"queue": "pim"}, 2),
    (lambda it: pim(it).overloaded(), "overloads_total", {"queue": "pim"}, 1),
    (lambda it: it.flight_joined("originals"), "flights_joined_total", {"flight": "originals"}, 1),
    (lambda it: it.turn_taken("ours"), "shared_turns_total", {"outcome": "ours"}, 1),
    (lambda it: it.cache_looked_up("disk", True), "cache_lookups_total", {"tier": "disk", "outcome": "hit"}, 1),
    (lambda it: it.cache_looked_up("disk", False), "cache_lookups_total", {"tier": "disk", "outcome": "miss"}, 1),
    (lambda it: it.watch_cache("disk", lambda: 42), "cache_bytes", {"tier": "disk"}, 42),
    (lambda it: it.cache_evicted("disk", 5), "cache_evictions_total", {"tier": "disk"}, 5),
    (lambda it: it.cache_failed("disk", "read"), "cache_errors_total", {"tier": "disk", "operation": "read"}, 1),
    (lambda it: it.stage_took("decode", "webp", 3), "render_seconds_sum", {"stage": "decode", "format": "webp"}, 3),
    (lambda it: it.rendered("drawn"), "renders_total", {"outcome": "drawn"}, 1),
    (lambda it: it.worker_restarted("crash"), "worker_restarts_total", {"reason": "crash"}, 1),
    (lambda it: it.decoded(True), "decodes_total", {"outcome": "reused"}, 1),
    (lambda it: it.redrawn(), "redraws_total", {}, 1),
    (lambda it: it.deferred("avif"), "deferred_total", {"outcome": "avif"}, 1),
    (
        lambda it: it.worked_behind("warm", "done"),
        "background_jobs_total",
        {"work": "warm", "outcome": "done"},
        1,
    ),
    (lambda it: it.purge_asked("wildcard"), "purges_total", {"kind": "wildcard"}, 1),
    (lambda it: it.purged("disk", 4), "purged_entries_total", {"tier": "disk"}, 4),
    (lambda it: it.quarantined(), "quarantines_total", {}, 1),
    (lambda it: it.watch_quarantine(lambda: 3), "quarantined_files", {}, 3),
    (
        lambda it: it.freshness.event_came("platform", "asset.updated", "accepted"),
        "events_total",
        {"way": "platform", "type": "asset.updated", "outcome": "accepted"},
        1,
    ),
    (lambda it: it.freshness.event_was_late("platform", 3), "event_delay_seconds_sum", {"way": "platform"}, 3),
    (
        lambda it: it.freshness.thing_refreshed("asset", "refreshed"),
        "refreshed_total",
        {"kind": "asset", "outcome": "refreshed"},
        1,
    ),
    (lambda it: it.freshness.polled("pim", "done"), "polls_total", PIM | {"outcome": "done"}, 1),
    (lambda it: it.freshness.watch_polling("pim", 300, lambda: 9), "poll_lag_seconds", PIM, 9),
    (lambda it: it.freshness.watch_polling("pim", 300, lambda: 9), "poll_interval_seconds", PIM, 300),
    (lambda it: it.freshness.warmed("warmed"), "warmed_total", {"outcome": "warmed"}, 1),
    (lambda it: it.refusal_remembered(404), "remembered_refusals_total", {"status": "404"}, 1),
]


def value_of(metrics: Metrics, name: str, labels: dict[str, str]) -> float | None:
    return metrics.registry.get_sample_value(f"media_proxy_{name}", labels)


@pytest.mark.parametrize(("verb", "name", "labels", "value"), VERBS, ids=[row[1] for row in VERBS])
def test_a_verb_counts_what_it_says(
    verb: Callable[[Metrics], None], name: str, labels: dict[str, str], value: float
) -> None:
    metrics = Metrics()

    verb(metrics)

    assert value_of(metrics, name, labels) == value


def test_every_verb_is_tried_here() -> None:
    verbs = {name for name in vars(Metrics) if not name.startswith("_")} - {"expose", "of_connection"}
    tried = {name for verb, *_ in VERBS for name in verb.__code__.co_names}

    assert verbs <= tried


def test_a_watched_size_is_asked_at_each_scrape() -> None:
    metrics, sizes = Metrics(), [1.0]
    metrics.watch_cache("disk", lambda: sizes[-1])

    sizes.append(2.0)

    assert value_of(metrics, "cache_bytes", {"tier": "disk"}) == 2


def test_two_servers_in_one_process_do_not_add_up() -> None:
    mine, others = Metrics(), Metrics()

    others.redrawn()

    assert value_of(mine, "redraws_total", {}) == 0


def test_all_is_exposed_as_prometheus_reads_it() -> None:
    metrics = Metrics()
    metrics.answered(200, "memory", 0.001)

    text = metrics.expose()[0].decode()

    assert 'media_proxy_requests_total{status="200",tier="memory"} 1.0' in text.splitlines()
    assert "# TYPE media_proxy_request_seconds histogram" in text
    assert text.count("# HELP") == text.count("# TYPE")
