"""The REST API's routes, as far as they exist here: from a path to what it means."""

import re
from dataclasses import dataclass
from enum import StrEnum

from proxy.demo.catalogue.routes import Route, find_route
from proxy.demo.files import Family

TOKEN_PATH = "/api/oauth/v1/token"  # noqa: S105
API_ROOT = "/api/rest/v1"
LOGIN_PATH = "/user/login"

# A segment is the same for all families, so anything else in it is no route, and nothing is looked up.
CODE = r"(?P<code>[a-zA-Z0-9_./]+)"
DOWNLOAD = re.compile(rf"{API_ROOT}/{Family.PRODUCT}/{CODE}/download")
METADATA = re.compile(rf"{API_ROOT}/{Family.PRODUCT}/{CODE}")
UPLOAD = re.compile(rf"{API_ROOT}/(?P<family>{'|'.join(Family)})")
SUFFIXLESS = re.compile(rf"{API_ROOT}/(?P<family>{Family.ASSET}|{Family.REFERENCE_ENTITY})/{CODE}")


class Kind(StrEnum):
    TOKEN = "token"  # noqa: S105
    ROOT = "root"
    DOWNLOAD = "download"
    METADATA = "metadata"
    DOCUMENT = "document"
    UPLOAD = "upload"
    NOT_THE_API = "not the api"
    NO_ROUTE = "no route"


@dataclass(frozen=True, slots=True)
class Target:
    """`kind` is a `Kind` at the pretend Akeneo; other stand-ins have their own."""

    kind: StrEnum
    family: Family | None = None
    code: str | None = None
    route: Route | None = None

    @property
    def methods(self) -> tuple[str, ...]:
        if self.kind in (Kind.TOKEN, Kind.UPLOAD):
            return ("POST",)
        return ("GET", "HEAD", *(self.route.writes if self.route else ()))


def find_target(path: str) -> Target:
    """`path` is percent-decoded and below the PIM's own prefix."""
    if path == TOKEN_PATH:
        return Target(Kind.TOKEN)
    if path == API_ROOT:
        return Target(Kind.ROOT)
    if not path.startswith("/api/"):
        return Target(Kind.NOT_THE_API)
    return find_media(path)


def find_media(path: str) -> Target:
    """Only product media take `/download`; elsewhere it reads as the end of a code that nobody has."""
    if match := DOWNLOAD.fullmatch(path):
        return Target(Kind.DOWNLOAD, Family.PRODUCT, match["code"])
    if match := METADATA.fullmatch(path):
        return Target(Kind.METADATA, Family.PRODUCT, match["code"])
    if match := SUFFIXLESS.fullmatch(path):
        return Target(Kind.DOWNLOAD, Family(match["family"]), match["code"])
    if match := UPLOAD.fullmatch(path):
        return Target(Kind.UPLOAD, Family(match["family"]))
    route = find_route(path)
    if route is None:
        return Target(Kind.NO_ROUTE)
    return Target(Kind.DOWNLOAD if route.is_download else Kind.DOCUMENT, route.family, None, route)


def download_path(family: Family, code: str) -> str:
    """Where a client finds the bytes of a file."""
    return f"{API_ROOT}/{family}/{code}" + ("/download" if family is Family.PRODUCT else "")
