"""What may have been signed of a URL that came over the wire: HTTP clients encode what SDKs had signed as it was.

SDKs encode the path of the source, the texts of layers and whatever is base64, and write every other value as it is:
`ff-Open Sans` is signed with its space and arrives as `ff-Open%20Sans`. No spelling means another picture than the one
that arrived.
"""

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from itertools import product
from urllib.parse import unquote_to_bytes

from proxy.address import ROOTS
from proxy.imagekit.url import PLACEHOLDER, THUMBNAIL, split_path
from proxy.media import FAMILIES

# Letters that no URL holds as they are: URL parsers encode them, in upper case. Reserved ones are not among them.
ENCODED = re.compile(r"(?:%(?:2[027]|3[CE]|5[CE]|60|7[BCD]|[89A-F][0-9A-F]))+")
TEXT = re.compile(r"(l-text,i-[^,:&/?]*)")
STEPS_OF_PATH, STEPS_OF_QUERY = re.compile(r"(?<![^/])(tr:[^/]*)"), re.compile(r"(?<![^&])(tr=[^&]*)")
SEO = "ik-seo/"  # often written as the end of the endpoint, and then not signed


class Kind(Enum):
    """Pieces of a URL. All of one kind are written in one way."""

    SOURCE = auto()  # the path
    OTHERS = auto()  # pairs of the query
    TEXTS = auto()  # of layers
    STEPS = auto()  # of a transformation, but for its texts


Piece = tuple[Kind, Sequence[str]]  # and the ways in which it may have been written


def spellings(remainder: str) -> Iterator[str]:
    """The remainder of a URL behind its endpoint, first as it is, each once."""
    told: set[str] = set()
    for spelling in encodings(remainder):
        if spelling in told:
            continue
        told.add(spelling)
        yield spelling
        if spelling.startswith(SEO) and is_disguise(spelling.removeprefix(SEO)):
            yield spelling.removeprefix(SEO)


def is_disguise(remainder: str) -> bool:
    """Whether it means something behind `ik-seo/` alone, for the speaking name at its end. What is a picture without
    that was signed for this one, and behind it would be another; but media codes of Akeneo's never begin each other.
    """
    segments, _ = split_path(remainder.partition("?")[0])
    source = [segment for segment in segments if segment not in {THUMBNAIL, PLACEHOLDER}]
    return source[:1] != [] and (source[0] in FAMILIES or (source[0] in ROOTS and "." in source[-1]))


def encodings(text: str) -> Iterator[str]:
    """As it is; with nothing but spaces decoded; and as SDKs write its pieces, each kind in one of few ways."""
    yield text
    location, mark, query = text.partition("?")
    if "%" not in text and "+" not in query:
        return
    for sent in dict.fromkeys((text, location + mark + query.replace("+", " "))):
        yield sent.replace("%20", " ")
        yield from written(list(pieces_of(sent)))


def written(pieces: Sequence[Piece]) -> Iterator[str]:
    for ways in product(*(ways_of(kind, pieces) for kind in Kind)):
        chosen = dict(zip(Kind, ways, strict=True))
        yield "".join(spelled[chosen[kind]] for kind, spelled in pieces)


def ways_of(kind: Kind, pieces: Sequence[Piece]) -> list[int]:
    """Those that differ."""
    columns = list(zip(*(spelled for of, spelled in pieces if of is kind), strict=True)) or [()]
    return [index for index, column in enumerate(columns) if column not in columns[:index]]


def pieces_of(text: str) -> Iterator[Piece]:
    """Few, however long it is: each is spelled in many ways before a signature is found not to fit."""
    location, mark, query = text.partition("?")
    yield from parted(Kind.SOURCE, STEPS_OF_PATH.split(location, maxsplit=1))
    before, *behind = STEPS_OF_QUERY.split(query, maxsplit=1)
    yield from parted(Kind.OTHERS, [mark + before, *behind])


def parted(kind: Kind, parts: Sequence[str]) -> Iterator[Piece]:
    """Of `kind` are the outer ones, between which may be a transformation."""
    for index, part in enumerate(parts):
        if index % 2:
            yield from pieces_of_steps(part)
        else:
            yield kind, (part, decoded(part))


def pieces_of_steps(text: str) -> Iterator[Piece]:
    for index, part in enumerate(TEXT.split(text)):
        if index % 2:
            yield Kind.TEXTS, (part, decoded(part), part.replace("%27", "'"))  # which JavaScript leaves as it is
        else:
            yield Kind.STEPS, (decoded(part),)


def decoded(text: str) -> str:
    return ENCODED.sub(lambda run: letters(run[0]), text) if "%" in text else text


def letters(run: str) -> str:
    try:
        return unquote_to_bytes(run).decode()
    except UnicodeError:
        return run
