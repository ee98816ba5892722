"""A server in front of a pretend Akeneo with the sample catalogue; for the page one for all tests, and a browser."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.pictures import sample_files
from proxy.demo.pim import DemoPim
from proxy.pixels.processes import Processes
from tests.playground.conftest import browser
from tests.site import Site, running
from tests.web.conftest import processes, site, start

__all__ = ["browser", "processes", "site", "start"]


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with DemoPim(sample_files(), catalogue=sample_catalogue()) as pim:
        yield pim


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory, processes: Processes) -> AsyncIterator[Site]:
    """With two endpoints."""
    endpoints = [{}, {"prefix": "shop", "named_transformations": {"thumb": "w-80,h-80"}, "named_only": True}]
    async with DemoPim(sample_files(), catalogue=sample_catalogue()) as pim:
        directory = tmp_path_factory.mktemp("keeping")
        async with running(pim, directory, processes, endpoints=endpoints) as site:
            yield site
