"""The catalogue's page in a real browser: what its keeper does with it, by keyboard, and what axe says of it."""

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from proxy.demo.faults import Status
from proxy.demo.pictures import sample
from tests.playground.browser import Visit, visiting
from tests.site import Site, path_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

API = "/api/rest/v1"
TALL = "cup/red tall"
SHOWN = "w-120,h-120,c-at_max"
expect.set_options(timeout=20_000)


def where(site: Site, search: str = "", shown: str = SHOWN) -> str:
    return f"{site.admin_url}/catalogue#search={quote(search, safe='')}&tr={quote(shown, safe='')}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visit(browser: Browser, served: Site) -> AsyncIterator[Visit]:
    async with visiting(browser, where(served), viewport={"width": 1280, "height": 900}) as visit:
        yield visit


@pytest_asyncio.fixture(loop_scope="module")
async def page(visit: Visit, served: Site) -> AsyncIterator[Page]:
    """Nothing is searched for yet. At the end the page must not have complained."""
    await visit.page.goto("about:blank")
    await visit.page.goto(where(served))
    await visit.page.wait_for_selector("html[data-ready]")
    yield visit.page
    complaints, visit.complaints = visit.complaints, []
    assert complaints == []


def pixels(width: int, height: int) -> str:
    return f"{width} \N{MULTIPLICATION SIGN} {height}"


def status(page: Page) -> Any:
    return page.locator("#status")


async def test_a_product_is_found_while_it_is_typed(page: Page) -> None:
    await page.get_by_role("searchbox").press_sequentially(TALL)

    await expect(status(page)).to_have_text("7 pictures.")
    await expect(page.get_by_role("heading", name=f"product {TALL} of family cups")).to_be_visible()
    own = page.get_by_role("listitem").filter(has_text=sample("steaming cup").code)
    await expect(own.get_by_role("img", name="picture")).to_be_visible()
    await expect(own).to_contain_text("WEBP")
    await expect(page.get_by_role("listitem").first).not_to_contain_text("inherited")
    await expect(own.locator("[data-cache]")).to_have_attribute("data-cache", re.compile("HIT|MISS"))
    packshot = page.get_by_role("listitem").filter(has_text="asset packshots/rocket")
    await expect(packshot).to_contain_text("inherited from the model cup-red")
    await expect(page.get_by_role("listitem").filter(has_text="fr_FR · ecommerce")).to_have_count(1)


async def test_a_picture_that_was_changed_is_refreshed_by_keyboard_alone(page: Page, served: Site) -> None:
    product = served.pim.catalogue.products["cup-red-small"]
    await page.get_by_role("searchbox").fill("cup-red-small")
    await page.keyboard.press("Enter")
    refresh = page.get_by_role("button", name="Refresh picture", exact=True)
    await expect(refresh).to_be_visible()

    product.set("picture", sample("chelsea"))
    try:
        for _ in range(40):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.ariaLabel") == "Refresh picture":
                break
        await page.keyboard.press("Enter")

        await expect(status(page)).to_have_text("Drawn anew. 4 pictures.")
        await expect(page.get_by_text(sample("chelsea").code)).to_be_visible()
        await expect(refresh).to_be_focused()
    finally:
        product.set("picture", None)


async def test_an_original_is_fetched_anew(page: Page, served: Site) -> None:
    await page.get_by_role("searchbox").fill("packshots/hubble")
    card = page.get_by_role("listitem").filter(has_text=sample("hubble_deep_field").code)
    await expect(card.locator("[data-cache]")).to_be_visible()
    before = len(served.pim.calls)

    await card.get_by_role("button", name="Fetch the original anew: media").click()

    await expect(status(page)).to_have_text("Fetched anew. 1 picture.")
    await expect(card.locator("[data-cache=MISS]")).to_be_visible()
    code = sample("hubble_deep_field").code
    assert [call.target.code for call in served.pim.calls[before:]].count(code) == 1


async def test_another_transformation_is_shown_and_the_playground_is_a_link_away(page: Page) -> None:
    await page.get_by_role("searchbox").fill("brands/acme")
    card = page.get_by_role("listitem")
    await expect(card).to_contain_text(pixels(120, 120))

    await page.get_by_label("Shown as").fill("w-50,h-40")

    await expect(card).to_contain_text(pixels(50, 40))
    await card.get_by_role("link").click()
    await expect(page.locator("#url")).to_have_value(re.compile(rf"/tr:w-50,h-40{path_of(sample('astronaut'))}$"))


async def test_an_endpoint_with_names_only_shows_by_name(page: Page) -> None:
    await page.get_by_label("Akeneo").select_option(index=1)
    await page.get_by_role("searchbox").fill("brands/acme")

    await expect(page.get_by_role("listitem")).to_contain_text(pixels(80, 80))
    await expect(page.get_by_label("Shown as")).to_have_value("n-thumb")


async def test_what_is_not_there_and_an_akeneo_that_is_down_are_told(page: Page, served: Site) -> None:
    await page.get_by_role("searchbox").fill("<b>nothing</b>")
    await expect(status(page)).to_have_text("Akeneo has no product, model, asset or record called <b>nothing</b>.")

    with served.pim.misbehaving(Status(503, path=API)):
        await page.get_by_role("searchbox").fill("some poster")
        await expect(status(page)).to_have_text("Akeneo fails")


async def test_the_playground_finds_pictures_by_product(page: Page, served: Site) -> None:
    await page.goto(f"{served.admin_url}/")
    await page.get_by_role("searchbox", name="Find in Akeneo").press_sequentially("poster")

    await expect(page.locator("#search-help")).to_have_text("product poster: 2 pictures")
    await page.get_by_role("button", name="rocket").click()

    await expect(page.locator("#url")).to_have_value(re.compile(f"{re.escape(path_of(sample('rocket')))}$"))
    await page.get_by_role("searchbox", name="Find in Akeneo").fill("")
    await expect(page.locator("#recent-title")).to_have_text("Asked for last")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(browser: Browser, served: Site, scheme: Any) -> None:
    async with visiting(browser, where(served, "poster"), bypass_csp=True, color_scheme=scheme) as visit:
        await expect(visit.page.locator("[data-cache]")).to_have_count(2)

        found = await Axe().run(visit.page)

    assert [f"{it['id']}: {node['target'][0]}" for it in found.response["violations"] for node in it["nodes"]] == []


async def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser, served: Site) -> None:
    phone: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
    async with visiting(browser, where(served, TALL), **phone) as visit:
        await expect(visit.page.locator(".cards img")).not_to_have_count(0)
        wide = await visit.page.evaluate("document.documentElement.scrollWidth")

    assert wide == 360
