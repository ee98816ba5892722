"""One browser and one server for all tests of the page: a browser takes longer to start than any of them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from proxy.demo.pictures import sample_files
from proxy.demo.pim import DemoPim
from proxy.pixels.processes import Processes
from tests.playground.browser import PROGRAM, browsing
from tests.site import Site, running
from tests.web.conftest import pim, processes, site, start

__all__ = ["pim", "processes", "site", "start"]

KEY = "private_of_the_playground"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    if PROGRAM is None:
        pytest.skip("needs Debian's chromium")
    async with browsing() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory, processes: Processes) -> AsyncIterator[Site]:
    """With a key, and two endpoints."""
    endpoints = [{}, {"prefix": "shop", "named_transformations": {"thumb": "w-80,h-80"}}]
    async with DemoPim(sample_files()) as pim:
        directory = tmp_path_factory.mktemp("playground")
        async with running(pim, directory, processes, endpoints=endpoints, signing={"private_key": KEY}) as site:
            yield site
