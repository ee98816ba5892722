"""One pretend Akeneo and a server for each kind of settings, for all of these tests; and the SDKs that write URLs."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from proxy.demo.pim import DemoPim
from proxy.pixels.processes import Processes
from tests.conformance.pictures import FILES, written_to
from tests.conformance.sdks import INSTALLED, KEY, PYTHON, Node, WriteUrl, python_url
from tests.site import Site, running
from tests.web.conftest import processes

__all__ = ["processes"]

NAMES = {
    "thumb": "w-100,h-100,c-at_max",
    "turned": "tr:w-200,h-100:rt-90",
    "badge": "l-text,i-New,fs-20,l-end",
    "small-grey": "w-40,e-grayscale",
}
SETTINGS: dict[str, dict[str, Any]] = {
    "open": {"named_transformations": NAMES},
    "named": {"named_transformations": NAMES, "named_only": True},
    "keyed": {"signing": {"private_key": KEY}},
    "locked": {"signing": {"private_key": KEY, "required": True}},
}
Serve = Callable[[str], Awaitable[Site]]


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    if not shutil.which("node") or not INSTALLED.exists():
        pytest.skip("needs Node.js and the packages that `make test` installs")
    node = Node()
    yield node
    node.close()


@pytest.fixture
def write_url(request: pytest.FixtureRequest) -> WriteUrl:
    """Asks for Node only where an SDK is in JavaScript."""

    def write_url(sdk: str, **options: Any) -> str:
        url = python_url(**options) if sdk == PYTHON else request.getfixturevalue("node").ask(sdk, **options)
        assert isinstance(url, str)
        return url

    return write_url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def serve(tmp_path_factory: pytest.TempPathFactory, processes: Processes) -> AsyncIterator[Serve]:
    """The running server of some settings; it is started when it is first asked for."""
    async with AsyncExitStack() as stack:
        pim = await stack.enter_async_context(DemoPim(FILES.values()))
        sites: dict[str, Site] = {}

        async def serve(name: str) -> Site:
            if name not in sites:
                directory = tmp_path_factory.mktemp(name)
                folder = written_to(tmp_path_factory.mktemp("folder"))
                site = running(pim, directory, processes, folder={"directory": folder}, **SETTINGS[name])
                sites[name] = await stack.enter_async_context(site)
            return sites[name]

        yield serve


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(serve: Serve) -> Site:
    return await serve("open")
