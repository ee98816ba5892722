"""What Kubernetes injects for services."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.configuration.access import Read, Refusal

INJECTED = {
    "PORT": "tcp://10.0.0.1:8080",
    "SERVICE_HOST": "10.0.0.1",
    "SERVICE_PORT": "8080",
    "SERVICE_PORT_HTTP": "8080",
    "PORT_8080_TCP": "tcp://10.0.0.1:8080",
    "PORT_8080_TCP_PROTO": "tcp",
    "PORT_8080_TCP_PORT": "8080",
    "PORT_8080_TCP_ADDR": "10.0.0.1",
    "PORT_53_UDP": "udp://10.0.0.1:53",
}


def test_what_kubernetes_injects_for_a_service_of_our_name_is_ignored(read: Read) -> None:
    assert read(**INJECTED).port == 8080


def test_what_kubernetes_injects_does_not_hide_what_the_file_says(read: Read, toml: Callable[[str], Path]) -> None:
    assert read(toml("port = 9000\n"), **INJECTED).port == 9000


def test_only_what_kubernetes_injects_is_ignored(refusal: Refusal) -> None:
    assert refusal(SERVICE_NAME="x").startswith("MEDIA_PROXY_SERVICE_NAME: ")
    assert refusal(PORT_8080="x").startswith("MEDIA_PROXY_PORT_8080: ")


@pytest.mark.parametrize("service", ["ADMIN", "REDIS", "DEMO_PIM"])
def test_what_it_injects_for_a_neighbour_whose_name_begins_like_ours_is_ignored_too(read: Read, service: str) -> None:
    """A release called `media-proxy` calls its other services `media-proxy-admin` and `media-proxy-redis`."""
    settings = read(**{f"{service}_{name}": value for name, value in INJECTED.items()})

    assert settings.admin_port == 8081
