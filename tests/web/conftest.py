"""A running server in front of a pretend Akeneo with the sample catalogue."""

import io
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest
from PIL import Image

from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample_files
from proxy.demo.pim import DemoPim
from proxy.pixels.processes import Processes
from tests.site import Site, running
from tests.web.warming import Warm

WORKER_BYTES = 2**30


class SharedProcesses(Processes):
    """One nursery for all tests, since loading Pillow takes longer than a test."""

    async def close(self) -> None:
        """Left to the end of the session."""


@pytest.fixture(scope="session")
def processes() -> Iterator[Processes]:
    processes = SharedProcesses(WORKER_BYTES)
    processes.prepare()
    yield processes
    assert processes.control is not None
    assert processes.process is not None
    processes.control.close()
    processes.process.wait()


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with DemoPim(sample_files()) as pim:
        yield pim


class Start(Protocol):
    async def __call__(self, directory: Path | None = None, **changes: Any) -> Site: ...


@pytest.fixture
async def start(pim: DemoPim, processes: Processes, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts servers with settings of the test's own; all of them end with it."""
    async with AsyncExitStack() as stack:

        async def start(directory: Path | None = None, **changes: Any) -> Site:
            return await stack.enter_async_context(running(pim, directory or tmp_path, processes, **changes))

        yield start


@pytest.fixture
async def site(start: Start) -> Site:
    return await start()


@pytest.fixture
def warm(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Warm:
    return Warm(site, tmp_path, capsys)


def small_picture(number: int, name: str = "cup") -> DemoFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (number, 100, 200)).save(out, "PNG")
    return DemoFile.named(Family.PRODUCT, f"{name} {number}.png", "image/png", out.getvalue())
