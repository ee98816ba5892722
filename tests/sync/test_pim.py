"""What is read of the PIM and written into it, call by call."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from proxy.akeneo.client import AkeneoClient
from proxy.catalogue.values import Values
from proxy.metrics import Metrics
from proxy.slices import AkeneoSettings
from proxy.sync.akeneo.drafts import is_draft
from proxy.sync.akeneo.entries import PimEntry
from proxy.sync.akeneo.reads import PimReads
from proxy.sync.akeneo.writes import PimWrites
from proxy.sync.outcomes import ConfigurationError, DataError, Reason, TransientError
from proxy.sync.state.rows import Kind
from tests.akeneo.bench import Clock
from tests.sync.desk import Answering, Desk, cut, desk_with, says

LINK = {"link": [{"locale": None, "channel": None, "data": "x.jpg"}]}
PRODUCT = '{"identifier": "RUN/01", "values": {"front": [{"locale": null, "scope": null, "data": "1/2/a.jpg"}]}}'
ATTRIBUTE = '{"code": "link", "type": "media_link", "prefix": "https://x/", "suffix": null}'


class Pim:
    def __init__(self, desk: Desk, clock: Clock) -> None:
        settings = AkeneoSettings(url=desk.url, access_token=SecretStr("token"))
        self.client = AkeneoClient(settings, Metrics().of_connection("sync"), clock=clock, sleep=clock.sleep)
        self.desk, self.clock = desk, clock
        self.reads, self.writes = PimReads(self.client, clock=clock), PimWrites(self.client)

    async def entry(self) -> PimEntry:
        found = await self.reads.product("RUN/01")
        assert found is not None
        return found


@asynccontextmanager
async def pim_with(*answers: Answering) -> AsyncIterator[Pim]:
    async with desk_with(*answers) as desk:
        pim = Pim(desk, Clock())
        try:
            yield pim
        finally:
            await pim.client.close()


async def test_an_asset_is_created_or_updated() -> None:
    async with pim_with(says(201, ""), says(204, "")) as pim:
        assert await pim.writes.patch_asset("packshots", "A__1", LINK)
        assert not await pim.writes.patch_asset("packshots", "A__1", LINK)
        assert set(pim.desk.lines) == {"PATCH /api/rest/v1/asset-families/packshots/assets/A__1"}
        assert b'"code": "A__1"' in pim.desk.asked[0].body


async def test_a_patch_is_repeated_after_a_cut() -> None:
    async with pim_with(cut, says(429, "{}", Retry_After="1"), says(204, "")) as pim:
        assert not await pim.writes.patch_asset("packshots", "A__1", LINK)


async def test_akeneos_own_words_of_a_refusal_are_kept() -> None:
    body = '{"code": 422, "message": "Invalid.", "errors": [{"property": "link", "message": "is no URL"}]}'
    async with pim_with(says(422, body)) as pim:
        with pytest.raises(DataError, match=r"Invalid\. \(link: is no URL\)") as error:
            await pim.writes.patch_asset("packshots", "A__1", LINK)
        assert error.value.reason is Reason.REFUSED


@pytest.mark.parametrize(
    ("status", "kind"), [(401, ConfigurationError), (403, ConfigurationError), (503, TransientError)]
)
async def test_a_refusal_is_of_its_class(status: int, kind: type[Exception]) -> None:
    async with pim_with(says(status)) as pim:
        with pytest.raises(kind):
            await pim.writes.patch_asset("packshots", "A__1", LINK)


async def test_a_family_that_is_not_there_is_told_from_an_asset() -> None:
    async with pim_with(says(404)) as pim:
        with pytest.raises(DataError) as error:
            await pim.writes.patch_asset("packshots", "A__1", LINK)
        assert error.value.reason is Reason.UNKNOWN_FAMILY
        assert not await pim.writes.delete_asset("packshots", "A__1")
        assert await pim.reads.asset_family("packshots") is None


async def test_an_attribute_is_remembered_for_an_hour() -> None:
    async with pim_with(says(200, ATTRIBUTE)) as pim:
        for _ in range(3):
            assert (await pim.reads.asset_attribute("packshots", "link")).prefix == "https://x/"
        pim.clock.now += 3600
        await pim.reads.asset_attribute("packshots", "link")
        assert len(pim.desk.asked) == 2


@pytest.mark.parametrize(
    ("family", "reason"),
    [(says(404), Reason.UNKNOWN_FAMILY), (says(200, '{"code": "packshots"}'), Reason.UNKNOWN_ATTRIBUTE)],
)
async def test_an_attribute_that_is_not_there_says_what_is_missing(family: Answering, reason: Reason) -> None:
    async with pim_with(says(404), family) as pim:
        with pytest.raises(DataError) as error:
            await pim.reads.asset_attribute("packshots", "link")
        assert error.value.reason is reason


async def test_a_product_is_read_before_it_is_written() -> None:
    async with pim_with(says(200, PRODUCT), says(204, ""), says(200, PRODUCT)) as pim:
        entry = await pim.entry()
        await pim.writes.patch_value(entry, "front", None)

        assert entry.data("front") == "1/2/a.jpg"
        assert is_draft(await pim.entry(), "front", None)
        assert pim.desk.lines[:2] == ["GET /api/rest/v1/products/RUN%2F01", "PATCH /api/rest/v1/products/RUN%2F01"]
        assert pim.desk.asked[1].body == b'{"values": {"front": [{"locale": null, "scope": null, "data": null}]}}'


async def test_no_product_is_none_and_no_name_leads_elsewhere() -> None:
    async with pim_with(says(404)) as pim:
        assert await pim.reads.product_model("nothing") is None
        with pytest.raises(DataError):
            await pim.reads.product("../families")
        assert len(pim.desk.asked) == 1


async def test_a_file_is_uploaded_into_its_slot(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(bytes(range(256)) * 4000)
    where = "http://pim/api/rest/v1/media-files/1/2/side__8d1e.jpg"
    async with pim_with(says(201, "", Location=where)) as pim:
        entry = PimEntry(Kind.PRODUCT_MODEL, "RUN", Values(), {})
        code = await pim.writes.upload(entry, "front", file, 'side"\r\n__8d1e.jpg')

        asked = pim.desk.asked[0]
        assert (code, asked.line) == ("1/2/side__8d1e.jpg", "POST /api/rest/v1/media-files")
        assert file.read_bytes() in asked.body
        assert b'{"code": "RUN", "attribute": "front", "scope": null, "locale": null}' in asked.body
        assert b'filename="side_____8d1e.jpg"' in asked.body
        assert asked.request.headers["Content-Length"] == str(len(asked.body))


async def test_an_upload_is_not_repeated_after_a_cut_but_after_a_limit(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"picture")
    where = says(201, "", Location="/api/rest/v1/media-files/1/a.jpg")
    async with pim_with(says(429, "{}", Retry_After="1"), cut, where) as pim:
        entry = PimEntry(Kind.PRODUCT, "RUN", Values(), {})
        with pytest.raises(TransientError) as error:
            await pim.writes.upload(entry, "front", file, "a.jpg")
        assert error.value.maybe_applied
        assert len(pim.desk.asked) == 2


@pytest.mark.parametrize(("status", "reason"), [(422, Reason.REFUSED), (413, Reason.TOO_LARGE)])
async def test_a_file_that_akeneo_does_not_take_is_wrong_data(tmp_path: Path, status: int, reason: Reason) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"picture")
    async with pim_with(says(status, '{"message": "no such extension"}')) as pim:
        entry = PimEntry(Kind.PRODUCT, "RUN", Values(), {})
        with pytest.raises(DataError, match="no such extension") as error:
            await pim.writes.upload(entry, "front", file, "a.exe")
        assert error.value.reason is reason
