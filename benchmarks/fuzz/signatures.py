"""Signatures: what was signed is taken, what was changed afterwards is not, and nothing else is a signature."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.fuzz.target import Broken, Check
from benchmarks.storm.parsing import gun
from proxy.errors import SignatureRefused
from proxy.imagekit.signature import SCHEMES, claim_of, signed, verify

KEY, OTHER = "private_fuzz", "private_other"
NOW, LATER = 1_700_000_000, 1_800_000_000
SEEDS = 100


class Signatures:
    def seeds(self) -> list[bytes]:
        targets = [gun(2).shot(number).target.removeprefix("/") for number in range(SEEDS)]
        made = [signed(target, KEY, LATER, scheme) for target in targets for scheme in SCHEMES if not claim_of(target)]
        return [text.encode(errors="replace") for text in (*targets, *made, "a?ik-s=&ik-t=", "a?mp-t=1&mp-s=x&mp-s=y")]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Check]:
        yield check


async def check(data: bytes) -> None:
    text = data.decode(errors="replace")
    claim = claim_of(text)
    if claim is not None:
        if is_taken(text, OTHER):
            raise Broken("a signature that this key never made is taken")
        return
    for scheme in SCHEMES:
        made = signed(text, KEY, LATER, scheme)
        if not is_taken(made, KEY):
            raise Broken(f"{made!r} was signed, and is refused")
        if is_taken(made, KEY, LATER + 1) or is_taken(made, OTHER) or is_taken(f"x{made}", KEY):
            raise Broken(f"{made!r} is taken with another time, key or target")


def is_taken(remainder: str, key: str, now: float = NOW) -> bool:
    try:
        return verify(remainder, [key], required=True, clock=lambda: now)
    except SignatureRefused:
        return False


TARGET = Signatures()
