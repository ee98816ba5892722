"""What the catalogue of these tests holds: small, and of colours that are easily told apart."""

import io
from pathlib import Path
from typing import Any

from PIL import Image

from proxy.demo.files import DemoFile, Family

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)
PLAIN_JPEG: dict[str, Any] = {"quality": 95, "subsampling": 0}
ORIENTATION = 0x0112

PHOTO, TALL, TURNED, FRAMED = "photo.jpg", "tall.jpg", "turned.jpg", "framed.jpg"
OPAQUE, CLEAR, LOGO, GRAPH, MOVING, SHEET = (
    "opaque.png",
    "clear.png",
    "logo.png",
    "graph.svg",
    "moving.gif",
    "sheet.txt",
)
MISSING = "missing.jpg"
OF_FOLDER = ("my logo.png", "größe & so.png")  # names that no URL holds as they are


def quarters(width: int, height: int) -> Image.Image:
    """Red and green above, blue and white below."""
    picture = Image.new("RGB", (width, height), WHITE)
    picture.paste(RED, (0, 0, width // 2, height // 2))
    picture.paste(GREEN, (width // 2, 0, width, height // 2))
    picture.paste(BLUE, (0, height // 2, width // 2, height))
    return picture


def half_clear() -> Image.Image:
    picture = Image.new("RGBA", (200, 100), (*WHITE, 0))
    picture.paste((*RED, 255), (0, 0, 100, 100))
    return picture


def framed() -> Image.Image:
    """Twenty pixels of white around."""
    picture = Image.new("RGB", (160, 120), WHITE)
    picture.paste(BLUE, (20, 20, 140, 100))
    return picture


def turned() -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    return encoded(quarters(400, 300), "JPEG", **PLAIN_JPEG, exif=exif)


def encoded(picture: Image.Image, format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()


def moving() -> bytes:
    frames = [Image.new("RGB", (60, 40), color) for color in (RED, BLUE)]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)


GRAPH_TEXT = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 158 33"><rect width="79" height="33" fill="#f00"/></svg>'
)

FILES = {
    name: DemoFile.named(family, name, None, content)
    for name, family, content in (
        (PHOTO, Family.PRODUCT, encoded(quarters(400, 300), "JPEG", **PLAIN_JPEG)),
        (TALL, Family.ASSET, encoded(quarters(150, 200), "JPEG", **PLAIN_JPEG)),
        (TURNED, Family.REFERENCE_ENTITY, turned()),
        (FRAMED, Family.PRODUCT, encoded(framed(), "JPEG", **PLAIN_JPEG)),
        (OPAQUE, Family.PRODUCT, encoded(quarters(200, 100), "PNG")),
        (CLEAR, Family.ASSET, encoded(half_clear(), "PNG")),
        (LOGO, Family.PRODUCT, encoded(quarters(80, 40), "PNG")),
        (GRAPH, Family.PRODUCT, GRAPH_TEXT),
        (MOVING, Family.PRODUCT, moving()),
        (SHEET, Family.PRODUCT, b"what it weighs\n"),
    )
}


def path_of(name: str) -> str:
    """Where a file lies behind the endpoint, without a slash before it."""
    if name not in FILES:
        return f"media-files/0/0/0/0/{name}"
    return f"{FILES[name].family}/{FILES[name].code}"


def written_to(folder: Path) -> Path:
    for name in OF_FOLDER:
        (folder / name).write_bytes(encoded(quarters(80, 40), "PNG"))
    return folder
