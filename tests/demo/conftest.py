"""The pretend Akeneo, live on a loopback port, and someone who calls it."""

from collections.abc import AsyncIterator

import pytest

from proxy.demo.files import DemoFile
from proxy.demo.pim import DemoPim
from proxy.demo.routes import download_path
from tests.clock import Clock
from tests.demo.caller import APP_TOKEN, FILES, Caller, Download, calling


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shoe() -> DemoFile:
    return FILES[0]


@pytest.fixture
def poster() -> DemoFile:
    return FILES[1]


@pytest.fixture
def swatch() -> DemoFile:
    return FILES[2]


@pytest.fixture
async def pim(clock: Clock) -> AsyncIterator[DemoPim]:
    async with DemoPim(FILES, app_token=APP_TOKEN, clock=clock) as pim:
        yield pim


@pytest.fixture
async def caller(pim: DemoPim) -> AsyncIterator[Caller]:
    async with calling(pim) as caller:
        yield caller


@pytest.fixture
def download(caller: Caller) -> Download:
    return lambda file: caller.get(download_path(file.family, file.code))
