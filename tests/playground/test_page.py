"""The page in a real browser: what a developer does with it, by keyboard, and what axe says of it."""

import asyncio
import re
import shutil
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from proxy.demo.pictures import sample
from proxy.pixels.processes import Processes
from tests.conformance.sdks import INSTALLED
from tests.playground.browser import Visit, visiting
from tests.site import Site, path_of, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASE = "http://127.0.0.1:0"  # the settings do not know the port
COFFEE = path_of(sample("coffee"))
expect.set_options(timeout=20_000)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visit(browser: Browser, served: Site) -> AsyncIterator[Visit]:
    async with visiting(browser, f"{served.admin_url}/", viewport={"width": 1360, "height": 980}) as visit:
        yield visit


@pytest_asyncio.fixture(loop_scope="module")
async def page(visit: Visit, served: Site) -> AsyncIterator[Page]:
    """Nothing is chosen yet. At the end the page must not have complained."""
    await visit.page.goto("about:blank")
    await visit.page.goto(f"{served.admin_url}/")
    await visit.page.wait_for_selector("html[data-ready]")
    yield visit.page
    complaints, visit.complaints = visit.complaints, []
    assert complaints == []


def pixels(width: int, height: int) -> str:
    return f"{width} \N{MULTIPLICATION SIGN} {height}"


def result_of(width: int, height: int) -> str:
    return f"Result: {pixels(width, height)}"


def hash_of(target: str) -> str:
    return f"#url={quote(BASE + target, safe='')}"


async def show(page: Page, target: str) -> None:
    await page.locator("#url").fill(BASE + target)


async def snippet(page: Page, kind: str) -> str:
    await page.get_by_label(kind, exact=True).check()
    return await page.locator("#snippet").input_value()


async def test_a_code_is_pasted_and_controls_write_the_url(page: Page) -> None:
    await page.get_by_role("combobox", name="Picture").fill(sample("coffee").code)
    await page.keyboard.press("Enter")
    await expect(page.locator("#url")).to_have_value(BASE + COFFEE)

    await page.get_by_label("Width", exact=True).fill("120")
    await page.get_by_label("Format", exact=True).select_option("png")
    await page.get_by_label("grey").check()

    await expect(page.locator("#url")).to_have_value(f"{BASE}/tr:w-120,f-png,e-grayscale{COFFEE}")
    await expect(page.locator("#status")).to_contain_text(f"{result_of(120, 80)} pixels, ")
    await expect(page.locator("[data-original=pixels]")).to_have_text(pixels(600, 400))
    await expect(page.locator("[data-result=timing]")).to_contain_text("ms")


async def test_the_url_is_edited_by_hand_and_controls_follow(page: Page) -> None:
    await show(page, f"/tr:w-200,cm-pad_resize,h-300,bg-F3D9B1:rt-N15,q-40,fo-left{COFFEE}")

    await expect(page.get_by_label("Width", exact=True)).to_have_value("200")
    await expect(page.get_by_label("Crop mode")).to_have_value("cm-pad_resize")
    await expect(page.get_by_label("Background, colour picker")).to_have_value("#f3d9b1")
    await page.get_by_label("Step 2").check()
    await expect(page.get_by_label("Rotation", exact=True)).to_have_value("-15")
    await expect(page.get_by_label("left", exact=True)).to_be_checked()

    await page.get_by_label("Quality", exact=True).fill("50")

    wanted = f"{BASE}/tr:w-200,cm-pad_resize,h-300,bg-F3D9B1:rt-N15,q-50,fo-left{COFFEE}"
    await expect(page.locator("#url")).to_have_value(wanted)


async def test_the_crop_mode_changes_its_key_in_place(page: Page) -> None:
    await show(page, f"/tr:w-90,c-at_max,h-90{COFFEE}")
    await page.get_by_label("Crop mode").select_option("cm-extract")

    await expect(page.locator("#url")).to_have_value(f"{BASE}/tr:w-90,cm-extract,h-90{COFFEE}")
    await expect(page.get_by_label("Left (x)")).to_be_visible()


