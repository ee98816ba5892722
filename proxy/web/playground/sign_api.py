"""`POST /v1/sign`: a URL with the signature of its endpoint's key, which is never shown."""

import time

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from proxy.errors import BadRequest, NoSuchPath
from proxy.imagekit.signing import LONGEST_SECONDS, sign_address
from proxy.web.api_answers import answer, telling_errors
from proxy.web.guard import API, allow
from proxy.web.house import House

SIGN_PATH = API + "sign"
HELP = "See docs/playground.md."
EXPECTED = 'expected {"url": "https://host/...", "expires_in": seconds or null}'


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    url: str
    expires_in: int | None = Field(default=None, ge=1, le=LONGEST_SECONDS)  # seconds; None for never


class SignApi:
    def __init__(self, house: House) -> None:
        self.endpoints = house.endpoints

    def join(self, app: web.Application) -> None:
        app.router.add_post(SIGN_PATH, telling_errors(self.sign, HELP))

    async def sign(self, request: web.Request) -> web.Response:
        """Raises BadRequest."""
        try:
            wanted = Wanted.model_validate_json(await request.read())
        except ValidationError:
            raise BadRequest(EXPECTED) from None
        try:
            gate, _ = self.endpoints.find(wanted.url, {})
        except NoSuchPath:
            raise BadRequest(EXPECTED) from None
        allow(request, gate.endpoint)
        expires_at = None if wanted.expires_in is None else int(time.time()) + wanted.expires_in
        return answer({"url": sign_address(self.endpoints.order, wanted.url, expires_at), "expires_at": expires_at})
