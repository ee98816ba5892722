"""What a catalogue's keeper refreshes at one replica is looked up anew at all."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.pixels.processes import Processes
from tests.shared.redis_server import RedisServer, until
from tests.shared.replicas import replicas
from tests.site import client_of
from tests.web.shops import pim_with_catalogue

VARIANT = "/products/cup-red-small/picture?tr=orig-true"


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with pim_with_catalogue() as pim:
        yield pim


@pytest.mark.parametrize(
    "source", [{"kind": "product", "code": "CUP-RED-SMALL"}, {"kind": "product model", "code": "cup-red"}]
)
async def test_a_refresh_at_one_replica_reaches_all(
    pim: DemoPim, redis: RedisServer, tmp_path: Path, processes: Processes, source: dict[str, str]
) -> None:
    async with replicas(2, pim, redis, tmp_path, processes) as (first, second):
        before = await second.get(VARIANT)
        pim.catalogue.models["cup"].set("picture", sample("chelsea"))
        async with client_of(first.admin_url) as keeper:
            answer = await keeper.post("/v1/pictures/refresh", json={"sources": [source]})

        async def is_new() -> bool:
            return (await second.get(VARIANT)).content == sample("chelsea").content

        assert answer.status_code == 200, answer.text
        assert before.content == sample("coffee").content
        await until(is_new)
