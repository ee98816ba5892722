"""The kustomization: valid against Kubernetes' own schemas, names that fit, probes and limits that hold."""

from typing import Any

import kubernetes_validate
import pytest

from proxy.configuration import setting_names
from proxy.settings import Settings
from tests.deploy import files
from tests.deploy.files import KUSTOMIZE, document, resource, resources, variables

OLDEST, NEWEST = "1.32", "1.37"
SETTINGS = variables(KUSTOMIZE / "base/settings.env")
SECRETS = variables(KUSTOMIZE / "example/secret.env.example") | dict.fromkeys(files.SECRETS, "said")
SPEC: dict[str, Any] = resource("StatefulSet", "media-proxy")["spec"]
POD: dict[str, Any] = SPEC["template"]["spec"]
CONTAINER: dict[str, Any] = POD["containers"][0]


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("it", resources(), ids=lambda it: f"{it['kind']}-{it['metadata']['name']}")
def test_a_resource_is_what_kubernetes_describes(it: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(it, version, strict=True)


def test_every_file_belongs_to_the_kustomization() -> None:
    for directory in (KUSTOMIZE / "base", KUSTOMIZE / "example"):
        named = {name for name in document(directory / "kustomization.yaml")["resources"] if name.endswith(".yaml")}

        assert named == {path.name for path in directory.glob("*.yaml")} - {"kustomization.yaml"}


def test_every_setting_exists_and_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    said = SETTINGS | SECRETS

    assert not said.keys() - set(setting_names())
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert Settings().drain_seconds == 25


def test_the_container_is_fed_by_what_is_generated() -> None:
    generated = [
        document(KUSTOMIZE / "base/kustomization.yaml")["configMapGenerator"][0]["name"],
        document(KUSTOMIZE / "example/kustomization.yaml")["secretGenerator"][0]["name"],
    ]

    assert [name["name"] for source in CONTAINER["envFrom"] for name in source.values()] == generated


def test_the_pod_ends_after_the_proxy_has_drained() -> None:
    pause = CONTAINER["lifecycle"]["preStop"]["sleep"]["seconds"]

    assert POD["terminationGracePeriodSeconds"] > pause + int(SETTINGS["MEDIA_PROXY_DRAIN_SECONDS"])


def test_probes_ask_what_they_are_for() -> None:
    asked = {kind: CONTAINER[f"{kind}Probe"]["httpGet"] for kind in ("startup", "readiness", "liveness")}

    assert {kind: get["path"] for kind, get in asked.items()} == {
        "startup": "/-/health/live",
        "readiness": "/-/health/ready",
        "liveness": "/-/health/live",
    }
    assert {get["port"] for get in asked.values()} == {"pictures"}


@pytest.mark.parametrize("name", ["media-proxy", "media-proxy-valkey"])
def test_a_container_may_do_nothing_that_it_need_not(name: str) -> None:
    kind = "StatefulSet" if name == "media-proxy" else "Deployment"
    pod = resource(kind, name)["spec"]["template"]["spec"]
    container = pod["containers"][0]

    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not pod["automountServiceAccountToken"]
    assert "memory" in container["resources"]["limits"]


def test_the_user_is_that_of_the_image() -> None:
    dockerfile = (KUSTOMIZE.parent.parent / "Dockerfile").read_text()
    security = POD["securityContext"]

    assert f"USER {security['runAsUser']}:{security['runAsGroup']}" in dockerfile
    assert security["fsGroup"] == security["runAsGroup"]


def test_the_disk_holds_what_the_cache_may_grow_to() -> None:
    claim = SPEC["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"]
    budget = SETTINGS["MEDIA_PROXY_CACHE__DISK_BYTES"]

    assert int(budget.removesuffix("GiB")) < int(claim.removesuffix("Gi"))


def test_selectors_find_their_pods() -> None:
    pods = [it["spec"]["template"]["metadata"]["labels"] for it in resources() if "template" in it["spec"]]

    for it in resources():
        spec = it["spec"]
        selector = spec.get("podSelector", spec.get("selector"))
        if selector:
            labels = selector.get("matchLabels", selector)
            assert any(labels.items() <= pod.items() for pod in pods), it["metadata"]["name"]


def test_one_replica_at_a_time_may_be_taken_away() -> None:
    assert resource("PodDisruptionBudget", "media-proxy")["spec"]["maxUnavailable"] == 1
    assert SPEC["replicas"] > 1
