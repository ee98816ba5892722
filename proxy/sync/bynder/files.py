"""The file of an asset: found, fetched whole without our token, and really a picture."""

import asyncio
import shutil
import uuid
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from proxy.formats import SNIFF_BYTES, Content, Format, is_svg, sniff
from proxy.sync.bynder.client import Bynder
from proxy.sync.bynder.documents import Medium
from proxy.sync.bynder.fingerprint import ODD, file_name
from proxy.sync.outcomes import DataError, Reason, TransientError

ORIGINAL = "original"
PROLOG_BYTES = 2**16  # declaration, comments and doctype of an SVG
BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}  # how long the second header is, by version
EXTENSIONS = {Format.JPEG: "jpg", Format.TIFF: "tif"}


class Downloads(AbstractAsyncContextManager["Downloads"]):
    """`folder` is emptied at start: what a run that was killed had fetched is fetched again."""

    def __init__(self, bynder: Bynder, derivative: str, folder: Path) -> None:
        self.bynder = bynder
        self.derivative = derivative
        self.folder = folder

    async def __aenter__(self) -> "Downloads":
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)
        await asyncio.to_thread(self.folder.mkdir, parents=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)

    async def fetch(self, medium: Medium) -> tuple[Path, str]:
        """The file and the name that it is to have in the PIM; who asks deletes it.

        Raises DataError SOURCE_GONE, MISSING_DERIVATIVE, INCOMPLETE_FILE (twice the same wrong size), NOT_A_PICTURE.
        """
        to = self.folder / uuid.uuid4().hex
        try:
            await self.whole(medium, to)
            content = await asyncio.to_thread(content_of, to)
            if not content.mime.startswith("image/"):
                raise DataError(Reason.NOT_A_PICTURE, medium.name, f"a picture, not {content.mime}")
        except OSError as error:
            raise TransientError(str(to), f"to be read: {error.strerror}") from error
        except BaseException:
            await self.drop(to)
            raise
        extension = EXTENSIONS.get(content.picture, str(content.picture)) if content.picture else ""
        if self.derivative == ORIGINAL or not extension:
            extension = ODD.sub("", medium.extension).lower() or extension or "jpg"
        return to, file_name(medium, self.derivative, extension)

    async def drop(self, file: Path) -> None:
        await asyncio.to_thread(file.unlink, missing_ok=True)

    async def whole(self, medium: Medium, to: Path) -> None:
        """A cut may look like an end: a size is wrong for good only if it is the same once more."""
        expected = medium.size if self.derivative == ORIGINAL else None
        sizes: list[int] = []
        for _ in range(2):
            sizes.append(await self.bynder.download(await self.url(medium), to))
            if expected in (None, sizes[-1]):
                return
        words = f"{expected} bytes, not {sizes[-1]}"
        if len(set(sizes)) > 1:
            raise TransientError(medium.name, words)
        raise DataError(Reason.INCOMPLETE_FILE, medium.name, words)

    async def url(self, medium: Medium) -> str:
        if self.derivative == ORIGINAL:
            found = await self.bynder.address(medium.id)
            if found is None:
                raise DataError(Reason.SOURCE_GONE, medium.id, "a medium that Bynder knows")
            return found
        return medium.thumbnails.get(self.derivative) or await self.url_of_item(medium)

    async def url_of_item(self, medium: Medium) -> str:
        """Never another file in its place, that of an older version included."""
        detailed = medium if medium.items is not None else await self.bynder.medium(medium.id, items=True)
        if detailed is None:
            raise DataError(Reason.SOURCE_GONE, medium.id, "a medium that Bynder knows")
        items = [item for item in detailed.items or () if item.type == self.derivative]
        now = [item for item in items if item.active or item.version == detailed.version]
        best = next((item for item in now if item.active), next(iter(now), None))
        found = await self.bynder.address(medium.id, best.id) if best is not None and best.id else None
        if found is None:
            raise DataError(Reason.MISSING_DERIVATIVE, medium.name, f"the derivative {self.derivative}")
        return found


def content_of(file: Path) -> Content:
    """Also of what a head does not tell: an SVG begins with as much prolog as its tool likes, and the two reserved
    words of a BMP are not zero everywhere.
    """
    with file.open("rb") as opened:
        head = opened.read(PROLOG_BYTES)
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in BMP_HEADERS:
        return Content.of(Format.BMP)
    return Content.of(Format.SVG) if is_svg(head) else sniff(head[:SNIFF_BYTES], "")
