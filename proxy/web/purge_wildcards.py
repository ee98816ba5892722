"""Which paths an address with a wildcard means, and whether it says enough (ImageKit reference, section 8)."""

import re
from urllib.parse import unquote

from proxy.address import ROOTS
from proxy.errors import BadRequest
from proxy.imagekit.url import PLACEHOLDER, SEO, THUMBNAIL, split_path
from proxy.media import FAMILIES

LEVELS, LENGTH = 2, 15
FILE_NAME = re.compile(r"[^/]+\.[A-Za-z0-9]{2,5}")


def prefix_of(remainder: str, folder: bool) -> str:
    """What the source paths begin with, of what stands before the `*`; any transformation is dropped.

    Raises BadRequest if that is too short, or no path of ours begins so; a `folder` has others than Akeneo's.
    """
    segments, _ = split_path(f"/{remainder.partition('?')[0]}")
    if segments[0] == SEO:
        raise BadRequest("expected the address of the files themselves, without ik-seo")
    if segments[-1] in {THUMBNAIL, PLACEHOLDER}:
        segments = segments[:-1]
    prefix = unquote("/".join(segments))
    if not says_enough(prefix):
        raise BadRequest(f"expected at least {LEVELS} levels, {LENGTH} characters or a whole file name before the *")
    if not folder and not may_be_akeneos(prefix):
        raise BadRequest(f"expected a path that begins with one of {', '.join(FAMILIES)}")
    return prefix


def says_enough(prefix: str) -> bool:
    levels = [level for level in prefix.split("/") if level]
    return len(levels) >= LEVELS or len(prefix) >= LENGTH or FILE_NAME.fullmatch(prefix.rpartition("/")[2]) is not None


def may_be_akeneos(prefix: str) -> bool:
    first, slash, _ = prefix.partition("/")
    ours = (*FAMILIES, *ROOTS)
    return first in ours if slash else any(family.startswith(first) for family in ours)
