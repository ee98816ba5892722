"""A whole target read at once, as no endpoint does: without a signature, with settings of the test's own."""

from typing import Any

from proxy.imagekit.url import ReadUrl, locate, read_address
from proxy.slices import OutputSettings


def read_url(target: str, accept: str, output: OutputSettings, **more: Any) -> ReadUrl:
    return read_address(locate(target), accept, output, **more)
