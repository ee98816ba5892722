"""Files that are drawn: the picture itself and the pictures on it, of pixels or of lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from proxy.errors import Undecodable
from proxy.formats import Content, Format
from proxy.pixels.decode import Decoded, no_such_page, open_raster
from proxy.pixels.decoded import DecodedPicture, DecodedPictures
from proxy.pixels.density import dots_of
from proxy.pixels.documents import POINTS, opened_page
from proxy.pixels.geometry import Placement, Size
from proxy.pixels.job import SHARED, Limits
from proxy.pixels.metadata import Metadata
from proxy.pixels.svg import CSS_PIXELS, open_vector
from proxy.plan.expressions import Expression
from proxy.plan.plan import Plan


class Source(Protocol):
    """An opened original; `held` are the pixels that it has, `quality` is that of a JPEG, `density` the dots per inch
    that it tells of; `milliseconds` and `loop` count for what moves.
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
    def milliseconds_a_megapixel(self) -> int: ...  # of what is drawn of lines
    @property
    def density(self) -> int: ...

    @property
    def milliseconds(self) -> int: ...
    @property
    def loop(self) -> int | None: ...

    def load(self, placement: Placement, frame: int = 0) -> Decoded: ...


@dataclass(frozen=True, slots=True)
class View:
    """How an original is looked at: turned by its EXIF orientation or not; with a `page`, from 1, that page of a
    document or that frame of an animation alone; what has no pixels of its own at a `density`, as `dn` says it.
    """

    orient: bool
    page: int | None = None
    density: int | Expression | None = None


def view_of(plan: Plan) -> View:
    """A branch is chosen by the size, so its own word on the density is a tag alone."""
    return View(plan.orient is True, plan.page, plan.output.density)


@contextmanager
def opened(
    path: Path, content: Content, limits: Limits, view: View, decoded: DecodedPictures | None = None
) -> Iterator[Source]:
    """A document without a page shows its first; a still picture may be among those that are `decoded` already.

    Raises Undecodable, SourceTooLarge, FileNotFoundError, InvalidTransformation.
    """
    if content.has_pages:
        with opened_page(path, view.page or 1, limits, dots_of(view.density, POINTS) or POINTS) as page:
            yield page
    else:
        with path.open("rb") as file:
            can_share = content.picture in SHARED and view.page is None
            kept = decoded.of(str(path), file) if decoded and can_share else None
            yield open_source(file, content, limits, view, kept)


def open_source(
    file: IO[bytes], content: Content, limits: Limits, view: View, kept: DecodedPicture | None = None
) -> Source:
    if content.picture is None:
        raise Undecodable("the file is no picture")
    if content.picture is not Format.SVG:
        return open_raster(file, content.picture, limits, view.orient, view.page, kept=kept)
    if view.page is not None and view.page > 1:
        raise no_such_page(view.page, 1)
    return open_vector(file.read(), limits.max_source_pixels, dots_of(view.density, CSS_PIXELS) or CSS_PIXELS)
