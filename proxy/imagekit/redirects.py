"""From the URL of an address to that of the file it stands for, with the same transformation."""

from collections.abc import Sequence
from urllib.parse import quote

from proxy.imagekit.signature import OURS, claim_of, signed
from proxy.imagekit.url import PLACEHOLDER, THUMBNAIL, split_path
from proxy.media import MediaPath

OF_ADDRESSES = {"locale", "scope"}


def redirected(remainder: str, path: MediaPath, keys: Sequence[str]) -> str:
    """Relative, so that it holds behind whatever prefix a proxy adds. A signed URL leads to a signed one, good for as
    long. `remainder` is what is behind the endpoint, raw; its signature has been looked at.
    """
    location, _, query = remainder.partition("?")
    segments, transformation = split_path(f"/{location}")
    steps = [f"tr:{transformation}"] if transformation else []
    target = "/".join([*steps, quote(str(path)), *asked_of_it(segments)])
    kept = "&".join(pair for pair in query.split("&") if pair and pair.partition("=")[0] not in OURS | OF_ADDRESSES)
    target = f"{target}?{kept}" if kept else target
    claim = claim_of(remainder) if keys else None
    if claim is not None:
        target = signed(target, keys[0], int(claim.expiry) if claim.expiry else None, claim.scheme)
    return "../" * location.count("/") + target


def asked_of_it(segments: list[str]) -> list[str]:
    """What stands behind the source: a still of it, and what is to be known of it."""
    placeholder = [PLACEHOLDER] if segments[-1] == PLACEHOLDER else []
    before = segments[: len(segments) - len(placeholder)]
    return [*([THUMBNAIL] if before[-1:] == [THUMBNAIL] else []), *placeholder]
