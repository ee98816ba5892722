"""Bynder's calls, as far as they exist here: from method and path to what it means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from proxy.demo.routes import Target


class Kind(StrEnum):
    LIST = "list"
    MEDIA = "media"
    UPDATE = "update"
    METAPROPERTIES = "metaproperties"
    NEW_OPTION = "new option"
    DOWNLOAD = "download"
    DERIVATIVES = "derivatives"
    USAGE = "usage"
    NO_SLASH = "no slash"
    NO_ROUTE = "no route"


ROUTES = [
    (Kind.LIST, ("GET",), r"/api/v4/media/"),
    (Kind.MEDIA, ("GET",), r"/api/v4/media/(?P<id>[^/]+)/"),
    (Kind.UPDATE, ("POST",), r"/api/v4/media/(?P<id>[^/]+)/"),
    (Kind.DOWNLOAD, ("GET",), r"/api/v4/media/(?P<id>[^/]+)/download/(?:(?P<item>[^/]+)/)?"),
    (Kind.METAPROPERTIES, ("GET",), r"/api/v4/metaproperties/"),
    (Kind.NEW_OPTION, ("POST",), r"/api/v4/metaproperties/(?P<id>[^/]+)/options/"),
    (Kind.DERIVATIVES, ("GET",), r"/api/v4/account/derivatives/"),
    (Kind.USAGE, ("GET", "POST", "DELETE"), r"/api/media/usage/"),
]


@dataclass(frozen=True, slots=True)
class BynderTarget(Target):
    """`code` is the id in the path: of a medium or of a metaproperty."""

    names: Mapping[str, str | None] = field(default_factory=dict)


def find_target(method: str, path: str) -> BynderTarget:
    for kind, methods, pattern in ROUTES:
        match = re.fullmatch(pattern, path)
        if match and method in methods:
            names = match.groupdict()
            return BynderTarget(kind, code=names.get("id"), names=names)
    if not path.endswith("/") and find_target(method, f"{path}/").kind is not Kind.NO_ROUTE:
        return BynderTarget(Kind.NO_SLASH)
    return BynderTarget(Kind.NO_ROUTE)
