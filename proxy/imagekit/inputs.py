"""What a layer shows: a text or the path of a picture, plain (`i-`) or in base64 (`ie-`)."""

import base64
import binascii
import unicodedata
from collections.abc import Callable

from proxy.imagekit.values import Fallback, Unwelcome

CANVAS = "ik_canvas"  # no file, but a block of colour
MAX_PLAIN, MAX_ENCODED = 2000, 2500  # characters of a text; what is beyond is cut
FOREIGN = str.maketrans("-_ ", "+/+")  # the other alphabet, and a plus that has become a space on the way


def unpacked(text: str) -> str:
    """Base64 in either alphabet, with or without its padding."""
    letters = text.translate(FOREIGN).rstrip("=")
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        raise Unwelcome(text) from None


def path(text: str) -> str:
    """Relative to the endpoint; `@@` is a slash."""
    source = text.replace("@@", "/").lstrip("/")
    if not source or any(unicodedata.category(letter) == "Cc" for letter in source):
        raise Unwelcome(text)
    return source


def packed_path(text: str) -> str:
    return path(unpacked(text))


def cut(longest: int) -> Callable[[str], str | Fallback]:
    """A text of at most so many letters, of controls only with its line breaks."""

    def read(text: str) -> str | Fallback:
        lines = text.replace("\r\n", "\n").replace("\r", "\n")
        kept = "".join(letter for letter in lines[:longest] if letter == "\n" or unicodedata.category(letter) != "Cc")
        if not kept:
            raise Unwelcome(text)
        return kept if len(lines) <= longest else Fallback(kept, f"cut after {longest} of {len(lines)} letters")

    return read


plain_text = cut(MAX_PLAIN)


def packed_text(text: str) -> str | Fallback:
    return cut(MAX_ENCODED)(unpacked(text))
