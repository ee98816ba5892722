"""Rounded corners, and the border that follows them."""

from math import ceil, floor, sqrt

from PIL import Image, ImageChops

from proxy.pixels.geometry import Size
from proxy.plan.effects import Radius
from proxy.plan.values import Color

FINE = 8  # lines to a pixel, along which an edge is measured

Corners = tuple[int, int, int, int] | None  # top left, top right, bottom right, bottom left; None: an ellipse


def corners_of(radius: Radius, size: Size) -> Corners:
    """At most half the shorter side."""
    if radius.corners is None:
        return None
    most = min(size.pair) // 2
    first, second, third, fourth = (min(most, corner) for corner in radius.corners)
    return (first, second, third, fourth)


def rounded(image: Image.Image, corners: Corners) -> Image.Image:
    """RGBA, or the picture itself if nothing is to be rounded."""
    if corners is not None and not any(corners):
        return image
    rgba = image.convert("RGBA")
    rgba.putalpha(ImageChops.multiply(rgba.getchannel("A"), outline(Size(*image.size), corners)))
    return rgba


def outline(size: Size, corners: Corners) -> Image.Image:
    """Opaque inside."""
    if corners is None:
        return disc(size)
    mask = Image.new("L", size.pair, 255)
    discs = {radius: disc(Size(2 * radius, 2 * radius)) for radius in corners if radius}
    for index, radius in enumerate(corners):
        if radius:
            right, bottom = index in {1, 2}, index in {2, 3}
            left, top = radius * right, radius * bottom
            quarter = discs[radius].crop((left, top, left + radius, top + radius))
            mask.paste(quarter, ((size.width - radius) * right, (size.height - radius) * bottom))
    return mask


def disc(size: Size) -> Image.Image:
    """An ellipse, its edge as soft at every size: each pixel counts by how much of it lies inside."""
    upper = [half_row(size, row) for row in range((size.height + 1) // 2)]
    rows = [*upper, *reversed(upper[: size.height // 2])]
    even = size.width % 2 == 0
    return Image.frombytes("L", size.pair, b"".join(half + (half if even else half[:-1])[::-1] for half in rows))


def half_row(size: Size, row: int) -> bytes:
    """From the left edge to the middle, which belongs to it."""
    half = (size.width + 1) // 2
    edges = [edge_of(size, row + (line + 0.5) / FINE) for line in range(FINE)]
    first, last = floor(min(edges)), min(half, ceil(max(edges)))
    soft = [sum([min(1.0, max(0.0, x + 1 - edge)) for edge in edges]) for x in range(first, last)]
    return bytes(first) + bytes([round(255 * inside / FINE) for inside in soft]) + b"\xff" * (half - last)


def edge_of(size: Size, y: float) -> float:
    """How far from the left an ellipse begins."""
    up = 1 - 2 * y / size.height
    return size.width / 2 * (1 - sqrt(max(0.0, 1 - up * up)))


def bordered(image: Image.Image, width: int, color: Color, corners: Corners) -> Image.Image:
    """Each side grows by `width`; around rounded corners the border is round as well. RGB or RGBA."""
    size = Size(image.width + 2 * width, image.height + 2 * width)
    if corners is not None and not any(corners):
        return straight(image, width, size, color)
    ring = Image.new("RGBA", size.pair, color.rgba)
    ring.putalpha(ImageChops.multiply(ring.getchannel("A"), outline(size, grown(corners, width))))
    laid = Image.new("RGBA", size.pair)
    laid.paste(image, (width, width))
    inside = Image.new("L", size.pair)
    inside.paste(outline(Size(*image.size), corners).point(lambda alpha: 255 if alpha == 255 else 0), (width, width))
    return Image.composite(laid, Image.alpha_composite(ring, laid), inside)


def grown(corners: Corners, by: int) -> Corners:
    if corners is None:
        return None
    first, second, third, fourth = (corner + by if corner else 0 for corner in corners)
    return (first, second, third, fourth)


def straight(image: Image.Image, width: int, size: Size, color: Color) -> Image.Image:
    mode = "RGBA" if image.mode == "RGBA" or color.opacity < 100 else "RGB"
    canvas = Image.new(mode, size.pair, color.rgba if mode == "RGBA" else color.rgb)
    canvas.paste(image.convert(mode), (width, width))
    return canvas
