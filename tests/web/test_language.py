"""What the URL language asks of the whole server: other pictures, other names, other headers."""

import io
import logging

import pytest
from PIL import Image

from proxy.demo.pictures import sample
from proxy.imagekit.signature import signed
from tests.site import Site, path_of
from tests.web.conftest import Start

COFFEE = sample("coffee")
LOGO = sample("logo")
MISSING = "/media-files/0/0/0/0/none.jpg"


def in_values(path: str) -> str:
    return path.removeprefix("/").replace("/", "@@")


def opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body)).convert("RGB")


async def test_a_layer_is_another_picture_of_the_catalogue(site: Site) -> None:
    layer = f"l-image,i-{in_values(path_of(LOGO))},w-60,lx-0,ly-0,l-end"

    bare, layered = (
        await site.get(path_of(COFFEE, "w-200,f-png")),
        await site.get(path_of(COFFEE, f"w-200,{layer},f-png")),
    )

    assert (bare.status_code, layered.status_code) == (200, 200)
    assert opened(layered.content).size == (200, 133)
    assert layered.content != bare.content
    assert (site.pim.downloads(COFFEE.code), site.pim.downloads(LOGO.code)) == (1, 1)


async def test_a_missing_layer_is_not_found(site: Site) -> None:
    response = await site.get(path_of(COFFEE, f"w-200,l-image,i-{in_values(MISSING)},l-end"))

    assert (response.status_code, response.headers["ik-error"].partition(" - ")[0]) == (404, "ENOENT")


async def test_one_url_cannot_ask_for_pictures_without_end(site: Site) -> None:
    layers = ",".join(f"l-image,i-media-files@@{number}.jpg,l-end" for number in range(20))

    response = await site.get(path_of(COFFEE, layers))

    assert (response.status_code, response.headers["ik-error"].partition(" - ")[0]) == (400, "ELIMIT")
    assert site.pim.downloads() == 0


async def test_the_default_image_stands_in_for_a_while(site: Site) -> None:
    response = await site.get(f"/tr:w-90,di-{in_values(path_of(COFFEE))}{MISSING}")

    assert response.status_code == 200
    assert opened(response.content).width == 90
    assert response.headers["Cache-Control"] == "public, max-age=60"


IMPOSSIBLE = [
    "/media-files/0/0/0/0/no-such-file.jpg",
    "/media-files/does-not-exist.jpg",
    "/media-files/",
    "/media-files/no%20such%20file.jpg",
    "/media-files/gr%C3%B6%C3%9Fe.jpg",
    "/media-files/%ff.jpg",
    "/pictures/none.jpg",
    "/ik-seo/none.jpg",
]


@pytest.mark.parametrize("path", IMPOSSIBLE)
async def test_a_default_image_stands_in_where_no_file_can_be(start: Start, path: str) -> None:
    default = f"di-{in_values(path_of(COFFEE))}"
    site = await start(named_transformations={"card": f"w-30,{default}"})

    shown = [
        await site.get(url) for url in (f"/tr:w-90,{default}{path}", f"{path}?tr=w-90,{default}", f"/tr:n-card{path}")
    ]
    bare, neither = [await site.get(f"/tr:{words}{path}") for words in ("w-90", "w-90,di-none@@too.jpg")]

    assert [opened(response.content).width for response in shown] == [90, 90, 30]
    assert {response.headers["Cache-Control"] for response in shown} == {"public, max-age=60"}
    assert (bare.status_code, neither.status_code) == (404, 404)
    assert site.pim.downloads() == 1


async def test_a_default_image_is_shown_to_who_may_see_it(start: Start) -> None:
    site = await start(signing={"private_key": "k", "required": True})
    target = f"tr:w-90,di-{in_values(path_of(COFFEE))}{IMPOSSIBLE[0]}"

    unsigned, good = await site.get(f"/{target}"), await site.get(f"/{signed(target, 'k')}")

    assert (unsigned.status_code, good.status_code) == (404, 200)


async def test_named_transformations_come_from_the_settings(start: Start) -> None:
    site = await start(named_transformations={"thumb": "w-100,h-100,c-at_max"}, named_only=True)

    named, unknown, bare = [await site.get(path_of(COFFEE, words)) for words in ("n-thumb", "n-other", "w-100")]

    assert opened(named.content).size == (100, 67)
    assert (unknown.status_code, bare.status_code) == (400, 400)


async def test_client_hints_choose_the_size_and_are_told(site: Site) -> None:
    path = path_of(COFFEE, "w-auto")

    hinted = await site.get(path, Sec_CH_Width="212", Sec_CH_DPR="2")
    plain = await site.get(path)

    assert opened(hinted.content).width == 300
    assert hinted.headers["Content-DPR"] == "2.83"
    assert "Sec-CH-Width" in hinted.headers["Vary"]
    assert opened(plain.content).width == 600


async def test_a_download_has_the_name_that_it_is_given(site: Site) -> None:
    response = await site.get(f"{path_of(COFFEE)}?ik-attachment=true&ik-attachment-filename=my-cup.png")

    assert response.headers["Content-Disposition"] == 'attachment; filename="my-cup.png"'


async def test_a_condition_looks_at_the_picture(site: Site) -> None:
    response = await site.get(path_of(COFFEE, "if-ar_gt_1,w-120,f-png,if-else,h-120,if-end"), "image/webp")

    assert opened(response.content).size == (120, 80)
    assert response.headers["Content-Type"] == "image/png"


async def test_what_a_url_says_in_vain_is_told_in_the_log(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "proxy.web")

    response = await site.get(path_of(COFFEE, "w-50,foo-3"))

    assert response.status_code == 200
    assert "ignored foo-3: there is no such parameter here" in caplog.messages


async def test_effects_change_what_is_seen(site: Site) -> None:
    grey = opened((await site.get(path_of(COFFEE, "w-50,e-grayscale,f-png"))).content)

    red, green, blue = grey.getpixel((25, 15))  # type: ignore[misc]
    assert red == green == blue
