"""The compose file: valid, with settings that exist, and as closed as the image allows."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from proxy.configuration import setting_names
from proxy.settings import Settings
from tests.deploy.files import DEPLOY, SECRETS, document, variables

HERE = DEPLOY / "compose"
COMPOSE = document(HERE / "compose.yaml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PROXY = SERVICES["media-proxy"]


def test_it_is_what_the_compose_specification_describes() -> None:
    schema = files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json"

    jsonschema.validate(COMPOSE, json.loads(schema.read_text(encoding="utf-8")))


EXAMPLES = [HERE / "settings.env.example", DEPLOY / "kustomize/example/secret.env.example"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_starts_before_a_secret_is_said(example: Path, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = variables(example) | {"MEDIA_PROXY_ADMIN_HOST": "0.0.0.0"}
    for name, value in (said | dict.fromkeys(SECRETS, "said") | {secret: said[secret]}).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError, match=f"(?i){secret.rpartition('_')[2]}"):
        Settings()


def test_grafana_asks_for_a_password() -> None:
    assert SERVICES["grafana"]["environment"]["GF_SECURITY_ADMIN_PASSWORD"].startswith("${GRAFANA_PASSWORD:?")


def test_every_setting_exists_and_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    said = variables(HERE / "settings.env.example") | dict.fromkeys(SECRETS, "said") | PROXY["environment"]

    assert not said.keys() - set(setting_names())
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert Settings().admin_host == "0.0.0.0"


def test_what_is_mounted_exists() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (HERE / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], volume


def test_every_image_has_a_version() -> None:
    images = [service["image"] for name, service in SERVICES.items() if name != "media-proxy"]

    assert not [image for image in images if ":" not in image or image.endswith(":latest")]


def test_only_pictures_can_be_reached_from_elsewhere() -> None:
    ports = {name: service.get("ports", []) for name, service in SERVICES.items()}

    assert ports.pop("edge") == ["8080:8080"]
    assert not [port for them in ports.values() for port in them if not port.startswith("127.0.0.1:")]


def test_the_proxy_may_do_nothing_that_it_need_not() -> None:
    assert PROXY["read_only"]
    assert PROXY["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in PROXY["security_opt"]
    written = [volume.split(":")[1] for volume in PROXY["volumes"]] + [
        path.partition(":")[0] for path in PROXY["tmpfs"]
    ]
    assert sorted(written) == ["/tmp", "/var/cache/media-proxy"]


def test_exemplars_are_kept_and_shown() -> None:
    dashboard = json.loads((DEPLOY / "grafana/dashboards/media-proxy.json").read_text(encoding="utf-8"))
    [panel] = [it for it in dashboard["panels"] if it["title"] == "Time of an answer, 99 %"]

    assert "--enable-feature=exemplar-storage" in SERVICES["prometheus"]["command"]
    assert panel["targets"][0]["exemplar"]


def test_prometheus_and_grafana_find_each_other() -> None:
    datasource = document(DEPLOY / "grafana/provisioning/datasources/prometheus.yml")["datasources"][0]
    scrape = document(DEPLOY / "prometheus/prometheus.yml")["scrape_configs"][0]
    provider = document(DEPLOY / "grafana/provisioning/dashboards/media-proxy.yml")["providers"][0]

    assert datasource["url"] == "http://prometheus:9090"
    assert scrape["dns_sd_configs"][0]["names"] == ["media-proxy"]
    assert scrape["dns_sd_configs"][0]["port"] == 8081
    assert any(volume.split(":")[1] == provider["options"]["path"] for volume in SERVICES["grafana"]["volumes"])
    home = Path(SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert (DEPLOY / "grafana/dashboards" / home.name).exists()


def test_prometheus_keeps_the_traces_that_figures_name() -> None:
    assert "--enable-feature=exemplar-storage" in COMPOSE["services"]["prometheus"]["command"]
