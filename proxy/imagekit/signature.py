"""Signed URLs: ImageKit's own scheme (reference, section 7), and a stronger one for who needs no ImageKit SDK.

Both sign what follows the endpoint, as it goes over the wire, and the time of expiry:

  ik-s, ik-t   lower-case hex HMAC-SHA1 over remainder + expiry, expiry "9999999999" for ever
  mp-s, mp-t   base64url HMAC-SHA256 over "media-proxy:1", expiry (0 for ever) and remainder, a line each
"""

import base64
import hmac
import math
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from proxy.errors import SignatureRefused
from proxy.imagekit.spellings import spellings

FOR_EVER = "9999999999"
UNSIGNED = "expected a signed URL"
# Of one length, since ImageKit's scheme signs remainder and time without a mark between them: digits must not be able
# to move from one into the other.
MOMENT = re.compile(r"[1-9][0-9]{9}")


@dataclass(frozen=True, slots=True)
class Scheme:
    """`sign` makes the signature of a remainder that expires at a time, given as text; None for never."""

    signature: str
    expiry: str
    sign: Callable[[str, str, str | None], str]


def imagekit_signature(key: str, remainder: str, expiry: str | None) -> str:
    message = remainder + (expiry if expiry is not None else FOR_EVER)
    return hmac.digest(key.encode(), message.encode(), "sha1").hex()


def strong_signature(key: str, remainder: str, expiry: str | None) -> str:
    message = "\n".join(["media-proxy:1", expiry if expiry is not None else "0", remainder])
    packed = hmac.digest(key.encode(), message.encode(), "sha256")
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


IMAGEKIT = Scheme("ik-s", "ik-t", imagekit_signature)
STRONG = Scheme("mp-s", "mp-t", strong_signature)
SCHEMES = (IMAGEKIT, STRONG)
OURS = {name for scheme in SCHEMES for name in (scheme.signature, scheme.expiry)}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a target says of its own signature; `single`: once, in one scheme. `remainder` is what was signed."""

    scheme: Scheme
    remainder: str
    signature: str
    expiry: str | None
    single: bool = True


def claim_of(remainder: str) -> Claim | None:
    """None if there is neither a signature nor a time. `remainder` starts without a slash, undecoded."""
    location, mark, query = remainder.partition("?")
    kept: list[str] = []
    ours: list[tuple[str, str]] = []
    for pair in query.split("&") if mark else []:
        name, _, value = pair.partition("=")
        if name in OURS:
            ours.append((name, value))
        else:
            kept.append(pair)
    if not ours:
        return None
    said = dict(ours)
    scheme = STRONG if STRONG.signature in said else IMAGEKIT
    single = len(ours) == len(said) and said.keys() <= {scheme.signature, scheme.expiry}
    signed = f"{location}?{'&'.join(kept)}" if kept else location
    return Claim(scheme, signed, said.get(scheme.signature, ""), said.get(scheme.expiry), single)


def verify(remainder: str, keys: Sequence[str], required: bool, clock: Callable[[], float] = time.time) -> bool:
    """Whether the target is signed; raises SignatureRefused if it is signed wrongly, or not though it should be.

    Without keys nothing can be told: signatures are passed over.
    """
    claim = claim_of(remainder) if keys else None
    if claim is None:
        if required:
            raise SignatureRefused(UNSIGNED)
        return False
    if not claim.single:  # what is not signed itself would make many URLs of a signed one, each new to a CDN
        raise SignatureRefused("expected one signature")
    if not fits(claim, keys):
        raise SignatureRefused("the signature does not fit the URL")
    if claim.expiry is not None and not still_good(claim.expiry, clock()):
        raise SignatureRefused("the URL has expired")
    return True


def fits(claim: Claim, keys: Sequence[str]) -> bool:
    """Whether it is the signature of what came, or of what SDKs had written before a client encoded it."""
    return any(
        hmac.compare_digest(claim.scheme.sign(key, text, claim.expiry).encode(), claim.signature.encode())
        for text in spellings(claim.remainder)
        for key in keys
    )


def still_good(expiry: str, now: float) -> bool:
    return MOMENT.fullmatch(expiry) is not None and now <= int(expiry)


def good_until(remainder: str) -> float:
    """Until when a signature that was found to be good stays so, in seconds of the wall clock."""
    claim = claim_of(remainder)
    if claim is None:
        return math.inf
    if not claim.single:  # a fragment has a second one, and was cut off before the signature was looked at
        return 0.0
    if claim.expiry is None:
        return math.inf
    return float(claim.expiry) if MOMENT.fullmatch(claim.expiry) else 0.0


def signed(remainder: str, key: str, expires_at: int | None = None, scheme: Scheme = IMAGEKIT) -> str:
    """The remainder of a URL behind the endpoint, without a leading slash, with its signature."""
    expiry = None if expires_at is None else str(expires_at)
    remainder = remainder if remainder.partition("?")[2] else remainder.partition("?")[0]  # as `claim_of` will see it
    mark = "&" if "?" in remainder else "?"
    time_part = f"{scheme.expiry}={expiry}&" if expiry is not None else ""
    return f"{remainder}{mark}{time_part}{scheme.signature}={scheme.sign(key, remainder, expiry)}"
