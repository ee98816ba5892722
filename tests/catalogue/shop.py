"""The reader of catalogues at work on the pretend Akeneo's sample catalogue."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from proxy.catalogue.catalogue import Catalogue
from proxy.catalogue.pages import Page
from proxy.deadline import Deadline
from proxy.demo.catalogue.model import DemoCatalogue
from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.pim import DemoPim
from tests.akeneo.bench import Bench, bench_with

T = TypeVar("T")


class Shop:
    def __init__(self, bench: Bench, **options: Any) -> None:
        self.bench = bench
        self.reader = Catalogue(bench.client, **options)

    @property
    def pim(self) -> DemoPim:
        return self.bench.pim

    @property
    def stock(self) -> DemoCatalogue:
        return self.bench.pim.catalogue

    @property
    def soon(self) -> Deadline:
        return self.bench.deadline()


@asynccontextmanager
async def shop_with(reader: dict[str, Any] | None = None, **pim_options: Any) -> AsyncIterator[Shop]:
    async with bench_with(**{"catalogue": sample_catalogue(), **pim_options}) as bench:
        yield Shop(bench, **(reader or {}))


async def all_of(pages: AsyncGenerator[Page[T], None]) -> list[T]:
    return [item async for page in pages for item in page.items]
