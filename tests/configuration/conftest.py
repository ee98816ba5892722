"""Settings are read from the environment over a file; no test sees what another has set."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from proxy.configuration import read_settings
from proxy.errors import SettingsError
from proxy.settings import Settings
from tests.configuration.access import CREDENTIALS, Read, Refusal


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """None of our variables is set before a test, and none that a test has set after it."""
    saved = dict(os.environ)
    for name in list(os.environ):
        if name.upper().startswith("MEDIA_PROXY_"):
            del os.environ[name]
    yield
    os.environ.clear()
    os.environ.update(saved)


@pytest.fixture
def read() -> Read:
    """Settings from these variables, over an access to Akeneo that is good."""

    def read(config: Path | None = None, fixed: dict[str, str] | None = None, /, **variables: str) -> Settings:
        for name, value in (CREDENTIALS | variables).items():
            os.environ[f"MEDIA_PROXY_{name}"] = value
        return read_settings(config, fixed)

    return read


@pytest.fixture
def refusal(read: Read) -> Refusal:
    """The line with which such variables are refused."""

    def refusal(config: Path | None = None, /, **variables: str) -> str:
        with pytest.raises(SettingsError) as error:
            read(config, **variables)
        return str(error.value)

    return refusal


@pytest.fixture
def toml(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        file = tmp_path / "media-proxy.toml"
        file.write_text(text)
        return file

    return write
