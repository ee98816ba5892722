"""Alert rules and the dashboard: they name what exists, and each alert fires when it should and only then."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from proxy.metrics import Metrics
from tests.deploy.files import DEPLOY, document
from tests.deploy.queries import faults, known_metrics

PROMTOOL = shutil.which("promtool")
RULES = DEPLOY / "prometheus/alerts.yml"
ALERTS: list[dict[str, Any]] = document(RULES)["groups"][0]["rules"]
DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana/dashboards/media-proxy.json").read_text(encoding="utf-8"))
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
SHOWN = [(panel["title"], target["expr"]) for panel in PANELS for target in panel.get("targets", ())]
OF_THE_CATALOGUE = (
    "events event_delay_seconds polls poll_lag_seconds refreshed warmed address_lookups link_fetches background_jobs"
)
KNOWN = known_metrics(Metrics().registry)


def promtool(*arguments: str | Path) -> str:
    """What it says; raises AssertionError if it finds a fault."""
    if PROMTOOL is None:
        pytest.skip("there is no promtool; on Debian: apt-get install prometheus")
    done = subprocess.run([PROMTOOL, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_rules_are_rules() -> None:
    assert f"{len(ALERTS)} rules found" in promtool("check", "rules", RULES)


def test_the_configuration_of_prometheus_is_one() -> None:
    assert "SUCCESS" in promtool("check", "config", DEPLOY / "prometheus/prometheus.yml")


def test_every_alert_fires_when_it_should_and_only_then() -> None:
    promtool("test", "rules", DEPLOY / "prometheus/alerts_test.yml")


def test_every_alert_is_tried_both_ways() -> None:
    tried = [
        case for test in document(DEPLOY / "prometheus/alerts_test.yml")["tests"] for case in test["alert_rule_test"]
    ]

    for alert in ALERTS:
        outcomes = {bool(case["exp_alerts"]) for case in tried if case["alertname"] == alert["alert"]}
        assert outcomes == {True, False}, alert["alert"]


@pytest.mark.parametrize(("title", "query"), [(alert["alert"], alert["expr"]) for alert in ALERTS])
def test_an_alert_names_what_exists(title: str, query: str) -> None:
    assert not faults(query, KNOWN), title


@pytest.mark.parametrize(("title", "query"), SHOWN)
def test_a_panel_names_what_exists(title: str, query: str) -> None:
    assert "media_proxy_" in query
    assert not faults(query, KNOWN), title


@pytest.mark.parametrize("name", OF_THE_CATALOGUE.split())
def test_what_happens_in_the_catalogue_is_shown(name: str) -> None:
    assert any(f"media_proxy_{name}" in query for _, query in SHOWN)


def test_the_queries_of_the_dashboard_are_queries(tmp_path: Path) -> None:
    plain = [query.replace("$__rate_interval", "5m").replace("$job", "media-proxy") for _, query in SHOWN]
    rules = [{"record": f"panel:number:{number}", "expr": query} for number, query in enumerate(plain)]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))

    assert f"{len(SHOWN)} rules found" in promtool("check", "rules", file)


def test_the_dashboard_asks_the_datasource_that_is_provisioned() -> None:
    provisioned = document(DEPLOY / "grafana/provisioning/datasources/prometheus.yml")["datasources"][0]
    asked = {target["datasource"]["uid"] for panel in PANELS for target in panel.get("targets", ())}

    assert asked == {provisioned["uid"]}


def test_panels_have_numbers_and_places_of_their_own() -> None:
    cells = [
        (x, y)
        for panel in PANELS
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]

    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("media_proxy_no_such_total", "no metric media_proxy_no_such_total"),
        ('media_proxy_requests_total{colour="red"}', "media_proxy_requests_total has no label colour"),
        ("sum by (colour) (media_proxy_requests_total)", "nothing here has the label colour"),
    ],
)
def test_what_does_not_exist_is_found(query: str, fault: str) -> None:
    assert faults(query, KNOWN) == [fault]
