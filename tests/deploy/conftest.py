"""Our server with the demo's catalogue, and nginx in front of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.deploy.edge import Edge, nginx
from tests.site import Site
from tests.web.conftest import Start, pim, processes, start

__all__ = ["pim", "processes", "start"]


@pytest.fixture
async def site(start: Start) -> Site:
    return await start(output={"auto_avif": True})


@pytest.fixture
async def edge(site: Site, tmp_path: Path) -> AsyncIterator[Edge]:
    async with nginx(tmp_path, site.server.port) as edge:
        yield edge