async def test_layers_and_queries_stay_as_they_are_written(page: Page) -> None:
    layer = "l-text,i-Hi,fs-30,l-end"
    await show(page, f"{COFFEE}?v=2&tr=w-90,{layer}")
    await page.get_by_label("Height", exact=True).fill("60")

    await expect(page.locator("#url")).to_have_value(f"{BASE}{COFFEE}?v=2&tr=w-90,{layer},h-60")
    await expect(page.locator("#kept")).to_have_text(f"Kept as it is: {layer}")


async def test_what_is_wrong_is_marked_in_the_url_and_at_its_control(page: Page) -> None:
    await show(page, f"/tr:w-90:bl-500{COFFEE}")

    await expect(page.locator("mark")).to_have_text("bl-500")
    await expect(page.locator("#url")).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#status")).to_contain_text("No result: bl-500")
    await page.get_by_label("Step 2, with a mistake").check()
    blur = page.get_by_label("Blur", exact=True)
    await expect(blur).to_have_accessible_description("Expected a radius from 1 to 100.")

    await blur.fill("5")

    await expect(page.locator("#status")).to_contain_text(result_of(90, 60))
    await expect(page.locator("mark")).to_have_count(0)
    await expect(blur).not_to_have_attribute("aria-invalid", "true")


async def test_what_has_no_effect_is_marked_too(page: Page) -> None:
    await show(page, f"/tr:w-90,foo-3{COFFEE}")

    await expect(page.locator("mark")).to_have_text("foo-3")
    await expect(page.locator("#url-problem")).to_contain_text("foo-3 is ignored: there is no such parameter here")
    await expect(page.locator("#url")).to_have_attribute("aria-invalid", "false")


async def test_everything_is_reached_by_keyboard_alone(page: Page) -> None:
    reached: list[str] = []
    for _ in range(70):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate("document.activeElement.id || document.activeElement.name || ''"))

    wanted = ["code", "family", "url", "w", "h", "crop", "fo", "f", "q", "rt", "bl", "kind", "snippet", "copy"]
    places = [reached.index(name) for name in wanted if name in reached]
    assert [name for name in wanted if name not in reached] == []
    assert places[:3] == sorted(places[:3])


async def test_the_same_picture_twice_is_a_hit(page: Page) -> None:
    await show(page, f"/tr:w-91{COFFEE}")
    await expect(page.locator("[data-result=cache]")).to_have_text("MISS")

    await page.get_by_role("button", name="Ask again").click()

    await expect(page.locator("[data-result=cache]")).to_have_text("HIT")


async def test_another_endpoint_is_chosen(page: Page) -> None:
    await show(page, f"/tr:w-90{COFFEE}")

    await page.get_by_label("Endpoint").select_option(f"{BASE}/shop")
    await page.get_by_label("Named transformation").select_option("thumb")

    await expect(page.locator("#url")).to_have_value(re.compile(rf"/shop/tr:w-90,n-thumb{re.escape(COFFEE)}$"))
    await expect(page.locator("#status")).to_contain_text(result_of(90, 80))


async def test_a_link_leads_to_a_picture_and_a_file_is_told(browser: Browser, served: Site) -> None:
    sheet = hash_of(path_of(sample("data sheet")))
    async with visiting(browser, f"{served.admin_url}/{sheet}") as visit:
        await expect(visit.page.locator("#result-ground")).to_have_text("No picture: application/pdf")


async def test_snippets_are_what_a_page_needs(page: Page) -> None:
    await show(page, f"/tr:w-200,h-100{COFFEE}?a=1&b=2")
    await expect(page.locator("#status")).to_contain_text(result_of(200, 100))

    image, picture = await snippet(page, "<img srcset>"), await snippet(page, "<picture>")

    assert f"{BASE}/tr:w-400,h-200{COFFEE}?a=1&amp;b=2 400w" in image
    assert 'sizes="(max-width: 200px) 100vw, 200px"' in image
    assert f'type="image/avif"\n          srcset="{BASE}/tr:w-100,h-50,f-avif{COFFEE}?a=1&amp;b=2 100w' in picture
    assert f'<img src="{BASE}/tr:w-200,h-100{COFFEE}?a=1&amp;b=2" alt="">' in picture


