"""What may have been signed of a URL that came over the wire: HTTP clients encode what SDKs had signed as it was.

SDKs encode the path of the source, the texts of layers and whatever is base64, and write every other value as it is:
`ff-Open Sans` is signed with its space and arrives as `ff-Open%20Sans`. No spelling means another picture than the one
that arrived.
"""

import re
from collections.abc import Callable, Iterator
from itertools import product
from urllib.parse import unquote_to_bytes

# Letters that no URL holds as they are: URL parsers encode them, in upper case. Reserved ones are not among them.
ENCODED = re.compile(r"(?:%(?:2[027]|3[CE]|5[CE]|60|7[BCD]|[89A-F][0-9A-F]))+")
TEXT = re.compile(r"(l-text,i-[^,:&/?]*)")
STEPS = ("tr:", "tr=")
SEO = "ik-seo/"  # often written as the end of the endpoint, and then not signed

Spell = Callable[[str], str]


def spellings(remainder: str) -> Iterator[str]:
    """The remainder of a URL behind its endpoint, first as it is, each once."""
    for spelling in dict.fromkeys(encodings(remainder)):
        yield spelling
        if spelling.startswith(SEO):
            yield spelling.removeprefix(SEO)


def encodings(text: str) -> Iterator[str]:
    """As it is; with spaces alone decoded; all of it decoded; and as SDKs write its pieces, each in one of few ways."""
    yield text
    location, mark, query = text.partition("?")
    for sent in (text, location + mark + query.replace("+", " ")):
        yield sent.replace("%20", " ")
        yield decoded(sent)
        for ways in product((as_it_is, decoded), (as_it_is, decoded), (as_it_is, decoded, with_apostrophes)):
            yield in_pieces(sent, *ways)


def in_pieces(text: str, source: Spell, others: Spell, texts: Spell) -> str:
    """Source, other pairs of the query and texts of layers in their ways, all else of the steps decoded."""
    location, mark, query = text.partition("?")
    path = "/".join(
        steps(segment, texts) if segment.startswith(STEPS) else source(segment) for segment in location.split("/")
    )
    pairs = "&".join(steps(pair, texts) if pair.startswith(STEPS) else others(pair) for pair in query.split("&"))
    return path + mark + pairs


def steps(text: str, texts: Spell) -> str:
    return "".join(texts(piece) if index % 2 else decoded(piece) for index, piece in enumerate(TEXT.split(text)))


def as_it_is(text: str) -> str:
    return text


def with_apostrophes(text: str) -> str:
    """JavaScript does not encode them, but its URLs do."""
    return text.replace("%27", "'")


def decoded(text: str) -> str:
    return ENCODED.sub(lambda run: letters(run[0]), text)


def letters(run: str) -> str:
    try:
        return unquote_to_bytes(run).decode()
    except UnicodeError:
        return run
