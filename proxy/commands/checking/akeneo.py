"""A connection to Akeneo, step by step: the way there, the address, the token, each family of media."""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from proxy.akeneo.answers import words
from proxy.akeneo.auth import OAUTH_PATH, Token
from proxy.akeneo.client import download_of
from proxy.akeneo.connection import Connection
from proxy.akeneo.health import notes_of
from proxy.akeneo.reply import timestamp
from proxy.commands.checking.findings import Group, Step, Trouble, Verdict, left_out, warning
from proxy.commands.checking.lists import LISTS, is_offered, not_there, path_to, verdict_on
from proxy.commands.checking.network import Way
from proxy.commands.checking.wording import API, WEB_API, credentials_refused, no_json, wrong_place
from proxy.errors import OriginError, OriginMisconfigured
from proxy.json_text import parsed
from proxy.media import Family, MediaPath
from proxy.setting_types import plain
from proxy.slices import AkeneoSettings

MOST_BYTES = 256 * 1024  # the list of routes is long
SKEW_SECONDS = 30.0
NOBODYS = "0/0/0/0/0000000000000000000000000000000000000000_media_proxy_check.png"
KINDS = {Family.PRODUCT: "products", Family.ASSET: "assets", Family.REFERENCE_ENTITY: "reference entities"}
RIGHTS = {
    Family.PRODUCT: "List products",
    Family.ASSET: "List assets",
    Family.REFERENCE_ENTITY: "List reference entity records",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer to one call."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> str:
        return words(self.body)

    @property
    def document(self) -> dict[str, Any] | None:
        try:
            found = parsed(self.body)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


class AkeneoCheck:
    def __init__(
        self, settings: AkeneoSettings, prefix: str, clock: Callable[[], float] = time.time, seconds: float = 10.0
    ) -> None:
        """`prefix`: what the names of its settings begin with; `clock` is the wall's; `seconds` are for one answer."""
        self.settings = settings.model_copy(
            update={"read_timeout_seconds": min(seconds, settings.read_timeout_seconds)}
        )
        self.prefix = prefix
        self.clock = clock
        self.way = Way.to(settings.url, prefix, settings.ca_file, settings.connect_timeout_seconds)
        self.connection: Connection | None = None
        self.routes: set[str] = set()
        self.date = ""
        self.token = ""

    def group(self, name: str) -> Group:
        families = [
            Step(f"media of {kind}", partial(self.family, family), ("token",)) for family, kind in KINDS.items()
        ]
        steps = [
            Step("name", self.way.resolve),
            Step("connection", self.way.connect, ("name",)),
            Step("encryption", self.way.trust, ("connection",)),
            Step("address", self.address, ("encryption",)),
            Step("clock", self.compare_clocks, ("address",)),
            Step("token", self.log_in, ("address",)),
            Step("version", self.version, ("token",)),
            *families,
            *(Step(f"list of {name}", partial(self.may_list, name), ("token",)) for name in LISTS),
        ]
        return Group(name, steps, self.close)

    async def close(self) -> None:
        if self.connection is not None:
            await self.connection.close()

    async def call(self, method: str, path: str, authorization: str = "", body: bytes | None = None) -> Heard:
        """Raises Trouble where there is no answer."""
        headers = {"Authorization": authorization} if authorization else {}
        headers |= {} if body is None else {"Content-Type": "application/json"}
        try:
            if self.connection is None:
                self.connection = await asyncio.to_thread(Connection, self.settings)
            async with self.connection.send(method, path, headers, body) as reply:
                found = await reply.read(MOST_BYTES, self.settings.read_timeout_seconds)
        except OriginMisconfigured as error:
            raise Trouble("; ".join([error.message, *notes_of(error)]), "Check HTTPS_PROXY and CA_FILE.") from None
        except OriginError as error:
            told = "; ".join([error.message, *notes_of(error)])
            raise Trouble(told, "The words behind the semicolon tell what happened on the wire.") from None
        except TimeoutError:
            raise Trouble("Akeneo begins its answer and does not end it", "Is the PIM, or its network, slow?") from None
        return Heard(reply.status, reply.headers, found)

    async def address(self) -> Verdict:
        """The list of routes is given to everybody, and by nothing but Akeneo."""
        heard = await self.call("GET", API)
        self.date = heard.headers.get("date", "")
        if heard.status != 200:
            raise wrong_place(heard.status, heard.headers.get("location", ""), heard.said, self.prefix)
        document = heard.document
        if document is None or not isinstance(document.get("routes"), dict):
            raise no_json(self.prefix)
        routes = document["routes"].values()
        self.routes = {str(route.get("route")) for route in routes if isinstance(route, dict)}
        return Verdict(f"Akeneo's API answers, with {len(self.routes)} routes")

    async def compare_clocks(self) -> Verdict:
        theirs = timestamp(self.date)
        if theirs is None:
            return left_out("the answer has no date to compare with")
        behind = theirs - self.clock()
        if abs(behind) <= SKEW_SECONDS:
            return Verdict("this machine and Akeneo agree on the time")
        word = "behind" if behind > 0 else "ahead of"
        return warning(
            f"this machine is {abs(behind):.0f} seconds {word} Akeneo",
            "Have both set by NTP: expiry times of signed URLs, certificates and object stores go by this clock.",
        )

    async def log_in(self) -> Verdict:
        settings = self.settings
        self.token = plain(settings.access_token)
        if self.token:
            return Verdict("that of an App, which is used as it is")
        fields = {"grant_type": "password", "username": settings.username, "password": plain(settings.password)}
        body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        pair = b64encode(f"{settings.client_id}:{plain(settings.secret)}".encode()).decode()
        heard = await self.call("POST", OAUTH_PATH, f"Basic {pair}", body)
        if heard.status in {301, 302, 303, 307, 308, 404}:
            raise wrong_place(heard.status, heard.headers.get("location", ""), heard.said, self.prefix)
        if heard.status != 200:
            raise credentials_refused(heard.status, heard.said, self.prefix)
        try:
            self.token = Token.read(heard.body, 0.0).access
        except OriginMisconfigured:
            raise no_json(self.prefix) from None
        return Verdict("the credentials are good")

    async def version(self) -> Verdict:
        if not any(route.endswith("/system-information") for route in self.routes):
            return left_out("not told by this Akeneo; those before 6.0 do not")
        heard = await self.call("GET", f"{API}/system-information", f"Bearer {self.token}")
        document = heard.document
        if heard.status != 200 or document is None:
            return warning(f"not told ({heard.status}) {heard.said}".strip())
        return Verdict(f"{document.get('version', 'some version')}, {document.get('edition', 'some edition')}")

    async def family(self, family: Family) -> Verdict:
        """Akeneo's own words about a file that nobody has: who hears them may read those that exist."""
        if not any(f"/{family}/" in route for route in self.routes):
            return self.not_offered(family)
        heard = await self.call("GET", download_of(MediaPath(family, NOBODYS)).path, f"Bearer {self.token}")
        match heard.status:
            case 404 if heard.said.startswith("Media file"):
                return Verdict("may be read")
            case 404 if heard.said.startswith("No route found"):
                return self.not_offered(family)
            case 401:
                raise Trouble(f"the token is refused (401): {heard.said}", self.token_repair)
            case 403:
                raise Trouble(f"forbidden (403): {heard.said}", right_for(family, heard.said))
            case 404:
                raise Trouble(
                    "a 404 that is not in Akeneo's words: something in front of it answers",
                    f"Let the gateway pass on everything below {API}/.",
                )
        raise wrong_place(heard.status, heard.headers.get("location", ""), heard.said, self.prefix)

    async def may_list(self, name: str) -> Verdict:
        if not is_offered(name, self.routes):
            return not_there()
        heard = await self.call("GET", path_to(name), f"Bearer {self.token}")
        return verdict_on(name, heard.status, heard.said)

    def not_offered(self, family: Family) -> Verdict:
        if family is Family.PRODUCT:
            raise Trouble("this Akeneo has no such route", "Akeneo 1.7 or later is needed.")
        return left_out("this edition of Akeneo has none: such paths are a 404")

    @property
    def token_repair(self) -> str:
        if self.settings.access_token is None:
            return "A fresh token is refused: does a gateway take the Authorization header away?"
        return f"Connect the App anew and set {self.prefix}ACCESS_TOKEN: somebody may have revoked it."


def right_for(family: Family, said: str) -> str:
    if "web API" in said:
        return WEB_API
    return f"In the PIM, give the role of the connection's user the right '{RIGHTS[family]}'."
