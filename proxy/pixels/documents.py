"""Pages of PDF files as pixels, drawn at exactly the wanted size so that they are sharp at every one.

PDFium opens a file by its path and reads what it needs: neither it nor its binding is loaded before the first page is
asked for. It knows no threads, and a worker has none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PIL import Image

from proxy.errors import SourceTooLarge, Undecodable
from proxy.pixels.decode import Decoded, no_such_page
from proxy.pixels.geometry import Placement, Size
from proxy.pixels.job import Limits
from proxy.pixels.lines import Lines
from proxy.pixels.refusing import refusing

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

POINTS = 72  # in an inch; each is a pixel, unless `dn` says how many there are
WHITE = (255, 255, 255, 255)  # a page is paper
UPRIGHT = 0  # beside the turn that the page itself asks for


@dataclass(frozen=True, slots=True)
class Page(Lines):
    """An opened page, turned and cropped as it says itself."""

    page: "PdfPage"
    size: Size

    density: ClassVar = POINTS
    milliseconds_a_megapixel: ClassVar = 60

    def load(self, placement: Placement, frame: int = 0) -> Decoded:
        """The part that the placement wants, drawn in its final size; raises Undecodable, SourceTooLarge."""
        with refusing():
            return Decoded.ready(rasterised(self.page, placement))


@contextmanager
def opened_page(path: Path, number: int, limits: Limits, dots: int) -> Iterator[Page]:
    """The page of that number, from 1, at `dots` per inch.

    Raises Undecodable, SourceTooLarge, InvalidTransformation if there is no such page, FileNotFoundError.
    """
    if path.stat().st_size > limits.max_source_bytes:
        raise SourceTooLarge(f"the document is larger than {limits.max_source_bytes} bytes")
    with refusing():
        document = opened_document(path)
    with document:
        with refusing():
            page = page_of(document, number)
            width, height = (max(1, round(side * dots / POINTS)) for side in page.get_size())
        yield Page(page, Size(width, height))


def opened_document(path: Path) -> "PdfDocument":
    import pypdfium2  # noqa: PLC0415 (7 MB, and few workers ever see a document)
    import pypdfium2.raw  # noqa: PLC0415

    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if error.err_code in {pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY}:
            raise Undecodable("the document is protected by a password") from None
        raise


def page_of(document: "PdfDocument", number: int) -> "PdfPage":
    """With its form, if it has one: what has been filled in belongs to the picture."""
    document.init_forms()
    count = len(document)
    if not count:
        raise Undecodable("the document has no pages")
    if number > count:
        raise no_such_page(number, count)
    return document.get_page(number - 1)


def rasterised(page: "PdfPage", placement: Placement) -> Image.Image:
    """RGB: the page is scaled as a whole, and only the part's pixels are drawn."""
    from pypdfium2 import PdfBitmap, raw  # noqa: PLC0415

    (left, top), part, scaled = placement.cut, placement.part, placement.scaled
    bitmap = PdfBitmap.new_native(*part.pair, raw.FPDFBitmap_BGR, rev_byteorder=True)
    bitmap.fill_rect(WHITE, 0, 0, *part.pair)
    how = (-left, -top, *scaled.pair, UPRIGHT, raw.FPDF_ANNOT | raw.FPDF_REVERSE_BYTE_ORDER)
    raw.FPDF_RenderPageBitmap(bitmap, page, *how)
    if page.formenv:
        raw.FPDF_FFLDraw(page.formenv, bitmap, page, *how)
    image: Image.Image = bitmap.to_pil()
    return image
