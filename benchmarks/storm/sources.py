"""Small pictures of every kind, and files that are none, as a catalogue may hold them."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

import proxy.pixels
from proxy.demo.documents import pdf
from proxy.demo.drawings import vector_badge
from proxy.demo.files import DemoFile, Family

ORIENTATION = 0x0112
TYPEFACES = Path(proxy.pixels.__file__).parent / "typefaces"
FRAMES = 3


def drawn(size: tuple[int, int] = (90, 60), mode: str = "RGB", shade: int = 0) -> Image.Image:
    """A gradient with a disc on it."""
    image = Image.merge(
        "RGB", [Image.linear_gradient("L").resize(size), *(Image.radial_gradient("L").resize(size),) * 2]
    )
    ImageDraw.Draw(image).ellipse((10 + shade, 10, 40 + shade, 35), fill=(200, 60 + shade, 30))
    if mode == "RGBA":
        image.putalpha(Image.radial_gradient("L").resize(size))
    return image if image.mode == mode else image.convert(mode)


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def turned() -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    return saved(drawn((80, 50)), "JPEG", exif=exif)


def moving(format: str, mode: str) -> bytes:
    first, *others = (drawn((45, 30), mode, shade=8 * number) for number in range(FRAMES))
    return saved(first, format, save_all=True, append_images=others, duration=80, loop=0)


def document() -> bytes:
    """Two pages."""
    kids, pages = b"3 0 R 5 0 R", []
    for number, text in ((4, b"1 0 0 rg 0 0 100 50 re f"), (6, b"0 0 1 rg 50 20 90 60 re f")):
        pages.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents %d 0 R >>" % number)
        pages.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text))
    tree = b"<< /Type /Pages /Kids [%s] /Count 2 >>" % kids
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", tree, *pages])


def contents() -> Iterator[tuple[str, bytes]]:
    yield "photo.jpg", saved(drawn((100, 75)), "JPEG")
    yield "grey.jpg", saved(drawn(mode="L"), "JPEG")
    yield "print.jpg", saved(drawn(mode="CMYK"), "JPEG")
    yield "turned.jpg", turned()
    yield "flat.png", saved(drawn().quantize(32), "PNG")
    yield "deep.png", saved(drawn(mode="I").convert("I;16"), "PNG")
    yield "soft.png", saved(drawn((60, 80), "RGBA"), "PNG")
    yield "clear.png", saved(Image.new("RGBA", (25, 25)), "PNG")
    yield "dot.png", saved(Image.new("RGB", (1, 1), "red"), "PNG")
    yield "line.png", saved(Image.new("L", (100, 1), 99), "PNG")
    yield "moving.webp", moving("WEBP", "RGBA")
    yield "moving.gif", moving("GIF", "RGB")
    yield "still.webp", saved(drawn(), "WEBP")
    yield "modern.avif", saved(drawn(), "AVIF")
    yield "scan.tiff", saved(drawn(), "TIFF")
    yield "icon.ico", saved(drawn((32, 32), "RGBA"), "ICO")
    yield "badge.svg", vector_badge()
    yield "sheet.pdf", document()
    yield "cut.jpg", saved(drawn(), "JPEG")[:900]
    yield "notes.txt", "nothing to see here, ein Käfer\n".encode()
    yield "bare.bin", b"x"
    yield "own.woff2", font()


def font() -> bytes:
    """A small one, with Latin letters."""
    return min(TYPEFACES.rglob("*-latin-400-normal.woff2"), key=lambda path: path.stat().st_size).read_bytes()


def files() -> list[DemoFile]:
    """One family after the other."""
    families = list(Family)
    return [
        DemoFile.named(families[number % len(families)], name, None, content)
        for number, (name, content) in enumerate(contents())
    ]


def fill(folder: Path) -> list[str]:
    """The operator's own files; gives back their paths."""
    (folder / "fonts").mkdir(parents=True)
    (folder / "logo.png").write_bytes(saved(drawn((64, 40), "RGBA"), "PNG"))
    (folder / "fonts" / "house.woff2").write_bytes(font())
    return ["logo.png", "fonts/house.woff2"]
