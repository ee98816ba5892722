"""A real browser, Debian's Chromium, driven by Playwright: for the tests, and for who measures the page."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
# A container has neither the privileges of Chromium's own sandbox nor much shared memory.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]


@dataclass
class Visit:
    """A page, and what it complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def heard(self, message: ConsoleMessage) -> None:
        """That an answer was a 400 is no fault of the page; the browser says so all the same."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def visiting(browser: Browser, url: str, **options: Any) -> AsyncIterator[Visit]:
    """A page in a profile of its own, once it is ready."""
    context = await browser.new_context(**options)
    try:
        visit = Visit(await context.new_page())
        visit.watch()
        await visit.page.goto(url)
        await visit.page.wait_for_selector("html[data-ready]")
        yield visit
    finally:
        await context.close()
