"""What was found of a list -> its body and its headers."""

import json
import re
from collections.abc import Iterable
from typing import Any

from proxy.delivery.delivered import CacheStatus
from proxy.errors import ProxyError
from proxy.imagekit.placeholders import Wanted
from proxy.imagekit.url import ReadUrl
from proxy.media import Rendition
from proxy.web.headers import PUBLIC, remembered_for
from proxy.web.lists.finding import Found
from proxy.web.responses import CHANGING, STOPGAP_SECONDS, Responses

LONGEST_SECONDS = 86_400  # that anybody may keep a list: no purge of a picture names the lists that it is in
SECONDS = re.compile(r"=\s*(\d+)")
IMMUTABLE = re.compile(r",\s*immutable\b|\bimmutable\b\s*,?\s*", re.IGNORECASE)
BUDGET, FAULT = 429, 500


def written(found: dict[str, Found]) -> bytes:
    """JSON, by path."""
    members = (f"{json.dumps(path)}:{text_of(one)}" for path, one in found.items())
    return f'{{"placeholders":{{{",".join(members)}}}}}'.encode()


def text_of(found: Found) -> str:
    """What was drawn is JSON already."""
    if isinstance(found, ProxyError):
        return json.dumps({"error": facts_of(found)}, separators=(",", ":"))
    _, delivered = found
    assert isinstance(delivered.what, Rendition)  # others are refused as no pictures
    return delivered.what.body.decode()


def facts_of(error: ProxyError) -> dict[str, Any]:
    return {"status": error.status, "code": error.code, "message": error.message}


def status_of(found: Iterable[Found]) -> int:
    """200 as long as one of them is worth keeping: a list of nothing but passing errors is one itself."""
    statuses = {one.status if isinstance(one, ProxyError) else 200 for one in found}
    if statuses == {BUDGET}:
        return BUDGET
    return 503 if all(status == BUDGET or status >= FAULT for status in statuses) else 200


def headers_of(wanted: Wanted, found: list[Found], responses: Responses) -> dict[str, str]:
    seconds = retry_after(found)
    return {
        **PUBLIC,
        "Content-Type": "application/json",
        "Cache-Control": cache_control(found, responses),
        "X-Cache": str(cache_of(found)),
        **({"Retry-After": str(seconds)} if seconds else {}),
        **headers_of_words(wanted),
    }


def retry_after(found: Iterable[Found]) -> int:
    """Seconds: the longest of all, or 0 where there is nothing to say."""
    return max((one.retry_after_seconds or 0 for one in found if isinstance(one, ProxyError)), default=0)


def cache_of(found: list[Found]) -> CacheStatus:
    """`HIT` where nothing had to be made, `STALE` where any of it is."""
    said = {CacheStatus.MISS if isinstance(one, ProxyError) else one[1].cache for one in found}
    return next((status for status in (CacheStatus.STALE, CacheStatus.MISS) if status in said), CacheStatus.HIT)


def tier_of(found: list[Found]) -> str:
    """The one that had all of them; `several` had, or `none`, since some had to be made."""
    tiers = {"none" if isinstance(one, ProxyError) else one[1].tier for one in found}
    return tiers.pop() if len(tiers) == 1 else "none" if "none" in tiers else "several"


def outcome_of(found: Found) -> str:
    """For the metrics: of an error whether it will be another one tomorrow."""
    if isinstance(found, ProxyError):
        return "failed" if found.status >= FAULT else "refused"
    return str(found[1].cache).lower()


def cache_control(found: list[Found], responses: Responses) -> str:
    """The shortest of all, and a day at most."""
    errors = [one.keep_seconds for one in found if isinstance(one, ProxyError)]
    words = {responses.lifetime_words(*one) for one in found if not isinstance(one, ProxyError)}
    if remembered_for(STOPGAP_SECONDS) in words:
        errors.append(STOPGAP_SECONDS)
    if errors:
        return remembered_for(min(errors))
    return a_day_at_most(CHANGING if CHANGING in words else next(iter(words)))


def a_day_at_most(words: str) -> str:
    """`public, max-age=31536000, immutable` -> `public, max-age=86400`"""
    return SECONDS.sub(lambda match: f"={min(int(match[1]), LONGEST_SECONDS)}", IMMUTABLE.sub("", words))


def headers_of_words(wanted: Wanted) -> dict[str, str]:
    """The same words are said of all."""
    url = next((url for url in wanted.values() if isinstance(url, ReadUrl)), None)
    if url is None:
        return {}
    said = {"Vary": url.hints.vary, "Accept-CH": url.hints.accept_ch, "X-Snapped": url.snapped}
    return {name: ", ".join(values) for name, values in said.items() if values}
