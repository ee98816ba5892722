"""An integration that calls the pretend Akeneo, the files it finds there, and the clock both go by."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx

from proxy.demo.files import DemoFile, Family
from proxy.demo.pim import DemoPim

Download = Callable[[DemoFile], Awaitable[httpx.Response]]

APP_TOKEN = "an-app-token-without-end"
FILES = [
    DemoFile.named(Family.PRODUCT, 'red "shoe" é.jpg', "image/jpeg", bytes(range(256)) * 40),
    DemoFile.named(Family.ASSET, "poster.svg", "text/plain", b"<svg/>"),
    DemoFile.named(Family.REFERENCE_ENTITY, "swatch", None, b"no type is stored"),
]


class Caller:
    """Speaks to the PIM as an integration does."""

    def __init__(self, pim: DemoPim, http: httpx.AsyncClient) -> None:
        self.pim = pim
        self.http = http

    async def ask_for_token(self, **fields: str) -> httpx.Response:
        credentials = self.pim.credentials
        asked = fields or {
            "grant_type": "password",
            "username": credentials.username,
            "password": credentials.password,
        }
        basic = (credentials.client_id, credentials.secret)
        return await self.http.post("/api/oauth/v1/token", json=asked, auth=basic)

    async def get(self, path: str, token: str | None = APP_TOKEN, **headers: str) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        return await self.http.get(path, headers={**bearer, **headers})


@asynccontextmanager
async def calling(pim: DemoPim) -> AsyncIterator[Caller]:
    # Nothing here is encrypted; loading the machine's certificates would be most of the time a test takes.
    async with httpx.AsyncClient(base_url=pim.url, trust_env=False, verify=False) as http:
        yield Caller(pim, http)
