"""Fixtures of tests that write to the pretend Akeneo: a catalogue, and a client with its token."""

from collections.abc import AsyncIterator

import httpx
import pytest

from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.pictures import sample_files
from proxy.demo.pim import DemoPim
from tests.demo.caller import APP_TOKEN, Caller, calling

API = "/api/rest/v1"
SHOTS = f"{API}/asset-families/packshots"
BEARER = {"Authorization": f"Bearer {APP_TOKEN}"}


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with DemoPim(sample_files(), app_token=APP_TOKEN, catalogue=sample_catalogue()) as pim:
        yield pim


@pytest.fixture
async def http(caller: Caller) -> httpx.AsyncClient:
    caller.http.headers.update(BEARER)
    return caller.http


@pytest.fixture
async def caller(pim: DemoPim) -> AsyncIterator[Caller]:
    async with calling(pim) as caller:
        yield caller
