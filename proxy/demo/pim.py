"""A pretend Akeneo on a port of its own: the real one's API to the letter, and its bad days on request."""

import re
import time
from collections.abc import Callable, Iterable

from aiohttp import web

from proxy.demo.answers import Answer, html_answer, refusal
from proxy.demo.calls import Call
from proxy.demo.catalogue.model import DemoCatalogue
from proxy.demo.files import DemoFile, Family
from proxy.demo.oauth import NEW_BODY_LIMIT, BodyLimit, Credentials, TokenEndpoint
from proxy.demo.rest import Asked, RestApi, method_not_allowed
from proxy.demo.routes import API_ROOT, Kind, Target, find_target
from proxy.demo.server import DemoServer
from proxy.demo.tokens import Tokens

WITH_SLASHES = re.compile(rf"{API_ROOT}/(products|product-models)/")


class DemoPim(DemoServer):
    """Start it, call `url`, read `calls`; `faults`, `tokens` and `catalogue` may be changed while it runs."""

    def __init__(
        self,
        files: Iterable[DemoFile] = (),
        *,
        port: int = 0,
        prefix: str = "",
        credentials: Credentials | None = None,
        app_token: str | None = None,
        expires_in: int = 3600,
        max_concurrency: int | None = None,
        retry_after_seconds: int | None = 1,
        families: Iterable[Family] = tuple(Family),
        token_body_limit: BodyLimit = NEW_BODY_LIMIT,
        link_base: str | None = None,
        catalogue: DemoCatalogue | None = None,
        saas: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(port, clock)
        self.prefix = prefix.rstrip("/")
        self.max_concurrency = max_concurrency
        self.retry_after_seconds = retry_after_seconds
        self.credentials = credentials or Credentials()
        self.tokens = Tokens(clock, expires_in, app_token)
        self._token_endpoint = TokenEndpoint(self.tokens, self.credentials, token_body_limit)
        self._rest = RestApi(
            files, self.tokens, families, lambda: link_base or self.url, catalogue=catalogue, saas=saas
        )

    @property
    def url(self) -> str:
        """The base URL that an operator would configure."""
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    # -- what it holds --

    @property
    def files(self) -> list[DemoFile]:
        return list(self._rest.files.values())

    @property
    def catalogue(self) -> DemoCatalogue:
        """Products, models, assets, records; a change is seen by the next call."""
        return self._rest.catalogue

    def add(self, *files: DemoFile) -> None:
        self._rest.files.update({(file.family, file.code): file for file in files})

    def remove(self, file: DemoFile) -> None:
        self._rest.files.pop((file.family, file.code), None)

    def run_link_rules(self) -> list[str]:
        """What the PIM does in the background with the assets created since: the products that got one."""
        return self._rest.writes.link_rules.run(self.catalogue)

    # -- what happened --

    def downloads(self, code: str | None = None) -> int:
        """How often the bytes of a code (of any code) were asked for, whatever the answer."""
        calls = [call for call in self.calls if call.kind is Kind.DOWNLOAD and call.method == "GET"]
        return len([call for call in calls if code in (None, call.code)])

    @property
    def token_requests(self) -> int:
        return len([call for call in self.calls if call.kind is Kind.TOKEN])

    @property
    def grants(self) -> list[str]:
        """The grant types that led to a token, in order: `["password", "refresh_token"]`."""
        return self._token_endpoint.grants

    def reset(self) -> None:
        """Forgets calls and faults; files and tokens stay."""
        super().reset()
        self.grants.clear()

    # -- answering --

    def _target(self, request: web.BaseRequest) -> Target:
        return find_target(self._path(request) or "")

    def _fault_path(self, request: web.BaseRequest) -> str:
        return self._path(request) or ""

    def _path(self, request: web.BaseRequest) -> str | None:
        """The path below our prefix, decoded; None for what never reaches the PIM behind its web server."""
        # Common web servers refuse an encoded slash by themselves; where names may hold one, some let it pass.
        raw = request.raw_path.lower().partition("?")[0]
        if (
            "%2f" in raw and not WITH_SLASHES.match(request.path.removeprefix(self.prefix))
        ) or not request.path.startswith(f"{self.prefix}/"):
            return None
        return request.path.removeprefix(self.prefix)

    def _answer(self, request: web.BaseRequest, call: Call) -> Answer:
        if self.max_concurrency is not None and self.in_flight > self.max_concurrency:
            return self._too_many_requests()
        if self._path(request) is None:
            return html_answer(404, "Not Found")
        return super()._answer(request, call)

    def _honest_answer(self, request: web.BaseRequest, call: Call) -> Answer:
        path, target = self._path(request) or "", call.target
        asked = Asked(request.method, str(request.url), target, request.headers, path, request.query, call.body)
        if target.kind is not Kind.TOKEN:
            return self._rest.answer(asked)
        if request.method != "POST":
            return method_not_allowed(asked, "POST")
        return self._token_endpoint.answer(request.headers, call.body)

    def _too_many_requests(self) -> Answer:
        answer = refusal(429, "Too many requests")
        if self.retry_after_seconds is None:
            return answer
        return answer.with_headers({"Retry-After": str(self.retry_after_seconds)})