async def test_a_url_is_signed_here(page: Page) -> None:
    await show(page, f"/tr:w-90{COFFEE}")
    await page.get_by_label("Signed URL").check()
    await page.get_by_label("Valid for").select_option("3600")

    await page.get_by_role("button", name="Sign").click()

    await expect(page.locator("#snippet")).to_have_value(re.compile(r"\?ik-t=\d+&ik-s=[0-9a-f]{40}$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(browser: Browser, served: Site, scheme: Any) -> None:
    where = f"{served.admin_url}/{hash_of(f'/tr:w-90,bl-500{COFFEE}')}"
    async with visiting(browser, where, bypass_csp=True, color_scheme=scheme) as visit:
        await expect(visit.page.locator("mark")).to_have_text("bl-500")
        await visit.page.get_by_label("Signed URL").check()

        assert await violations(visit.page) == []


async def test_axe_is_at_work(browser: Browser, served: Site) -> None:
    async with visiting(browser, f"{served.admin_url}/", bypass_csp=True) as visit:
        await visit.page.evaluate("document.querySelector('header img').removeAttribute('alt')")

        found = await violations(visit.page, "image-alt")

    assert [rule.partition(":")[0] for rule in found] == ["image-alt"]


async def violations(page: Page, *rules: str) -> list[str]:
    found = await Axe().run(page, options={"runOnly": list(rules)} if rules else None)
    return [f"{it['id']}: {node['target'][0]}" for it in found.response["violations"] for node in it["nodes"]]


async def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser, served: Site) -> None:
    phone: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
    async with visiting(browser, f"{served.admin_url}/{hash_of(f'/tr:w-90{COFFEE}')}", **phone) as visit:
        await expect(visit.page.locator("#status")).to_contain_text(result_of(90, 60))
        wide = await visit.page.evaluate("document.documentElement.scrollWidth")

    assert wide == 360


async def test_a_browser_asks_its_user_for_the_token(
    browser: Browser, served: Site, processes: Processes, tmp_path: Path
) -> None:
    credentials: Any = {"username": "me", "password": "t0ken"}
    async with running(served.pim, tmp_path, processes, admin_token="t0ken") as site:
        where = f"{site.admin_url}/{hash_of(f'/tr:w-90{COFFEE}')}"
        async with visiting(browser, where, http_credentials=credentials) as visit:
            await expect(visit.page.locator("#status")).to_contain_text(result_of(90, 60))
            assert visit.complaints == []


# What ImageKit's own SDKs make of the calls that the page writes for them.
RICH = "tr:w-200,h-150,cm-pad_resize,bg-F3D9B1:rt-N15,r-max,e-grayscale:l-text,i-Hi,fs-30,l-end"


async def test_the_call_for_python_gives_the_url(page: Page) -> None:
    url = f"{BASE}/{RICH}{COFFEE}"
    await page.locator("#url").fill(url)

    said: dict[str, str] = {}
    exec(await snippet(page, "ImageKit for Python"), said)

    assert said["url"] == url


async def test_the_call_for_javascript_gives_the_url(page: Page) -> None:
    if not shutil.which("node") or not INSTALLED.exists():
        pytest.skip("needs Node.js and the packages that `make test` installs")
    url = f"{BASE}/{RICH}{COFFEE}"
    await page.locator("#url").fill(url)

    program = await snippet(page, "ImageKit for JavaScript") + "\nprocess.stdout.write(url);"
    node = await asyncio.create_subprocess_exec(
        "node", "--input-type=module", cwd=INSTALLED.parent.parent, stdin=PIPE, stdout=PIPE
    )
    out, _ = await node.communicate(program.encode())

    assert out.decode() == url


async def test_half_an_encoding_breaks_nothing(page: Page) -> None:
    await show(page, "/tr:w-%e/media-files/a%ffb%2.jpg")

    await expect(page.locator("#status")).to_contain_text("No result")
    assert "a%ffb%2.jpg" in await snippet(page, "ImageKit for JavaScript")
