"""What objects are called: all that is made from one file lies below one name, so that it is listed with one call."""

import re

from proxy.cache.purges.scope import PLACE_LENGTH
from proxy.media import KEY_BYTES

FORMAT = "v1"  # another one when the meaning of the bytes changes
KEY_LENGTH = PLACE_LENGTH + 2 * KEY_BYTES
KEY = re.compile(rf"[0-9a-f]{{{KEY_LENGTH}}}")


def folder_of(room: str) -> str:
    return f"{FORMAT}/{room}"


def name_of(room: str, key: str) -> str:
    return f"{FORMAT}/{room}/{key[:PLACE_LENGTH]}/{key[PLACE_LENGTH:]}"


def key_in(name: str) -> str | None:
    """None where nobody of us has given that name."""
    key = "".join(name.split("/")[-2:])
    return key if KEY.fullmatch(key) else None
