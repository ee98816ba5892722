"""What lies under and around a picture: colours, the picture itself blurred, its own dominant colours."""

from dataclasses import replace

from PIL import Image, ImageFilter

from proxy.pixels.colour import pixel, uses_alpha, without_opaque_alpha
from proxy.pixels.dominant import dominant
from proxy.pixels.geometry import Placement, Size
from proxy.pixels.gradients import between_corners
from proxy.pixels.picture import Picture
from proxy.pixels.resample import resized
from proxy.pixels.stages import Stage
from proxy.plan.effects import BlurredBackground, DominantBackground
from proxy.plan.frame import Crop
from proxy.plan.values import BLACK, Color

TRANSPARENT = Color(0, 0, 0, 0)
BLURS = {Crop.PAD_RESIZE, Crop.PAD_RESIZE_NO_ENLARGE}  # the modes that may be padded with the picture itself
AUTOMATIC_INTENSITY = 50
MOST_BLUR = 0.1  # at intensity 100, as a share of the longer side
BLURRED_AT = 256  # pixels along the longer side, at least; more are drawn only as far as they can be told apart
COARSE_FROM = 4.0  # pixels of radius: what is blurred that much may be enlarged


def lay(picture: Picture, stage: Stage) -> Picture:
    """A `bg` lies under the whole picture of its step, so that its padding and its transparent parts are one."""
    return picture if waits(stage) else under(picture, stage.background)


def lay_under_shadow(picture: Picture, stage: Stage) -> Picture:
    return under(picture, stage.background) if waits(stage) else picture


def waits(stage: Stage) -> bool:
    """A shadow falls on the ground, not on the picture: there, `bg` comes after the look."""
    return stage.step.look.shadow is not None


def under(picture: Picture, color: Color | None) -> Picture:
    if color is None or picture.image.mode not in {"LA", "RGBA"}:
        return picture
    picture = able_to_show(picture, color)
    base = blank(picture.size, replace(picture, image=picture.image.convert("RGBA")), color)
    laid = Image.alpha_composite(base, picture.image.convert("RGBA"))
    return replace(picture, image=without_opaque_alpha(laid))


def with_dominant(stage: Stage, picture: Picture) -> Stage:
    """For all that the step fills, and for all frames of an animation: one colour, that of the picture as framed."""
    wish = stage.step.background
    if stage.dominant is not None or not isinstance(wish, DominantBackground) or wish.colors > 1:
        return stage
    return replace(stage, dominant=dominant(picture.in_color()))


def pad(picture: Picture, stage: Stage) -> Picture:
    """Padding is `bg`; without one it is transparent around a picture with transparency, else black."""
    placement = stage.placement
    if not placement.padded:
        return picture
    drawn = drawn_ground(picture, stage)
    if drawn is not None:
        image = picture.in_color()
        drawn.paste(image, placement.at, image if image.mode == "RGBA" else None)
        return Picture(drawn)
    color = None if waits(stage) else stage.background
    color = color or (TRANSPARENT if waits(stage) or uses_alpha(picture.image) else BLACK)
    picture = able_to_show(picture, color)
    canvas = blank(placement.canvas, picture, color)
    canvas.paste(picture.image, placement.at)
    return replace(picture, image=canvas)


def drawn_ground(picture: Picture, stage: Stage) -> Image.Image | None:
    """An opaque canvas made of the picture; None if the padding has one colour."""
    wish, placement = stage.step.background, stage.placement
    if isinstance(wish, BlurredBackground) and stage.step.frame.crop in BLURS:
        return blurred(picture.in_color(), placement.canvas, wish)
    if isinstance(wish, DominantBackground) and wish.colors > 1:
        return gradient_dominant(picture.in_color(), placement, wish.colors)
    return None


def blurred(image: Image.Image, canvas: Size, wish: BlurredBackground) -> Image.Image:
    """The picture covers the canvas, blurred and made lighter or darker; drawn small, since nobody sees more."""
    opaque = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image.convert("RGBA")).convert("RGB")
    intensity = AUTOMATIC_INTENSITY if wish.intensity is None else wish.intensity
    radius = canvas.longest * MOST_BLUR * intensity / 100
    by = min(1.0, max(BLURRED_AT / canvas.longest, COARSE_FROM / max(1.0, radius)))
    small = Size(max(1, round(canvas.width * by)), max(1, round(canvas.height * by)))
    share = min(image.width / small.width, image.height / small.height)
    left, top = (max(0.0, (side - drawn * share) / 2) for side, drawn in zip(image.size, small.pair, strict=True))
    cover = resized(opaque, (left, top, image.width - left, image.height - top), small)
    soft = cover.filter(ImageFilter.GaussianBlur(radius * by))
    lit = soft.point(lambda value: value + wish.brightness)
    return lit.resize(canvas.pair, Image.Resampling.BICUBIC)


def gradient_dominant(image: Image.Image, placement: Placement, colors: int) -> Image.Image:
    """Two: of the halves that the padding touches; four: of the quarters."""
    across, down = image.width // 2 or 1, image.height // 2 or 1
    if colors > 2:
        boxes = [(x, y, x + across, y + down) for y in (0, image.height - down) for x in (0, image.width - across)]
        first, second, third, fourth = (dominant(image.crop(box)) for box in boxes)
        return between_corners(placement.canvas, (first, second, third, fourth))
    if placement.canvas.width - placement.part.width >= placement.canvas.height - placement.part.height:
        start, end = image.crop((0, 0, across, image.height)), image.crop((image.width - across, 0, *image.size))
        one, other = dominant(start), dominant(end)
        return between_corners(placement.canvas, (one, other, one, other))
    start, end = image.crop((0, 0, image.width, down)), image.crop((0, image.height - down, *image.size))
    one, other = dominant(start), dominant(end)
    return between_corners(placement.canvas, (one, one, other, other))


def able_to_show(picture: Picture, color: Color) -> Picture:
    """In a mode that has the colour: with alpha if it is not opaque, no longer grey if it is no grey."""
    image = picture.image
    grey = image.mode in {"L", "LA"}
    if (image.mode == "CMYK" and color.opacity < 100) or (grey and len(set(color.rgb)) > 1):
        picture = picture.in_srgb()
        image = picture.image.convert("RGBA" if picture.image.mode == "LA" else "RGB")
    if color.opacity < 100 and image.mode in {"L", "RGB"}:
        image = image.convert(image.mode + "A")
    return replace(picture, image=image)


def blank(size: Size, picture: Picture, color: Color) -> Image.Image:
    """A canvas of one colour, in the picture's mode and space."""
    mode = picture.image.mode
    return Image.new(mode, size.pair, pixel(color, mode, picture.profile))
