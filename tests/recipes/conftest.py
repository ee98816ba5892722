"""A server with the demo's catalogue for all of these tests, and what the recipes write."""

import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from proxy.demo.pictures import sample, sample_files
from proxy.demo.pim import DemoPim
from proxy.pixels.processes import Processes
from tests.conformance.sdks import HERE, INSTALLED
from tests.recipes.pages import RECIPES
from tests.site import Site, path_of, running
from tests.web.conftest import processes

__all__ = ["processes"]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(tmp_path_factory: pytest.TempPathFactory, processes: Processes) -> AsyncIterator[Site]:
    async with DemoPim(sample_files()) as pim, running(pim, tmp_path_factory.mktemp("recipes"), processes) as site:
        yield site


@pytest.fixture(scope="session")
def written() -> dict[str, Any]:
    """By framework: HTML, or URLs, for a picture of the catalogue."""
    if not shutil.which("node") or not INSTALLED.exists():
        pytest.skip("needs Node.js and the packages that `make test` installs")
    asked = {"recipes": str(RECIPES), "path": path_of(sample("coffee")).removeprefix("/"), "alt": "A cup of espresso"}
    command = ["node", "render_recipes.mjs"]
    done = subprocess.run(command, cwd=HERE, input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
