"""The recipes of the documentation: each is run, and every URL that it writes gives its picture."""

import asyncio
import io
from typing import Any

import pytest
from PIL import Image

from proxy.demo.pictures import sample
from tests.recipes.pages import RECIPES, Claimed, claimed, pictures
from tests.site import CHROME, Site, path_of

pytestmark = pytest.mark.asyncio(loop_scope="session")
COFFEE_WIDTH = 600


async def fetched(site: Site, claims: list[Claimed]) -> list[Image.Image]:
    """The picture of each; raises AssertionError where there is none, or none that a browser would choose."""
    responses = await asyncio.gather(*(site.get(claim.target, CHROME) for claim in claims))
    for claim, response in zip(claims, responses, strict=True):
        assert (response.status_code, response.headers["Content-Type"]) == (200, "image/webp"), claim.target
        assert "ik-error" not in response.headers
    return [Image.open(io.BytesIO(response.content)) for response in responses]


async def test_every_url_of_the_plain_page_gives_its_picture(site: Site) -> None:
    page = pictures((RECIPES / "plain.html").read_text(encoding="utf-8"))

    drawn = await fetched(site, page.claims)

    sizes = {claim.target.split("/")[1]: picture.size for claim, picture in zip(page.claims, drawn, strict=True)}
    assert len(page.claims) == 8
    assert sizes["tr:w-200,h-200,dpr-2"] == (400, 400)
    assert sizes["tr:w-400,h-500,fo-auto"] == (400, 500)
    for claim, picture in zip(page.claims, drawn, strict=True):
        assert claim.width is None or picture.width == min(claim.width, COFFEE_WIDTH)


@pytest.mark.parametrize("framework", ["react", "vue"])
async def test_a_component_writes_urls_that_give_their_pictures(
    site: Site, written: dict[str, Any], framework: str
) -> None:
    page = pictures(written[framework])

    drawn = await fetched(site, page.claims)

    fixed, fluid = page.images
    assert (fixed["width"], fixed["height"], fixed["alt"]) == ("400", "300", "A cup of espresso")
    assert (fluid["sizes"], fluid["loading"]) == ("(min-width: 60rem) 50vw, 100vw", "lazy")
    assert len([claim for claim in page.claims if claim.width]) >= 8
    for claim, picture in zip(page.claims, drawn, strict=True):
        assert claim.width is None or picture.width == min(claim.width, COFFEE_WIDTH)


async def test_both_components_write_the_same_urls(written: dict[str, Any]) -> None:
    assert set(pictures(written["react"]).claims) == set(pictures(written["vue"]).claims)


async def test_the_loader_of_next_writes_urls_that_give_their_pictures(site: Site, written: dict[str, Any]) -> None:
    claims = [claimed(url) for url in written["next"]]

    drawn = await fetched(site, claims)

    coffee = path_of(sample("coffee"))
    assert [claim.target for claim in claims[:1]] == [f"/tr:w-320,c-at_max{coffee}"]
    assert [picture.width for picture in drawn] == [320, COFFEE_WIDTH, COFFEE_WIDTH, 256]
    assert claims[-1].target == f"/tr:w-256,c-at_max,q-60{coffee}"
    assert written["config"] == {"loader": "custom", "loaderFile": "./media-proxy-loader.js"}
