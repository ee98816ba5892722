"""A whole target read at once, as no endpoint does: without a signature, with settings of the test's own."""

from typing import Any

from proxy.imagekit.endpoints import stand_in
from proxy.imagekit.hints import Hints
from proxy.imagekit.meaning import Dialect
from proxy.imagekit.reading import NO_HINTS
from proxy.imagekit.url import NOWHERE, ReadUrl, locate, read_address
from proxy.slices import OutputSettings


def read_url(
    target: str, accept: str, output: OutputSettings, *, hints: Hints = NO_HINTS, folder: bool = False, **more: Any
) -> ReadUrl:
    """`more` goes into the dialect."""
    address = locate(target, folder)

    def read() -> ReadUrl:
        return read_address(address, accept, Dialect(output, **more).meaning(address.words(hints)))

    return stand_in(read) if address.path == NOWHERE else read()
