"""What may have been signed of a URL that came over the wire: HTTP clients encode what SDKs had signed as it was.

SDKs encode the texts of layers and whatever is base64, and write every other value as it is: `ff-Open Sans` is signed
with its space and arrives as `ff-Open%20Sans`. No spelling means another picture than the one that arrived.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

# Letters that no URL holds as they are: URL parsers encode them, in upper case. Reserved ones are not among them.
ENCODED = re.compile(r"(?:%(?:2[027]|3[CE]|5[CE]|60|7[BCD]|[89A-F][0-9A-F]))+")
TEXT = re.compile(r"(l-text,i-[^,:&/?]*)")
SEO = "ik-seo/"  # often written as the end of the endpoint, and then not signed


def spellings(remainder: str) -> Iterator[str]:
    """The remainder of a URL behind its endpoint, first as it is."""
    for spelling in dict.fromkeys(encodings(remainder)):
        yield spelling
        if spelling.startswith(SEO):
            yield spelling.removeprefix(SEO)


def encodings(text: str) -> Iterator[str]:
    """As it is; nothing encoded; the texts of layers encoded, which in JavaScript leaves apostrophes as they are."""
    yield text
    yield decoded(text)
    pieces = TEXT.split(text)
    yield "".join(piece if index % 2 else decoded(piece) for index, piece in enumerate(pieces))
    yield "".join(piece.replace("%27", "'") if index % 2 else decoded(piece) for index, piece in enumerate(pieces))
    location, mark, query = text.partition("?")
    yield decoded(location + mark + query.replace("+", " "))


def decoded(text: str) -> str:
    return ENCODED.sub(lambda run: letters(run[0]), text)


def letters(run: str) -> str:
    try:
        return unquote_to_bytes(run).decode()
    except UnicodeError:
        return run
