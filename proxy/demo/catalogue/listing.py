"""Lists: filters, cursors and page numbers, limits and links, with the PIM's refusals."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from proxy.demo.answers import Answer, json_answer, refusal

DEFAULT_LIMIT, MOST, LAST_ITEM = 10, 100, 10_000
PRODUCT_TIME = "%Y-%m-%d %H:%M:%S"


class Refused(Exception):
    """`errors` are those of single properties, in writes."""

    def __init__(self, status: int, message: str, errors: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = list(errors)

    def answer(self) -> Answer:
        if not self.errors:
            return refusal(self.status, self.message)
        return json_answer(self.status, {"code": self.status, "message": self.message, "errors": self.errors})


@dataclass(frozen=True)
class Row:
    """One item of a list, drawn only if it is on the page."""

    key: str
    draw: Callable[[], dict[str, Any]] = field(repr=False)
    updated: datetime | None = None
    family: str | None = None
    identifier: str | None = None


@dataclass(frozen=True)
class Paging:
    """`limited`: the client may choose the page's size; `numbered` and `cursors`: what kinds of pages there are."""

    limited: bool = True
    numbered: bool = True
    cursors: bool = True
    page_size: int = DEFAULT_LIMIT


PRODUCTS = Paging()
STRUCTURE = Paging(cursors=False)


def entries(page_size: int) -> Paging:
    """Assets, records, their families and entities."""
    return Paging(limited=False, numbered=False, page_size=page_size)


def listed(rows: Sequence[Row], query: Mapping[str, str], paging: Paging, url: str) -> dict[str, Any]:
    """`url` is the list's, percent-encoded; raises Refused."""
    chosen = [row for row in sorted(rows, key=lambda row: row.key) if is_wanted(row, search_of(query), paging)]
    size = limit_of(query) if paging.limited else paging.page_size
    by_cursor = not paging.numbered or (paging.cursors and query.get("pagination_type") == "search_after")
    links = {"self": linked(url, query), "first": linked(url, without(query, "search_after", "page"))}
    if by_cursor:
        page, following = after(chosen, query, size)
    else:
        page, following = numbered(chosen, query, size)
    if following:
        links["next"] = linked(url, {**query, **following})
    document: dict[str, Any] = {"_links": links, "_embedded": {"items": [row.draw() for row in page]}}
    if not by_cursor:
        document["current_page"] = int(query.get("page", "1"))
        if query.get("with_count") == "true":
            document["items_count"] = len(chosen)
    return document


def after(rows: list[Row], query: Mapping[str, str], size: int) -> tuple[list[Row], dict[str, str]]:
    """A full page has a next one, though it may be empty."""
    last = decoded(query["search_after"]) if query.get("search_after") else ""
    page = [row for row in rows if row.key > last][:size]
    return page, {"search_after": encoded(page[-1].key)} if len(page) == size else {}


def numbered(rows: list[Row], query: Mapping[str, str], size: int) -> tuple[list[Row], dict[str, str]]:
    number = query.get("page", "1")
    if not number.isdecimal() or not int(number):
        raise Refused(422, f'"{number}" is not a valid page number.')
    if int(number) * size > LAST_ITEM:
        raise Refused(422, "You have reached the maximum number of pages you can retrieve with the page pagination.")
    start = (int(number) - 1) * size
    page = rows[start : start + size]
    return page, {"page": str(int(number) + 1)} if len(page) == size else {}


def limit_of(query: Mapping[str, str]) -> int:
    limit = query.get("limit", str(DEFAULT_LIMIT))
    if not limit.isdecimal() or not int(limit):
        raise Refused(422, f'"{limit}" is not a valid limit number.')
    if int(limit) > MOST:
        raise Refused(422, f"You cannot request more than {MOST} items.")
    return int(limit)


def search_of(query: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    try:
        search = json.loads(query.get("search") or "{}")
        return {name: [dict(one) for one in conditions] for name, conditions in search.items()}
    except (ValueError, AttributeError, TypeError):
        raise Refused(400, "Search query parameter should be valid JSON.") from None


def is_wanted(row: Row, search: Mapping[str, list[dict[str, Any]]], paging: Paging) -> bool:
    conditions = [(name, one) for name, several in search.items() for one in several]
    return all(holds(row, name, one.get("operator"), one.get("value"), paging) for name, one in conditions)


def holds(row: Row, name: str, operator: object, value: Any, paging: Paging) -> bool:
    match name, operator:
        case "updated", ">" | "<" if row.updated is not None:
            moment = moment_of(value, paging)
            updated = row.updated.replace(microsecond=0)
            return updated > moment if operator == ">" else updated < moment
        case "updated", "SINCE LAST N DAYS" if row.updated is not None and isinstance(value, int):
            return row.updated > datetime.now(UTC) - timedelta(days=value)
        case "family", "IN" if paging is PRODUCTS:
            return row.family in value
        case "sku" | "identifier", "IN" if row.identifier is not None:
            return row.identifier in value
        case "code" | "identifier", "IN":
            return row.key in value
    raise Refused(422, f'Filter on property "{name}" is not supported or does not support operator "{operator}".')


def moment_of(value: object, paging: Paging) -> datetime:
    """Products have one form, assets and records another."""
    try:
        if paging is PRODUCTS:
            return datetime.strptime(str(value), PRODUCT_TIME).replace(tzinfo=UTC)
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Refused(422, f'Property "updated" expects a date in another format, "{value}" given.')
    return moment


def encoded(key: str) -> str:
    return urlsafe_b64encode(key.encode()).decode()


def decoded(cursor: str) -> str:
    try:
        return urlsafe_b64decode(cursor).decode()
    except ValueError:
        raise Refused(422, f'"{cursor}" is not a valid cursor.') from None


def linked(url: str, query: Mapping[str, str]) -> dict[str, str]:
    return {"href": f"{url}?{urlencode(query)}" if query else url}


def without(query: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in query.items() if name not in names}
