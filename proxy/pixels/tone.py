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
    return sharpened(image, 1, min(MOST_PERCENT, round(10 * (strength or OWN_STRENGTH))), 0)


def unsharp(image: Image.Image, mask: Unsharp) -> Image.Image:
    """Of ImageMagick's four numbers the radius only says how far to compute; the sigma says it as well."""
    percent = min(MOST_PERCENT, round(100 * mask.amount))
    return sharpened(image, min(MOST_SIGMA, mask.sigma), percent, min(255, round(255 * mask.threshold)))


def sharpened(image: Image.Image, radius: float, percent: int, threshold: int) -> Image.Image:
    """An edge of what can be seen is no edge between colours: a flat shape keeps its colour and its smooth outline."""
    if image.mode != "RGBA":
        return image.filter(ImageFilter.UnsharpMask(radius, percent, threshold))
    soft = blur(image, radius)
    doubt = soft.getchannel("A").point(rounded_off)
    colors, around = image.convert("RGB"), soft.convert("RGB")
    keen = Image.blend(around, colors, 1 + percent / 100)
    apart = ImageChops.difference(colors, around)
    chosen = []
    for channel in zip(keen.split(), colors.split(), apart.split(), strict=True):
        sure = ImageChops.subtract(channel[2], doubt).point(lambda distance: 255 if distance > threshold else 0)
        chosen.append(Image.composite(*channel[:2], sure))
    return with_alpha_of(image, Image.merge("RGB", chosen))


def rounded_off(alpha: int) -> int:
    """How far a colour may be off that was divided by its alpha."""
    return 0 if alpha == 255 else min(255, 1 + round(255 / max(1, alpha)))


def blur(image: Image.Image, radius: float) -> Image.Image:
    """Colours count by their alpha, so that what cannot be seen does not bleed into what can."""
    softly = ImageFilter.GaussianBlur(radius)
    return image.convert("RGBa").filter(softly).convert("RGBA") if image.mode == "RGBA" else image.filter(softly)


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
