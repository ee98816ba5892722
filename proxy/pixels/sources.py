"""Files that are drawn: the picture itself and the pictures on it, of pixels or of lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from proxy.errors import Undecodable
from proxy.formats import Content, Format
from proxy.pixels.decode import Decoded, open_raster
from proxy.pixels.geometry import Placement, Size
from proxy.pixels.job import Limits
from proxy.pixels.metadata import Metadata
from proxy.pixels.svg import open_vector


class Source(Protocol):
    """An opened original; `held` are the pixels that it has, `quality` is that of a JPEG; `milliseconds` and `loop`
    count for what moves.
    """

    @property
    def format(self) -> Format: ...
    @property
    def size(self) -> Size: ...
    @property
    def held(self) -> Size: ...
    @property
    def frames(self) -> int: ...
    @property
    def paletted(self) -> bool: ...
    @property
    def profile(self) -> bytes | None: ...
    @property
    def quality(self) -> int | None: ...
    @property
    def metadata(self) -> Metadata: ...

    @property
    def milliseconds(self) -> int: ...
    @property
    def loop(self) -> int | None: ...

    def load(self, placement: Placement, frame: int = 0) -> Decoded: ...


@contextmanager
def opened(path: Path, content: Content, limits: Limits, orient: bool) -> Iterator[Source]:
    """Raises Undecodable, SourceTooLarge, FileNotFoundError."""
    with path.open("rb") as file:
        yield open_source(file, content, limits, orient)


def open_source(file: IO[bytes], content: Content, limits: Limits, orient: bool) -> Source:
    if content.picture is None:
        raise Undecodable("the file is no picture")
    if content.picture is Format.SVG:
        return open_vector(file.read(), limits.max_source_pixels)
    return open_raster(file, content.picture, limits, orient)
