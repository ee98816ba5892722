"""One step of a plan: what is done to the pixels, in which order. The numbers come from geometry."""

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

from PIL import Image

from proxy.pixels.colour import pixel, uses_alpha, without_opaque_alpha
from proxy.pixels.decode import TURNS, Decoded
from proxy.pixels.geometry import Size, Stage
from proxy.pixels.picture import Picture
from proxy.pixels.resample import resized
from proxy.plan.values import BLACK, Color

TRANSPARENT = Color(0, 0, 0, 0)
QUARTERS = {90.0: TURNS[6], 180.0: TURNS[3], 270.0: TURNS[8]}

Act = Callable[[Picture, Stage], Picture]


def draw(decoded: Decoded, profile: bytes | None, stages: Iterable[Stage], keep_profile: bool) -> Picture:
    """All steps, one after the other; the first one's part is cut straight out of the decoded pixels."""
    picture = Picture(cut(decoded), profile)
    if not keep_profile:
        picture = picture.in_srgb()
    for number, stage in enumerate(stages):
        for act in ORDER if number else AFTER_FRAME:
            picture = act(picture, stage)
    return picture


def cut(decoded: Decoded) -> Image.Image:
    """The part alone: an opened file would show its next frame in it, and write out what else it holds."""
    part = resized(decoded.image, decoded.window, decoded.size)
    part = part.copy() if part is decoded.image else part
    return part.transpose(TURNS[decoded.orientation]) if decoded.orientation in TURNS else part


def frame(picture: Picture, stage: Stage) -> Picture:
    placement = stage.placement
    return replace(picture, image=resized(picture.image, placement.window, placement.part))


def lay(picture: Picture, stage: Stage) -> Picture:
    """A `bg` lies under the whole picture of its step, so that its padding and its transparent parts are one."""
    if stage.background is None or picture.image.mode not in {"LA", "RGBA"}:
        return picture
    picture = able_to_show(picture, stage.background)
    ground = blank(picture.size, replace(picture, image=picture.image.convert("RGBA")), stage.background)
    laid = Image.alpha_composite(ground, picture.image.convert("RGBA"))
    return replace(picture, image=without_opaque_alpha(laid))


def pad(picture: Picture, stage: Stage) -> Picture:
    """Padding is `bg`; without one it is transparent around a picture with transparency, else black."""
    placement = stage.placement
    if not placement.padded:
        return picture
    color = stage.background or (TRANSPARENT if uses_alpha(picture.image) else BLACK)
    picture = able_to_show(picture, color)
    canvas = blank(placement.canvas, picture, color)
    canvas.paste(picture.image, placement.at)
    return replace(picture, image=canvas)


def rotate(picture: Picture, stage: Stage) -> Picture:
    """Clockwise. Any angle but a quarter grows the canvas: corners are `bg`, or else transparent."""
    if not stage.rotation:
        return picture
    if stage.rotation in QUARTERS:
        return replace(picture, image=picture.image.transpose(QUARTERS[stage.rotation]))
    image = picture.in_srgb().image.convert("RGBA")
    leaning = turned_by(wider(wider(image)), stage, Image.Resampling.BICUBIC)
    covered = turned_by(Image.new("L", image.size, 255), stage, Image.Resampling.BILINEAR)
    corners = Image.new("RGBA", stage.size.pair, (stage.background or TRANSPARENT).rgba)
    whole = Image.composite(leaning.convert("RGBa"), corners.convert("RGBa"), covered).convert("RGBA")
    return Picture(without_opaque_alpha(whole))


def turned_by(image: Image.Image, stage: Stage, resampling: Image.Resampling) -> Image.Image:
    """On the stage's canvas, both centred; nothing where the picture does not reach."""
    sine, cosine = math.sin(math.radians(stage.rotation)), math.cos(math.radians(stage.rotation))
    across, down = stage.size.width / 2, stage.size.height / 2
    matrix = (
        *(cosine, sine, image.width / 2 - across * cosine - down * sine),
        *(-sine, cosine, image.height / 2 + across * sine - down * cosine),
    )
    rim = (-1, -1, image.width + 1, image.height + 1)  # so that the edges come out smooth
    a, b, c, d, e, f = matrix
    return image.crop(rim).transform(stage.size.pair, Image.Transform.AFFINE, (a, b, c + 1, d, e, f + 1), resampling)


def wider(image: Image.Image) -> Image.Image:
    """One pixel more on every side, like its neighbour: a filter that looks beyond an edge finds no dark there."""
    wide = Image.new(image.mode, (image.width + 2, image.height + 2))
    corners, edges = [(0, 0), (0, 2), (2, 0), (2, 2)], [(0, 1), (2, 1), (1, 0), (1, 2)]
    for at in [*corners, *edges, (1, 1)]:
        wide.paste(image, at)
    return wide


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


ORDER: tuple[Act, ...] = (frame, lay, pad, rotate)
AFTER_FRAME = ORDER[1:]
