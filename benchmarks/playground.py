"""How quickly the playground answers its user, and what the pages look like; `--pictures` writes the screenshots.

    python -m benchmarks.playground [--pictures]

Needs Debian's Chromium and Playwright, which `make test` installs.
"""

import argparse
import asyncio
import statistics
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.async_api import Browser, Page

from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.pictures import sample, sample_files
from proxy.demo.pim import DemoPim
from tests.playground.browser import browsing, visiting
from tests.site import Site, path_of, running

IMAGES = Path(__file__).parent.parent / "docs" / "images"
ROUNDS = 15
BAR_MILLISECONDS = 100
BASE = "http://127.0.0.1:8080"
SHOWN = path_of(sample("coffee"), "w-480,h-360,fo-auto,r-24")
WRONG = path_of(sample("coffee"), "w-480,h-360,bl-500")
ASKED_BEFORE = ("badge", "rocket", "astronaut", "logo", "hubble_deep_field", "chelsea", "coffee")
DESKTOP = {"width": 1360, "height": 980}
PHONE = {"width": 390, "height": 844}
# From the end of loading to the first frame after a key was pressed in a field.
FIRST_KEY = """() => new Promise((done) => {
    const field = document.querySelector("#w");
    field.focus();
    const since = performance.now();
    field.value = "320";
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - since)));
})"""
READY_AFTER_LOAD = """() => {
    const navigation = performance.getEntriesByType("navigation")[0];
    return [navigation.domInteractive, navigation.loadEventEnd];
}"""


def address_of(site: Site, target: str = "") -> str:
    return f"{site.admin_url}/#url={quote(BASE + target, safe='')}" if target else f"{site.admin_url}/"


async def measure(browser: Browser, site: Site) -> None:
    loads, keys = [], []
    for _ in range(ROUNDS):
        async with visiting(browser, address_of(site, SHOWN), viewport=DESKTOP) as visit:
            await visit.page.wait_for_load_state("load")
            keys.append(float(await visit.page.evaluate(FIRST_KEY)))
            loads.append(float((await visit.page.evaluate(READY_AFTER_LOAD))[1]))
    first = statistics.median(keys)
    print(f"load, empty browser cache: {statistics.median(loads):.0f} ms (median of {ROUNDS})")
    print(f"first key after load to the second frame: {first:.0f} ms (median of {ROUNDS}; worst {max(keys):.0f} ms)")
    print(f"bar of {BAR_MILLISECONDS} ms: {'kept' if first < BAR_MILLISECONDS else 'MISSED'}")


async def photograph(browser: Browser, site: Site) -> None:
    looks: list[tuple[str, str, dict[str, Any]]] = [
        ("desktop", SHOWN, {"viewport": DESKTOP}),
        ("dark", SHOWN, {"viewport": DESKTOP, "color_scheme": "dark"}),
        ("error", WRONG, {"viewport": {**DESKTOP, "height": 620}}),
        ("phone", SHOWN, {"viewport": PHONE, "has_touch": True, "is_mobile": True}),
    ]
    for name, options in (("desktop", {"viewport": DESKTOP}), ("phone", looks[-1][2])):
        async with visiting(browser, f"{site.admin_url}/catalogue#search=cup/red+tall", **options) as visit:
            await visit.page.wait_for_load_state("networkidle")
            await keep(visit.page, f"keeping-{name}")
    for name, target, options in looks:
        async with visiting(browser, address_of(site, target), **options) as visit:
            await settled(visit.page)
            await keep(visit.page, f"playground-{name}")


async def keep(page: Page, name: str) -> None:
    path = IMAGES / f"{name}.jpg"
    await page.screenshot(path=path, type="jpeg", quality=82)
    print(f"{path.relative_to(Path.cwd())}: {path.stat().st_size // 1000} kB")


async def settled(page: Page) -> None:
    """Both sides have come, and the pictures that were asked for last."""
    await page.locator("#status", has_text="esult").wait_for(state="attached")
    await page.wait_for_selector("#original-ground :is(img, p)")
    await page.wait_for_load_state("networkidle")


def demo() -> DemoPim:
    return DemoPim(sample_files(), catalogue=sample_catalogue())


async def main(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as directory:
        async with demo() as pim, running(pim, Path(directory), port=0) as site, browsing() as browser:
            for name in ASKED_BEFORE:
                await site.get(path_of(sample(name), "w-200,f-jpg"))
            await (photograph if options.pictures else measure)(browser, site)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", action="store_true", help="write the screenshots instead")
    asyncio.run(main(parser.parse_args()))
