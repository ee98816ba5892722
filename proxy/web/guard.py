"""Who may call the admin port: whoever knows its token; without one, on loopback, whoever calls us by a loopback name.

A browser asks its user for the token: it is also taken as the password of HTTP Basic, whatever the user is called.

ImageKit's API below `/v1/` may also be called as its SDKs do: HTTP Basic, a private key as the user. A key acts on the
endpoints that it belongs to. Its password means nothing, since the SDKs send one of their own.
"""

import base64
import hmac
import json
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from multidict import CIMultiDict

from proxy.setting_types import plain
from proxy.settings import LOOPBACK, Endpoint, Settings

METRICS_PATH = "/-/metrics"
API = "/v1/"
REALM = 'Basic realm="media-proxy", charset="UTF-8"'
CHALLENGES = [("WWW-Authenticate", REALM), ("WWW-Authenticate", "Bearer")]  # Chromium reads one from each line
OTHER_SITES = {"cross-site", "same-site"}  # as a browser tells in Sec-Fetch-Site
OF_A_LINK = ("GET", "navigate", "document")
EXPECTED = "expected a private key as the user of HTTP Basic, or the admin token as Bearer"


@dataclass(frozen=True, slots=True)
class Caller:
    """Without a `key` it is the operator, who may do everything."""

    address: str
    key: str | None = None

    def may_act_on(self, endpoint: Endpoint) -> bool:
        return self.key is None or is_one_of(self.key, [plain(endpoint.signing.private_key)])

    def __str__(self) -> str:
        return self.address if self.key is None else f"{self.address} with a private key"


CALLER = web.RequestKey("caller", Caller)


def guard(settings: Settings) -> Middleware:
    token = plain(settings.admin_token)
    keys = [key for endpoint in settings.all_endpoints if (key := plain(endpoint.signing.private_key))]

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        open_to_all = settings.admin_open_metrics and request.path == METRICS_PATH
        by_token = bool(token) and knows(request, token)
        key = shown_key(request) if request.path.startswith(API) and not by_token else None
        by_key = key is not None and is_one_of(key, keys)
        # Without any key there is none to be right; so it is with signatures.
        if key is not None and not by_key and (keys or token):
            raise unauthorized(request)
        if token and not (open_to_all or by_key or by_token):
            raise unauthorized(request)
        if not token and not open_to_all and host_of(request) not in LOOPBACK:
            raise web.HTTPForbidden(text="expected to be called by a loopback name\n")
        if is_foreign(request):
            raise web.HTTPForbidden(text="expected to be called from the same origin\n")
        request[CALLER] = Caller(request.remote or "somebody", key if by_key else None)
        return await handler(request)

    return check


def allow(request: web.Request, endpoint: Endpoint) -> None:
    """A key opens its own endpoints only; raises HTTPForbidden."""
    if not request[CALLER].may_act_on(endpoint):
        text = json.dumps({"message": "This key belongs to another endpoint.", "help": EXPECTED})
        raise web.HTTPForbidden(text=text, content_type="application/json")


def unauthorized(request: web.Request) -> web.HTTPUnauthorized:
    if not request.path.startswith(API):
        return web.HTTPUnauthorized(headers=CIMultiDict(CHALLENGES))
    return web.HTTPUnauthorized(
        headers={"WWW-Authenticate": REALM},
        text=json.dumps({"message": "Your account cannot be authenticated.", "help": EXPECTED}),
        content_type="application/json",
    )


def knows(request: web.Request, token: str) -> bool:
    scheme, given = authorization(request)
    if scheme == "basic":
        return is_one_of(basic(given)[1], [token])
    return scheme == "bearer" and is_one_of(given, [token])


def shown_key(request: web.Request) -> str | None:
    """The user of HTTP Basic, empty if it cannot be read; None if it is not Basic at all."""
    scheme, given = authorization(request)
    return basic(given)[0] if scheme == "basic" else None


def basic(given: str) -> tuple[str, str]:
    """User and password, both empty if they cannot be read."""
    try:
        user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return user, password


def authorization(request: web.Request) -> tuple[str, str]:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower(), given.strip()


def is_one_of(given: str, secrets: list[str]) -> bool:
    """Without telling by its time how much of it is right."""
    known = [hmac.compare_digest(given.encode(errors="replace"), secret.encode()) for secret in secrets]
    return any(known)


def host_of(request: web.Request) -> str:
    """The name alone: `[::1]:8081` and `localhost:8081` without port and brackets."""
    host = request.headers.get("Host", "")
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0].lower()


def is_foreign(request: web.Request) -> bool:
    """A page of another site calls us from a browser, which may know the token and sends it along; a link that leads
    here is no such call. Without HTTPS, and beyond loopback, browsers do not tell the site: there the page that is
    named as the referrer counts, below the API.
    """
    headers = request.headers
    host, origin = headers.get("Host", ""), headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != host:
        return True
    site, referrer = headers.get("Sec-Fetch-Site"), headers.get("Referer")
    if site is None and referrer is not None and request.path.startswith(API):
        return referrer.partition("://")[2].partition("/")[0] != host
    return site in OTHER_SITES and not is_link(request)


def is_link(request: web.Request) -> bool:
    headers = request.headers
    return (request.method, headers.get("Sec-Fetch-Mode"), headers.get("Sec-Fetch-Dest")) == OF_A_LINK
