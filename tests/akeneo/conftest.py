"""A client that speaks to a pretend Akeneo."""

from collections.abc import AsyncIterator

import pytest

from tests.akeneo.bench import Bench, bench_with


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with bench_with() as bench:
        yield bench
