"""Paths and queries of the REST API, from names that anyone may have written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from proxy.catalogue.shapes import broken
from proxy.catalogue.values import API_ROOT
from proxy.errors import MediaNotFound

LONGEST_NAME = 255
LONGEST_QUERY = 8192
LIMIT = 100  # the most that Akeneo allows; it has no say over assets and records


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """What of products or models a list has. `updated_since` is a moment of any zone; `zone` is that of the PIM's
    server, by whose wall clock it is said (UTC on SaaS). `attributes`, `locales` and `scope` leave out other values;
    `limit` is of the items on a page, at most 100.
    """

    updated_since: datetime | None = None
    families: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    scope: str | None = None
    limit: int = LIMIT
    zone: tzinfo = UTC

    def query(self) -> str:
        search: dict[str, object] = {}
        if self.updated_since is not None:
            search["updated"] = [{"operator": ">", "value": said(self.updated_since, self.zone, offset=False)}]
        if self.families:
            search["family"] = [{"operator": "IN", "value": list(self.families)}]
        return query_of(
            pagination_type="search_after",
            limit=str(self.limit),
            search=written(search),
            attributes=",".join(self.attributes),
            locales=",".join(self.locales),
            scope=self.scope or "",
        )


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """The same of assets or records, which are not filtered by family or attribute."""

    updated_since: datetime | None = None
    locales: tuple[str, ...] = ()
    channel: str | None = None
    zone: tzinfo = UTC

    def query(self) -> str:
        search: dict[str, object] = {}
        if self.updated_since is not None:
            search["updated"] = [{"operator": ">", "value": said(self.updated_since, self.zone, offset=True)}]
        return query_of(search=written(search), locales=",".join(self.locales), channel=self.channel or "")


def said(moment: datetime, zone: tzinfo, offset: bool) -> str:
    """By the wall clock of the PIM's server (akeneo-api, 4.3): of products without an offset, of assets and records in
    ISO 8601 with one, so that the moment is the same whether or not it is heeded.
    """
    local = moment.astimezone(zone).replace(microsecond=0)
    if not offset:
        return f"{local:%Y-%m-%d %H:%M:%S}"
    return local.isoformat().replace("+00:00", "Z")


def path_of(*segments: str, last: str | None = None) -> str:
    """Each segment as one; `last` may hold slashes, which stay as they are (akeneo-api, 8.8).

    Raises MediaNotFound, without a call, for a name that would lead elsewhere than into its own list.
    """
    names = [*segments, *(last.split("/") if last is not None else [])]
    if not all(map(is_name, segments)) or last == "" or not all(map(is_harmless, names)):
        raise MediaNotFound("Akeneo has no such entry")
    return API_ROOT + "/".join(quote(name, safe="") for name in names)


def is_name(segment: str) -> bool:
    return bool(segment) and "/" not in segment


def is_harmless(name: str) -> bool:
    """No way up in the path; half a surrogate pair cannot be sent at all."""
    return name not in (".", "..") and len(name) <= LONGEST_NAME and name.encode(errors="ignore").decode() == name


def query_of(**parameters: str) -> str:
    return urlencode({name: value for name, value in parameters.items() if value})


def halved(at: str) -> str | None:
    """The same page with half as many items; None if it tells no number, or has one."""
    path, _, query = at.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    limit = next((int(value) for name, value in pairs if name == "limit" and value.isdecimal()), 0)
    if limit < 2:
        return None
    return f"{path}?{urlencode([(name, str(limit // 2) if name == 'limit' else value) for name, value in pairs])}"


def written(search: Mapping[str, object]) -> str:
    return json.dumps(search, separators=(",", ":")) if search else ""


def below(path: str, href: str) -> str:
    """A link to a further page of the list at `path`, without its host, which may be wrong (akeneo-api, 4.1).

    Raises OriginBroken if it leads anywhere else.
    """
    try:
        parts = urlsplit(href)
    except ValueError:
        raise broken("a link to the next page") from None
    _, root, rest = parts.path.partition(API_ROOT)
    harmless = parts.query.isascii() and parts.query.isprintable() and len(parts.query) <= LONGEST_QUERY
    if unquote(root + rest) != unquote(path) or not harmless:
        raise broken("a link to the next page of the same list")
    return f"{path}?{parts.query}" if parts.query else path
