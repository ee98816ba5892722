"""Placeholders of many pictures at one address: `/mp-lqip.json?path=media-files/...&path=...&tr=w-300,h-200`,
or shorter `?media-files=1/2/a/b/12ab_mug.jpg,3/4/c/d/34cd_cup.jpg`.
"""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote_plus

from proxy.errors import BadRequest, LimitExceeded, NoSuchPath, ProxyError, SignatureRefused
from proxy.imagekit.endpoints import dialect_of, is_signed, read, unchecked
from proxy.imagekit.hints import Hints
from proxy.imagekit.meaning import Meaning, Words
from proxy.imagekit.reading import NO_HINTS
from proxy.imagekit.signature import UNSIGNED
from proxy.imagekit.url import NOWHERE, PLACEHOLDER, Address, ReadUrl, first_values, read_address, split_path
from proxy.media import FAMILIES, MediaPath
from proxy.settings import Endpoint

LONGEST = 16_000  # characters, a little less than the server takes

Wanted = dict[str, ReadUrl | ProxyError]


def read_any(
    endpoint: Endpoint,
    remainder: str,
    accept: str,
    hints: Hints = NO_HINTS,
    *,
    trusted: bool = False,
    meaning_of: Callable[[Words], Meaning] | None = None,
) -> ReadUrl | Wanted:
    """One picture or a list of them. Raises the errors of `read` and of `read_many`."""
    if endpoint.abuse.most_in_list and asks_for_many(remainder):
        return read_many(endpoint, remainder, hints, meaning_of or dialect_of(endpoint).meaning, trusted=trusted)
    return read(endpoint, remainder, accept, hints, trusted=trusted, meaning_of=meaning_of)


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
    if endpoint.signing.required and not (signed or trusted):
        raise SignatureRefused(UNSIGNED)
    if len(remainder) > LONGEST:
        raise LimitExceeded(f"a list of pictures may have at most {LONGEST} characters")
    location, _, query = remainder.partition("?")
    texts, most = paths_of(query), endpoint.abuse.most_in_list
    if not 1 <= len(texts) <= most:
        raise BadRequest(f"expected 1 to {most} pictures, as path=media-files/... each, or media-files=code,code")
    arguments = {name: value for name, value in first_values(query).items() if name == "tr"}
    _, transformation = split_path(location)
    meaning = meaning_of(Words(transformation, arguments.get("tr", ""), hints=hints, free=signed))
    first = Address(NOWHERE, transformation, arguments, "", placeholder=True)
    pattern, folder = read_address(first, "", meaning), endpoint.folder is not None
    pattern = pattern if endpoint.signing.keys else unchecked(pattern, remainder)
    return {text: read_one(text, pattern, folder) for text in texts}


def paths_of(query: str) -> list[str]:
    """Decoded, without repetitions and without their first slash: of `path=` each, of `media-files=` and the like the
    codes, of which none has a comma.
    """
    texts: list[str] = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name == "path":
            texts.append(unquote_plus(value).removeprefix("/"))
        elif name in FAMILIES:
            texts += (f"{name}/{code}" for code in unquote_plus(value).split(","))
    return list(dict.fromkeys(texts))


def read_one(text: str, pattern: ReadUrl, folder: bool) -> ReadUrl | ProxyError:
    """What the `pattern` says, of this path; of the default image where it is none."""
    try:
        path = MediaPath.parse_any(text) if folder else MediaPath.parse(text)
    except NoSuchPath as error:
        return pattern.default or error
    return replace(pattern, request=replace(pattern.request, path=path))
