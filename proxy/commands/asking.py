"""Calls the admin port of the running server."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from proxy.commands.hosts import base_url
from proxy.errors import SettingsError
from proxy.settings import Settings

PATH = "/v1/files/purge"
BLOCKLIST_PATH = "/v1/blocklist"
BASE = re.compile(r"https?://[^/?#@]+/?", re.IGNORECASE)
TIMEOUT_SECONDS = 60.0  # of one call
POLL_SECONDS = 0.5


class Refused(Exception):
    """What the server said, or that there is none."""


def admin_url(given: str | None, settings: Settings) -> str:
    if given is not None:
        if not BASE.fullmatch(given):
            raise SettingsError("--admin: expected http://host:port")
        return given.rstrip("/")
    if not settings.admin_port:
        raise SettingsError("MEDIA_PROXY_ADMIN_PORT: expected the port of the running server, or --admin http://...")
    return base_url(settings.admin_host, settings.admin_port)


async def purge(base: str, token: str, body: dict[str, str], wait: bool) -> dict[str, Any]:
    """The purge's `requestId`, its `status` and how many entries of each tier are `purged`; raises Refused."""
    url = base + PATH
    async with session_for(url, token) as session:
        purge_id = (await call(session, "POST", url, body))["requestId"]
        state = await call(session, "GET", f"{url}/{purge_id}")
        while wait and state["status"] != "Completed":
            await asyncio.sleep(POLL_SECONDS)
            state = await call(session, "GET", f"{url}/{purge_id}")
        return {"requestId": purge_id, "status": state["status"], "purged": state["purged"]}


async def change_blocklist(base: str, token: str, method: str, body: dict[str, str]) -> dict[str, Any]:
    """The paths, by what has become of them; raises Refused."""
    url = base + BLOCKLIST_PATH
    async with session_for(url, token) as session:
        facts: dict[str, Any] = await call(session, method, url, body)
        return facts


@asynccontextmanager
async def session_for(url: str, token: str) -> AsyncIterator[aiohttp.ClientSession]:
    """Raises Refused where it is no media-proxy that answers."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    try:
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
            yield session
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
        raise Refused(f"no admin port of a media-proxy answers at {url}: {error or type(error).__name__}") from None


async def call(session: aiohttp.ClientSession, method: str, url: str, body: dict[str, str] | None = None) -> Any:
    """Raises Refused with the words of the server."""
    async with session.request(method, url, json=body, allow_redirects=False) as response:
        if response.content_type != "application/json":
            raise Refused(f"{url} answers {response.status} {response.reason}: {(await response.text()).strip()}")
        facts = await response.json()
        if response.status >= 300:
            raise Refused(f"{facts['message']}: {facts['help']}")
        return facts
