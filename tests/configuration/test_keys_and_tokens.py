"""The admin port wants a token, signatures a key."""

from collections.abc import Callable
from pathlib import Path

import pytest

from proxy.configuration import read_without_akeneo
from tests.configuration.access import Read, Refusal


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "admin.example.com"])
def test_an_admin_port_that_others_reach_wants_a_token(refusal: Refusal, read: Read, host: str) -> None:
    assert refusal(ADMIN_HOST=host).startswith("MEDIA_PROXY_ADMIN_TOKEN: expected a token")
    assert read(ADMIN_HOST=host, ADMIN_TOKEN="a token").admin_host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_on_loopback_it_wants_none(read: Read, host: str) -> None:
    assert read(ADMIN_HOST=host).admin_token is None


def test_an_empty_token_guards_nothing(toml: Callable[[str], Path], refusal: Refusal) -> None:
    assert "MEDIA_PROXY_ADMIN_TOKEN" in refusal(toml('admin_host = "0.0.0.0"\nadmin_token = ""\n'))


def test_signatures_that_are_required_want_a_key(refusal: Refusal, read: Read) -> None:
    assert refusal(SIGNING__REQUIRED="true").startswith("MEDIA_PROXY_SIGNING: expected a PRIVATE_KEY")
    assert read(SIGNING__REQUIRED="true", SIGNING__PRIVATE_KEY="a key").signing.required


def test_the_newest_key_comes_first_and_an_empty_one_is_none(toml: Callable[[str], Path], read: Read) -> None:
    settings = read(toml('[signing]\nprevious_keys = ["old", "", "older"]\n'), SIGNING__PRIVATE_KEY="new")

    assert settings.signing.keys == ["new", "old", "older"]


def test_the_keys_are_read_without_an_akeneo(toml: Callable[[str], Path]) -> None:
    assert read_without_akeneo(toml('[signing]\nprivate_key = "key"\n')).signing.keys == ["key"]
