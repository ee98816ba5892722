"""The files of `deploy/`, read."""

import re
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
KUSTOMIZE = DEPLOY / "kustomize"
SECRETS = ["MEDIA_PROXY_AKENEO__SECRET", "MEDIA_PROXY_AKENEO__PASSWORD", "MEDIA_PROXY_ADMIN_TOKEN"]  # left empty
VARIABLE = re.compile(r"^(MEDIA_PROXY_\w+)=(.*)$", re.MULTILINE)


def document(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def documents(path: Path) -> list[Any]:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def variables(path: Path) -> dict[str, str]:
    """Those of a file of NAME=value lines."""
    return dict(VARIABLE.findall(path.read_text(encoding="utf-8")))


def resources() -> list[dict[str, Any]]:
    """All that the kustomization and its example name, in order."""
    return [
        resource
        for directory in (KUSTOMIZE / "base", KUSTOMIZE / "example")
        for name in document(directory / "kustomization.yaml")["resources"]
        if name.endswith(".yaml")
        for resource in documents(directory / name)
    ]


def resource(kind: str, name: str) -> dict[str, Any]:
    return next(it for it in resources() if it["kind"] == kind and it["metadata"]["name"] == name)
