"""Placeholders of many pictures at one address: `/mp-lqip.json?path=media-files/...&path=...&tr=w-300,h-200`."""

from collections.abc import Callable
from urllib.parse import unquote_plus

from proxy.errors import BadRequest, LimitExceeded, NoSuchPath, ProxyError, SignatureRefused
from proxy.imagekit.endpoints import is_signed
from proxy.imagekit.hints import Hints
from proxy.imagekit.meaning import Meaning, Words
from proxy.imagekit.url import PLACEHOLDER, Address, ReadUrl, first_values, read_address, split_path
from proxy.media import MediaPath
from proxy.settings import Endpoint

MOST = 100  # pictures
LONGEST = 16_000  # characters, a little less than the server takes
EXPECTED = f"expected 1 to {MOST} pictures, as path=media-files/... each"

Wanted = dict[str, ReadUrl | ProxyError]


def asks_for_many(remainder: str) -> bool:
    """Whether nothing but a transformation stands before the name."""
    location = remainder.partition("?")[0]
    return location.endswith(PLACEHOLDER) and split_path(location)[0] == [PLACEHOLDER]


def read_many(
    endpoint: Endpoint,
    remainder: str,
    hints: Hints,
    meaning_of: Callable[[Words], Meaning],
    *,
    trusted: bool = False,
) -> Wanted:
    """What is asked for by path, in order, or the error of that path alone.

    Raises BadRequest, InvalidTransformation, LimitExceeded, and SignatureRefused unless who asks is `trusted`.
    """
    signed = is_signed(endpoint, remainder, trusted)
    if len(remainder) > LONGEST:
        raise LimitExceeded(f"a list of pictures may have at most {LONGEST} characters")
    if endpoint.signing.required and not (signed or trusted):
        raise SignatureRefused("expected a signed URL")
    location, _, query = remainder.partition("?")
    texts = paths_of(query)
    if not 1 <= len(texts) <= MOST:
        raise BadRequest(EXPECTED)
    arguments = {name: value for name, value in first_values(query).items() if name == "tr"}
    _, transformation = split_path(location)
    meaning = meaning_of(Words(transformation, arguments.get("tr", ""), hints=hints, free=signed))
    folder = endpoint.folder is not None
    return {text: read_one(text, transformation, arguments, folder, meaning) for text in texts}


def paths_of(query: str) -> list[str]:
    """Decoded, without repetitions and without their first slash."""
    pairs = (pair.partition("=") for pair in query.split("&"))
    return list(dict.fromkeys(unquote_plus(value).removeprefix("/") for name, _, value in pairs if name == "path"))


def read_one(
    text: str, transformation: str, arguments: dict[str, str], folder: bool, meaning: Meaning
) -> ReadUrl | ProxyError:
    try:
        path = MediaPath.parse_any(text) if folder else MediaPath.parse(text)
    except NoSuchPath as error:
        return error
    return read_address(Address(path, transformation, arguments, text, placeholder=True), "", meaning)
