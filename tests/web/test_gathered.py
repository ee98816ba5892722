"""The sizes of a `srcset`, asked for at one moment, are drawn from one decode."""

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from proxy.demo.faults import Hold
from proxy.demo.files import DemoFile, Family
from proxy.demo.pim import DemoPim
from tests.site import Site, path_of, running
from tests.web.conftest import Start

WIDTHS = (32, 64, 128, 256)  # the smallest would be decoded at an eighth, which is of no use to the others
LONG = 60.0


def photo() -> DemoFile:
    body = io.BytesIO()
    Image.radial_gradient("L").resize((512, 512)).convert("RGB").save(body, "JPEG")
    return DemoFile.named(Family.PRODUCT, "photo.jpg", "image/jpeg", body.getvalue())


async def asked_together(site: Site, file: DemoFile) -> list[int]:
    """All are on their way before the original is there."""
    go_on, gathering = asyncio.Event(), site.delivery.drawing.gathering
    site.pim.faults.add(Hold(go_on))
    asked = [asyncio.ensure_future(site.get(path_of(file, f"w-{width}"))) for width in WIDTHS]
    while gathering.on_the_way.total() < len(WIDTHS):  # noqa: ASYNC110 (no time is waited for)
        await asyncio.sleep(0)
    go_on.set()
    return [reply.status_code for reply in await asyncio.gather(*asked)]


async def test_sizes_that_are_asked_for_together_are_one_decode(pim: DemoPim, tmp_path: Path) -> None:
    pim.add(file := photo())
    async with running(pim, tmp_path, render={"workers": 1}) as site:  # workers that keep what they have decoded
        site.delivery.drawing.gathering.most_seconds = LONG

        statuses = await asked_together(site, file)

        assert statuses == [200] * len(WIDTHS)
        assert site.counted("decodes_total", outcome="made") == 1
        assert site.counted("decodes_total", outcome="reused") == len(WIDTHS) - 1


@pytest.mark.parametrize("path", ["w-9999x", "w-64,f-bogus"])
async def test_a_size_that_is_refused_keeps_nobody(start: Start, path: str) -> None:
    site = await start(render={"workers": 1})
    site.delivery.drawing.gathering.most_seconds = LONG
    site.pim.add(file := photo())

    replies = await asyncio.gather(site.get(path_of(file, path)), site.get(path_of(file, "w-64")))

    assert [reply.status_code for reply in replies] == [400, 200]


async def test_a_file_that_is_no_picture_keeps_nobody(start: Start) -> None:
    site = await start()
    site.delivery.drawing.gathering.most_seconds = LONG
    site.pim.add(file := DemoFile.named(Family.PRODUCT, "broken.jpg", "image/jpeg", photo().content[:300]))

    replies = await asyncio.gather(*(site.get(path_of(file, f"w-{width}")) for width in WIDTHS))

    assert {reply.status_code for reply in replies} <= {422, 502}
    assert not site.delivery.drawing.gathering.on_the_way
