"""Rounded corners, and the border that follows them."""

from PIL import Image, ImageChops, ImageDraw

from proxy.pixels.geometry import Size
from proxy.plan.effects import Radius
from proxy.plan.values import Color

FINE = 4  # drawn so many times larger, then shrunk: smooth edges
LARGEST = 2048  # pixels of a drawing; beyond, its edge is smooth by being stretched

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
    for index, radius in enumerate(corners):
        if radius:
            right, bottom = index in {1, 2}, index in {2, 3}
            whole = disc(Size(2 * radius, 2 * radius))
            left, top = radius * right, radius * bottom
            quarter = whole.crop((left, top, left + radius, top + radius))
            mask.paste(quarter, ((size.width - radius) * right, (size.height - radius) * bottom))
    return mask


def disc(size: Size) -> Image.Image:
    width, height = (min(LARGEST, FINE * side) for side in size.pair)
    drawn = Image.new("L", (width, height))
    ImageDraw.Draw(drawn).ellipse((0, 0, width - 1, height - 1), fill=255)
    return drawn.resize(size.pair, Image.Resampling.BOX if width >= size.width else Image.Resampling.BILINEAR)


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
