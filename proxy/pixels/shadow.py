"""`e-shadow`: soft darkness under what is not clear."""

from PIL import Image, ImageFilter

from proxy.plan.effects import Shadow


def shadowed(image: Image.Image, wish: Shadow) -> Image.Image:
    """RGBA of the same size: a shadow that would leave the canvas is cut."""
    rgba = image.convert("RGBA")
    alpha = rgba.getchannel("A").point(lambda value: round(value * wish.saturation / 100))
    moved = Image.new("L", image.size)
    moved.paste(alpha, (round(image.width * wish.x / 100), round(image.height * wish.y / 100)))
    shade = Image.merge("RGBA", (*(Image.new("L", image.size),) * 3, soft(moved, wish.blur)))
    return Image.alpha_composite(shade, rgba)


def soft(mask: Image.Image, radius: int) -> Image.Image:
    """Blurred as if there were nothing beyond the canvas, so that an opaque edge fades as well."""
    if not radius:
        return mask
    rim = 3 * radius
    wide = mask.crop((-rim, -rim, mask.width + rim, mask.height + rim)).filter(ImageFilter.GaussianBlur(radius))
    return wide.crop((rim, rim, rim + mask.width, rim + mask.height))
