"""`pg`: which page of a document, or which frame of an animation."""

import re

from proxy.imagekit.values import Fallback, Unwelcome, first_of, whole

MAX_PAGE = 100_000
PAGES = re.compile(r"([0-9]{1,5})(?:[-_][0-9]{0,5})+|name-.+")
NUMBER = f"a number from 1 to {MAX_PAGE}"


def layers_of_file(text: str) -> Fallback:
    """Several pages, or a Photoshop layer by its name: the first page of them, else the first of all."""
    match = PAGES.fullmatch(text)
    first = int(match[1] or 1) if match else 0
    if not first:
        raise Unwelcome(text)
    return Fallback(first, "one page is shown, the first of them")


page = first_of(whole(1, MAX_PAGE), layers_of_file)
