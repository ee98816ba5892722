"""URL in, picture out, over loopback, against an Akeneo that is not ours."""

import io
from collections import Counter

import httpx
import pytest
from PIL import Image

from proxy.demo.faults import Delay
from proxy.demo.files import DemoFile
from proxy.demo.pictures import sample, sample_files
from tests.site import CHROME, Site, path_of
from tests.web.conftest import Start, small_picture

WIDTHS = [64, 96, 128, 160, 200, 256, 320, 400]
ACCEPTS = ["*/*", "image/webp,*/*", CHROME]
PICTURES = [sample(name) for name in ("coffee", "rocket", "astronaut")]  # one of each family


@pytest.fixture
async def site(start: Start) -> Site:
    """Several are drawn at once."""
    return await start(render={"workers": 2})


def opened(response: httpx.Response) -> Image.Image:
    assert response.status_code == 200, response.headers.get("ik-error")
    return Image.open(io.BytesIO(response.content))


@pytest.mark.parametrize("file", PICTURES, ids=lambda file: str(file.family))
async def test_each_family_is_resized(site: Site, file: DemoFile) -> None:
    response = await site.get(path_of(file, "w-120,h-80"))

    assert opened(response).size == (120, 80)
    assert response.headers["Content-Type"] == f"image/{opened(response).format}".lower()
    assert response.headers["X-Cache"] == "MISS"


async def test_both_url_forms_are_one_picture(site: Site) -> None:
    coffee = sample("coffee")

    first = await site.get(path_of(coffee, "w-120,h-80"))
    second = await site.get(f"{path_of(coffee)}?v=1&tr=h-80%2Cw-120")

    assert second.headers["X-Cache"] == "HIT"
    assert second.content == first.content


async def test_a_picture_is_validated_without_its_body(site: Site) -> None:
    first = await site.get(path_of(sample("coffee"), "w-100"))
    etag = first.headers["ETag"]

    second = await site.get(path_of(sample("coffee"), "w-100"), If_None_Match=f'"other", W/{etag}')

    assert second.status_code == 304
    assert second.content == b""
    assert second.headers["ETag"] == etag
    assert second.headers["Cache-Control"] == first.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert second.headers["Vary"] == "Accept"
    assert "Content-Type" not in second.headers


async def test_head_tells_what_get_would_give(site: Site) -> None:
    path = path_of(sample("coffee"), "w-100")
    got = await site.get(path)

    told = await site.viewer.head(path, headers={"Accept": "*/*"})

    assert told.status_code == 200
    assert told.content == b""
    for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control", "Vary"):
        assert told.headers[name] == got.headers[name]


async def test_the_format_follows_accept_and_vary_says_so(site: Site) -> None:
    path = path_of(sample("rocket"), "w-90")

    plain, modern, named = (
        await site.get(path),
        await site.get(path, CHROME),
        await site.get(path_of(sample("rocket"), "w-90,f-png"), CHROME),
    )

    assert (plain.headers["Content-Type"], plain.headers["Vary"]) == ("image/jpeg", "Accept")
    assert (modern.headers["Content-Type"], modern.headers["Vary"]) == ("image/webp", "Accept")
    assert (named.headers["Content-Type"], named.headers.get("Vary")) == ("image/png", None)


async def test_viewers_of_avif_and_webp_share_one_rendition_while_avif_is_off(site: Site) -> None:
    await site.get(path_of(sample("rocket"), "w-90"), "image/webp,*/*")

    second = await site.get(path_of(sample("rocket"), "w-90"), CHROME)

    assert second.headers["X-Cache"] == "HIT"


async def test_eight_widths_in_three_formats_cost_one_download_and_one_token(site: Site) -> None:
    rocket = sample("rocket")

    replies = await site.get_all((path_of(rocket, f"w-{width}"), accept) for width in WIDTHS for accept in ACCEPTS)

    assert Counter(reply.status for reply in replies) == {200: 24}
    assert sorted(Image.open(io.BytesIO(reply.body)).width for reply in replies) == sorted(WIDTHS * 3)
    assert site.pim.downloads(rocket.code) == 1
    assert site.pim.token_requests == 1


async def test_two_hundred_identical_requests_cost_one_download_and_one_render(site: Site) -> None:
    replies = await site.get_all([(path_of(sample("coffee"), "w-200"), "*/*")] * 200)

    assert {reply.status for reply in replies} == {200}
    assert len({reply.body for reply in replies}) == 1
    assert site.pim.downloads() == 1
    assert site.counted("renders_total", outcome="drawn") == 1


async def test_five_hundred_requests_for_fifty_new_codes_never_exceed_akeneos_four(site: Site) -> None:
    files = [small_picture(number) for number in range(50)]
    site.pim.add(*files)
    site.pim.faults.add(Delay(0.005))

    replies = await site.get_all((path_of(file, f"w-{10 + size}"), "*/*") for file in files for size in range(10))

    assert Counter(reply.status for reply in replies) == {200: 500}
    assert site.pim.downloads() == 50
    assert 1 < site.pim.peak_in_flight <= 4


@pytest.mark.parametrize("file", sample_files(), ids=lambda file: file.original_filename)
async def test_the_stored_file_comes_byte_for_byte_on_demand(site: Site, file: DemoFile) -> None:
    response = await site.get(path_of(file, "orig-true"))

    assert response.status_code == 200
    assert response.content == file.content
