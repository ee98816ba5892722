"""What an answer that is not the wished one means: each status of Akeneo's table as one of our errors.

Messages go to viewers. What only operators should read, such as Akeneo's own words, is a note (PEP 678).
"""

from collections.abc import Iterator
from typing import TypeVar

from proxy.errors import (
    InvalidTransformation,
    MediaForbidden,
    MediaMissing,
    MediaNotFound,
    OriginBroken,
    OriginBusy,
    OriginError,
    OriginMisconfigured,
    OriginRefused,
    OriginTimeout,
    ProxyError,
)
from proxy.json_text import parsed

WORDS_LENGTH = 300
E = TypeVar("E", bound=ProxyError)


class Unauthorized(OriginRefused):
    """A 401. A first one is routine: the token has come to its end."""


class Throttled(OriginBusy):
    """A 429: every call has to pause."""


def words(body: bytes) -> str:
    """Akeneo's sentence, if the body is one of its own and not a gateway's page."""
    try:
        document = parsed(body)
    except ValueError:
        return ""
    message = document.get("message") if isinstance(document, dict) else None
    if not isinstance(message, str):
        return ""
    return " ".join([*message.split(), *details(document.get("errors"))])[:WORDS_LENGTH]


def details(errors: object) -> Iterator[str]:
    """Of a 422: which property, and what is wrong with it."""
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, dict):
            yield " ".join(f"({error.get('property') or ''}: {error.get('message') or ''})".split())


def refusal(status: int, said: str) -> ProxyError:
    """Of a download or of metadata (akeneo-api, 2.5)."""
    match status:
        case 401:
            return Unauthorized("Akeneo refuses our token")
        case 403:
            return hinted(MediaForbidden("this file may not be read"), "the connection's role lacks a right")
        case 404 | 410:
            return not_found(said)
        case 422:  # the storage of an Enterprise edition fails; elsewhere this is a 500
            return OriginBroken("Akeneo cannot read the file")
    return passing(status) or misconfigured(status)


def document_refusal(status: int, said: str) -> ProxyError:
    """Of a document of the catalogue, or of a page of a list; a 422 is about our own request there."""
    match status:
        case 403:
            return hinted(MediaForbidden("this entry may not be read"), "the connection's role lacks a right")
        case 404 | 410:
            missing = MediaNotFound("Akeneo has no such entry")
            return hinted(missing, "this edition of Akeneo may lack it") if is_no_route(said) else missing
        case 422:
            return misconfigured(status)
    return refusal(status, said)


def legacy_refusal(status: int, said: str) -> ProxyError:
    """Of a file of before 4.0, whose path has a locale exactly if its asset has several (akeneo-api, 2.4)."""
    if status == 422:
        return InvalidTransformation("locale", "one for an asset that is localizable, and none for others")
    return document_refusal(status, said)


def token_refusal(status: int, said: str) -> ProxyError:
    """Of a token (akeneo-api, 1.3): wrong credentials are 422 there, and stay wrong until an operator acts."""
    if 300 <= status < 400 or status in (404, 410):
        return misconfigured(status)
    return passing(status) or OriginRefused("Akeneo refuses our credentials")


def not_found(said: str) -> ProxyError:
    if "not present on the filesystem" in said:
        return hinted(MediaMissing("the file is lost in Akeneo's storage"), "storage trouble of the PIM")
    missing = MediaNotFound("Akeneo has no such file")
    if is_no_route(said):
        return hinted(missing, "this edition of Akeneo may lack this family of media")
    return missing if said else hinted(missing, "not in Akeneo's words: check the base URL")


def is_no_route(said: str) -> bool:
    return said.startswith("No route found")


def passing(status: int) -> OriginError | None:
    """A later try may succeed."""
    match status:
        case 408:
            return OriginTimeout("Akeneo does not answer in time")
        case 429:
            return Throttled("Akeneo asks for a pause")
        case _ if status < 300 or status >= 500:  # of the 2xx, all but 200 are strange
            return OriginBroken("Akeneo fails")
    return None


def misconfigured(status: int) -> OriginError:
    error = OriginMisconfigured("Akeneo does not take our request")
    if 300 <= status < 400:
        return hinted(error, "a redirect, never followed: check the base URL, its scheme above all")
    return hinted(error, "check the base URL, and what stands in front of Akeneo")


def hinted(error: E, hint: str) -> E:
    error.add_note(hint)
    return error
