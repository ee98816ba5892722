"""Effects that work on colours: each takes an RGB or RGBA picture in sRGB and gives one."""

from functools import reduce

from PIL import Image, ImageChops, ImageFilter, ImageOps

from proxy.pixels.dominant import dominant
from proxy.plan.effects import Colorize, ColorReplace, Unsharp

CLIPPED = 0.5  # percent of the darkest and of the brightest pixels: one speck of dust shall not decide
OWN_STRENGTH = 10.0  # of `e-sharpen` without a number
MOST_PERCENT = 1000
MOST_SIGMA = 100.0
SOFT = 4  # the last quarter of a tolerance fades out


def grayscale(image: Image.Image) -> Image.Image:
    grey = image.convert("L").convert("RGB")
    return with_alpha_of(image, grey)


def contrast(image: Image.Image) -> Image.Image:
    """The brightness of what can be seen is stretched to the full range; all channels alike, so hues stay."""
    seen = image.getchannel("A").point(lambda alpha: 255 if alpha else 0) if image.mode == "RGBA" else None
    if seen is not None and seen.getbbox() is None:
        return image
    stretched = ImageOps.autocontrast(image.convert("RGB"), CLIPPED, mask=seen, preserve_tone=True)
    return with_alpha_of(image, stretched)


def sharpen(image: Image.Image, strength: float) -> Image.Image:
    percent = min(MOST_PERCENT, round(10 * (strength or OWN_STRENGTH)))
    return on_visible(image, ImageFilter.UnsharpMask(radius=1, percent=percent, threshold=0))


def unsharp(image: Image.Image, mask: Unsharp) -> Image.Image:
    """Of ImageMagick's four numbers the radius only says how far to compute; the sigma says it as well."""
    percent = min(MOST_PERCENT, round(100 * mask.amount))
    threshold = min(255, round(255 * mask.threshold))
    return on_visible(image, ImageFilter.UnsharpMask(min(MOST_SIGMA, mask.sigma), percent, threshold))


def blur(image: Image.Image, radius: int) -> Image.Image:
    return on_visible(image, ImageFilter.GaussianBlur(radius))


def on_visible(image: Image.Image, filter: ImageFilter.Filter) -> Image.Image:
    """Colours count by their alpha, so that what cannot be seen does not bleed into what can."""
    if image.mode != "RGBA":
        return image.filter(filter)
    return image.convert("RGBa").filter(filter).convert("RGBA")


def replace_color(image: Image.Image, wish: ColorReplace) -> Image.Image:
    """Colours near the source move to the target with their shades; the further away, the less."""
    source = wish.source or dominant(image)
    colors = image.convert("RGB")
    apart = ImageChops.difference(colors, Image.new("RGB", image.size, source.rgb))
    furthest = reduce(ImageChops.lighter, apart.split())
    limit = 255 * wish.tolerance / 100
    near = furthest.point(lambda distance: nearness(distance, limit))
    moved = colors.point(
        [shade + to - was for was, to in zip(source.rgb, wish.to.rgb, strict=True) for shade in range(256)]
    )
    return with_alpha_of(image, Image.composite(moved, colors, near))


def nearness(distance: float, limit: float) -> int:
    """255 within the tolerance, falling to 0 at its end."""
    if limit <= 0:
        return 255 if distance == 0 else 0
    return round(255 * max(0.0, min(1.0, SOFT * (limit - distance) / limit))) if distance else 255


def colorize(image: Image.Image, tint: Colorize) -> Image.Image:
    """From black over the colour to white, by brightness; laid over the picture by its intensity."""
    grey = image.convert("L")
    tinted = ImageOps.colorize(grey, (0, 0, 0), (255, 255, 255), tint.color.rgb)
    share = tint.intensity * tint.color.opacity / 10_000
    return with_alpha_of(image, Image.blend(image.convert("RGB"), tinted, share))


def with_alpha_of(image: Image.Image, colors: Image.Image) -> Image.Image:
    if image.mode == "RGBA":
        colors.putalpha(image.getchannel("A"))
    return colors
