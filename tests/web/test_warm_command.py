"""`media-proxy warm` against a running server in front of a pretend Akeneo with a catalogue."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from proxy.cli import main
from proxy.commands.catalogue.state import State
from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.pictures import sample, sample_files
from proxy.demo.pim import DemoPim
from tests.site import Site, path_of
from tests.web.conftest import Start


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with DemoPim(sample_files(), catalogue=sample_catalogue()) as pim:
        yield pim


class Warm:
    """Runs the command in a thread, since it has an event loop of its own."""

    def __init__(self, site: Site, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.site = site
        self.state = directory / "warm.sqlite"
        self.capsys = capsys

    async def __call__(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        common = ["--json", "--admin", self.site.admin_url, "--state", str(self.state)]
        status = await asyncio.to_thread(main, ["warm", *arguments, *common])
        out, _ = self.capsys.readouterr()
        return status, json.loads(out)


@pytest.fixture
def warm(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Warm:
    return Warm(site, tmp_path, capsys)


async def test_all(site, warm):
    print(await warm("--transformation", "w-60"))
