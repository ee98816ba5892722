"""`media-proxy warm`, run by a test."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from proxy.cli import main
from tests.site import Site


class Warm:
    """Runs the command in a thread, since it has an event loop of its own."""

    def __init__(self, site: Site, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.site = site
        self.state = directory / "warm.sqlite"
        self.capsys = capsys

    async def run(self, *arguments: str) -> tuple[int, str, str]:
        common = ["--admin", self.site.admin_url, "--state", str(self.state)]
        status = await asyncio.to_thread(main, ["warm", *arguments, *common])
        return status, *self.capsys.readouterr()

    async def __call__(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        status, out, _ = await self.run("--json", *arguments)
        return status, json.loads(out)
