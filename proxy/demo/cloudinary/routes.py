"""Cloudinary's calls, as far as they exist here: from method and path to what it means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from proxy.demo.routes import Target


class Kind(StrEnum):
    SEARCH = "search"
    DETAILS = "details"
    FIELDS = "fields"
    FIELD = "field"
    TRIGGERS = "triggers"
    NEW_TRIGGER = "new trigger"
    UPDATE_METADATA = "update metadata"
    PICTURE = "picture"
    NO_ROUTE = "no route"


ADMIN = {Kind.SEARCH, Kind.DETAILS, Kind.FIELDS, Kind.FIELD, Kind.TRIGGERS, Kind.NEW_TRIGGER}
ROUTES = [
    (Kind.SEARCH, "POST", r"/v1_1/(?P<cloud>[^/]+)/resources/search"),
    (Kind.DETAILS, "GET", r"/v1_1/(?P<cloud>[^/]+)/resources/(?P<code>[^/]+)"),
    (Kind.FIELDS, "GET", r"/v1_1/(?P<cloud>[^/]+)/metadata_fields"),
    (Kind.FIELD, "GET", r"/v1_1/(?P<cloud>[^/]+)/metadata_fields/(?P<code>[^/]+)"),
    (Kind.TRIGGERS, "GET", r"/v1_1/(?P<cloud>[^/]+)/triggers"),
    (Kind.NEW_TRIGGER, "POST", r"/v1_1/(?P<cloud>[^/]+)/triggers"),
    (Kind.UPDATE_METADATA, "POST", r"/v1_1/(?P<cloud>[^/]+)/(?P<code>image|video|raw)/metadata"),
    (Kind.PICTURE, "GET", r"/(?P<cloud>[^/]+)/\w+/\w+/v\d+/(?P<code>.+)\.\w+"),
]


@dataclass(frozen=True, slots=True)
class CloudTarget(Target):
    names: Mapping[str, str] = field(default_factory=dict)


def find_target(method: str, path: str) -> CloudTarget:
    """`code` is the asset's or the field's id, or the resource type of an update; `path` is decoded."""
    for kind, allowed, pattern in ROUTES:
        match = re.fullmatch(pattern, path)
        if match and method == allowed:
            names = match.groupdict()
            return CloudTarget(kind, code=names.get("code"), names=names)
    return CloudTarget(Kind.NO_ROUTE)
