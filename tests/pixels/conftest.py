from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from proxy.metrics import Metrics
from proxy.pixels.pool import Renderers
from proxy.pixels.processes import Processes
from proxy.slices import RenderSettings
from tests.pixels.pictures import Studio


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Processes]:
    """One for all tests, since loading Pillow takes longer than a test."""
    nursery = Processes(0)
    nursery.prepare()
    yield nursery
    assert nursery.control is not None
    assert nursery.process is not None
    nursery.control.close()
    nursery.process.wait()


class Borrowed(Processes):
    """Workers of a pool's own, out of a nursery that stays."""

    def __init__(self, nursery: Processes, settings: RenderSettings) -> None:
        super().__init__(settings.most_worker_bytes, kept_bytes=settings.kept_bytes)
        self.asking, self.process, self.control = nursery.asking, nursery.process, nursery.control

    async def close(self) -> None:
        """The pool has ended its workers; the nursery is left to the end of the session."""


class OpenPool(Protocol):
    async def __call__(self, **settings: Any) -> Renderers: ...


@pytest.fixture
async def open_pool(nursery: Processes, metrics: Metrics) -> AsyncIterator[OpenPool]:
    """A pool of one worker, as far as the settings do not say otherwise; it is closed with the test."""
    async with AsyncExitStack() as stack:

        async def open_pool(**changes: Any) -> Renderers:
            settings = RenderSettings.model_validate({"workers": 1, "timeout_seconds": 20} | changes)
            renderers = Renderers(settings, metrics, Borrowed(nursery, settings))
            stack.push_async_callback(renderers.close)
            await renderers.start()
            return renderers

        yield open_pool


@pytest.fixture
async def renderers(open_pool: OpenPool) -> Renderers:
    return await open_pool()
