"""A running server that a pretend Akeneo tells of its changes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.pictures import sample_files
from proxy.demo.pim import DemoPim
from proxy.pixels.processes import Processes
from tests.freshness.shop import Shop, open_shop
from tests.web.conftest import processes

__all__ = ["processes"]


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with DemoPim(sample_files(), catalogue=sample_catalogue()) as pim:
        yield pim


@pytest.fixture
async def shop(pim: DemoPim, processes: Processes, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(pim, tmp_path, processes) as shop:
        yield shop
