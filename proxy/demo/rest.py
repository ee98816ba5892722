"""The honest REST API: what Akeneo answers to a call when nothing is broken."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from proxy.demo.answers import FRAMEWORK_HEADERS, Answer, html_answer, json_answer, refusal
from proxy.demo.catalogue.api import CatalogueApi
from proxy.demo.catalogue.listing import Refused
from proxy.demo.catalogue.model import DemoCatalogue
from proxy.demo.catalogue.routes import route_list
from proxy.demo.catalogue.writing import CatalogueWrites
from proxy.demo.files import DemoFile, Family
from proxy.demo.routes import API_ROOT, LOGIN_PATH, TOKEN_PATH, Kind, Target, download_path
from proxy.demo.tokens import Tokens
from proxy.demo.uploads import Uploads

ROUTES = {
    "pim_api_media_file_get": (Family.PRODUCT, f"{API_ROOT}/{Family.PRODUCT}/{{code}}"),
    "pim_api_media_file_download": (Family.PRODUCT, f"{API_ROOT}/{Family.PRODUCT}/{{code}}/download"),
    "akeneo_asset_manager_media_file_download_connector": (
        Family.ASSET,
        f"{API_ROOT}/{Family.ASSET}/{{fileCode}}",
    ),
    "akeneo_reference_entities_media_file_download_connector": (
        Family.REFERENCE_ENTITY,
        f"{API_ROOT}/{Family.REFERENCE_ENTITY}/{{fileCode}}",
    ),
}


@dataclass(frozen=True)
class Asked:
    """One call, read: `url` is the whole of it, as Symfony repeats it in its messages; `path` is decoded, and below
    the PIM's own prefix.
    """

    method: str
    url: str
    target: Target
    headers: Mapping[str, str]
    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


class RestApi:
    """`families` are those the edition has (Community: product media alone); `link_base` goes into hrefs; `saas` tells
    in documents what only a SaaS tells.
    """

    def __init__(
        self,
        files: Iterable[DemoFile],
        tokens: Tokens,
        families: Iterable[Family],
        link_base: Callable[[], str],
        *,
        catalogue: DemoCatalogue | None = None,
        saas: bool = True,
    ) -> None:
        self.files = {(file.family, file.code): file for file in files}
        self.tokens = tokens
        self.families = frozenset(families)
        self.link_base = link_base
        self.catalogue = catalogue or DemoCatalogue()
        self._entries = CatalogueApi(self.catalogue, saas, link_base, self.find_file)
        self.writes = CatalogueWrites(self.catalogue, link_base, self.find_file)
        self._uploads = Uploads(self.writes, self.store, link_base)

    def find_file(self, family: Family, code: str) -> DemoFile | None:
        return self.files.get((family, code))

    def store(self, file: DemoFile) -> None:
        self.files[file.family, file.code] = file

    def answer(self, asked: Asked) -> Answer:
        """Who calls, whether it exists, whether it may be called so: in this order."""
        kind = asked.target.kind
        if kind is Kind.NOT_THE_API:
            return outside(asked)
        if kind is not Kind.ROOT and (complaint := self.tokens.complaint(asked.headers.get("Authorization", ""))):
            return refusal(401, complaint, {"WWW-Authenticate": 'Bearer realm="Service"'})
        if kind is Kind.NO_ROUTE or asked.target.family not in (None, *self.families):
            return no_route(asked)
        return wrong_manner(asked) or (self.look_up(asked) if asked.method in ("GET", "HEAD") else self.write(asked))

    def write(self, asked: Asked) -> Answer:
        target, content_type = asked.target, asked.headers.get("Content-Type", "")
        try:
            if target.route is None:
                return self._uploads.answer(target.family or Family.PRODUCT, content_type, asked.body)
            if asked.method != "DELETE" and content_type.partition(";")[0] != "application/json":
                raise Refused(415, not_json(content_type))
            return self.writes.answer(asked.method, target.route, asked.path, asked.body)
        except Refused as refused:
            return refused.answer()

    def look_up(self, asked: Asked) -> Answer:
        target = asked.target
        if target.route is not None:
            return self._entries.answer(target.route, asked.path, asked.query)
        if target.kind is Kind.ROOT:
            return self.root()
        file = self.files.get((target.family, target.code)) if target.family and target.code else None
        if file is None:
            return refusal(404, f'Media file "{target.code}" does not exist.')
        return download(file) if target.kind is Kind.DOWNLOAD else self.metadata(file)

    def root(self) -> Answer:
        routes = {name: route for name, (family, route) in ROUTES.items() if family in self.families}
        return json_answer(
            200,
            {
                "host": self.link_base(),
                "authentication": {"fos_oauth_server_token": {"route": TOKEN_PATH, "methods": ["POST"]}},
                "routes": {
                    name: {"route": route, "methods": ["GET"]}
                    for name, route in (routes | route_list(self.families)).items()
                },
            },
        )

    def metadata(self, file: DemoFile) -> Answer:
        href = self.link_base() + download_path(file.family, file.code)
        return json_answer(
            200,
            {
                "code": file.code,
                "original_filename": file.original_filename,
                "mime_type": file.mime_type,
                "size": len(file.content),
                "extension": file.extension,
                "_links": {"download": {"href": href}},
            },
        )


def download(file: DemoFile) -> Answer:
    """The original name stands in the header raw, quotes and accents included."""
    disposition = f'attachment; filename="{file.original_filename}"'
    headers = {"Content-Type": content_type(file), "Content-Disposition": disposition, **FRAMEWORK_HEADERS}
    return Answer(200, headers, file.content)


def content_type(file: DemoFile) -> str:
    stored = file.mime_type or "application/octet-stream"
    return f"{stored}; charset=UTF-8" if stored.startswith("text/") else stored


def wrong_manner(asked: Asked) -> Answer | None:
    if asked.method not in asked.target.methods:
        return method_not_allowed(asked, ", ".join(one for one in asked.target.methods if one != "HEAD"))
    accept = asked.headers.get("Accept")
    if asked.method == "GET" and accept not in (None, "application/json") and "*/*" not in accept:
        return refusal(406, f'"{accept}" in "Accept" header is not valid. Only "application/json" is allowed.')
    return None


def not_json(content_type: str) -> str:
    if not content_type:
        return 'The "Content-Type" header is missing. "application/json" has to be specified as value.'
    return f'"{content_type}" in "Content-Type" header is not valid. Only "application/json" is allowed.'


def method_not_allowed(asked: Asked, allowed: str) -> Answer:
    message = f'No route found for "{asked.method} {asked.url}": Method Not Allowed (Allow: {allowed})'
    return refusal(405, message, {"Allow": allowed})


def no_route(asked: Asked) -> Answer:
    return refusal(404, f'No route found for "{asked.method} {asked.url}"')


def outside(asked: Asked) -> Answer:
    """Beside the API there is the user interface, and all of it is behind the login form."""
    if asked.url.endswith(LOGIN_PATH):
        return html_answer(200, "Login")
    return html_answer(302, f"Redirecting to {LOGIN_PATH}").with_headers({"Location": LOGIN_PATH})
