"""What a target is: seeds, and a check that takes any bytes and raises where a promise is broken."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

Check = Callable[[bytes], Awaitable[None]]
# Each is a module of this room with a `TARGET`.
NAMES = ("url", "signatures", "settings", "records", "headers", "purges", "pngs", "jpegs", "pictures")


class Broken(Exception):
    """What was promised, and what came instead."""


class Target(Protocol):
    def seeds(self) -> Sequence[bytes]:
        """Inputs that lead far into the code; a fuzzer goes on from them."""

    def opened(self) -> AbstractAsyncContextManager[Check]:
        """Whatever the check needs lives inside the block."""
