"""What a query of Prometheus names: metrics of ours and their labels."""

import re
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Metric

NAME = re.compile(r"\b(media_proxy_\w+)(\{[^}]*\})?")
MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"')
GROUPED = re.compile(r"\b(?:by|without)\s*\(([^)]*)\)")
OF_THE_SCRAPE = {"job", "instance", "le"}  # Prometheus adds them
ENDS = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


@dataclass(frozen=True)
class Named:
    """The metrics of a query, each with the labels by which it selects, and the labels by which it groups."""

    metrics: list[tuple[str, set[str]]]
    groups: set[str]


def named(query: str) -> Named:
    metrics = [(name, set(MATCHER.findall(selector))) for name, selector in NAME.findall(query)]
    groups = {label.strip() for labels in GROUPED.findall(query) for label in labels.split(",")}
    return Named(metrics, groups - {""})


def known_metrics(registry: CollectorRegistry) -> dict[str, set[str]]:
    """Every name that a query may use, with its labels."""
    return {
        family.name + end: labels_of(registry, family) for family in registry.collect() for end in ENDS[family.type]
    }


def labels_of(registry: CollectorRegistry, family: Metric) -> set[str]:
    """A family without samples does not tell its labels; its collector does."""
    collector = registry._names_to_collectors[family.name]
    return set(getattr(collector, "_labelnames", ()))


def faults(query: str, known: dict[str, set[str]]) -> list[str]:
    """What of a query does not exist."""
    it = named(query)
    wrong = [f"no metric {name}" for name, _ in it.metrics if name not in known]
    wrong += [
        f"{name} has no label {label}"
        for name, labels in it.metrics
        for label in sorted(labels - known.get(name, labels) - OF_THE_SCRAPE)
    ]
    every = set[str]().union(*(known.get(name, set()) for name, _ in it.metrics))
    return wrong + [f"nothing here has the label {label}" for label in sorted(it.groups - every - OF_THE_SCRAPE)]
