"""One step of a plan: what is done to the pixels, in which order. The numbers come from its stage."""

from collections.abc import Callable
from dataclasses import replace

from PIL import Image

from proxy.pixels.blends import blended
from proxy.pixels.colour import without_opaque_alpha
from proxy.pixels.corners import Corners, bordered, corners_of, rounded
from proxy.pixels.effects import with_look
from proxy.pixels.geometry import Size
from proxy.pixels.ground import lay, lay_under_shadow, pad, with_dominant
from proxy.pixels.picture import Picture
from proxy.pixels.resample import resized
from proxy.pixels.stages import Stage
from proxy.pixels.turning import flipped, rotated
from proxy.plan.values import Color

Act = Callable[[Picture, Stage], Picture]


def draw(picture: Picture, stage: Stage, framed: bool = False) -> tuple[Stage, Picture]:
    """The stage as well, with what only the pixels could tell. `framed`: the picture is trimmed and scaled already."""
    if not framed:
        picture = frame(trim(picture, stage), stage)
    stage = with_dominant(stage, picture)
    for act in AFTER_FRAME:
        picture = act(picture, stage)
    return stage, picture


def trim(picture: Picture, stage: Stage) -> Picture:
    if stage.trimmed is None:
        return picture
    return replace(picture, image=picture.image.crop(stage.trimmed))


def frame(picture: Picture, stage: Stage) -> Picture:
    placement = stage.placement
    return replace(picture, image=resized(picture.image, placement.window, placement.part))


def lay_layers(picture: Picture, stage: Stage) -> Picture:
    """They were drawn when the stage was made: `layers` says how, `blends` how they meet the picture."""
    if not stage.overlays:
        return picture
    image = picture.in_color()
    for overlay in stage.overlays:
        image = blended(image, overlay)
    return Picture(image)


def round_corners(picture: Picture, stage: Stage) -> Picture:
    if stage.step.radius is None:
        return picture
    return Picture(rounded(picture.in_color(), corners(stage, picture.size)))


def add_border(picture: Picture, stage: Stage) -> Picture:
    if stage.step.border is None or not stage.border:
        return picture
    image = picture.in_color()
    return Picture(bordered(image, stage.border, stage.step.border.color, corners(stage, picture.size)))


def corners(stage: Stage, size: Size) -> Corners:
    return (0, 0, 0, 0) if stage.step.radius is None else corners_of(stage.step.radius, size)


def fade(picture: Picture, stage: Stage) -> Picture:
    """Less opaque; with a `bg` it is mixed with that, and opaque (the opacity of the `bg` does not count)."""
    if stage.step.opacity is None:
        return picture
    image = picture.in_color().convert("RGBA")
    share = stage.step.opacity / 100
    image.putalpha(image.getchannel("A").point(lambda alpha: round(alpha * share)))
    if stage.background is None:
        return Picture(image)
    solid = Image.new("RGBA", image.size, Color(*stage.background.rgb).rgba)
    return Picture(without_opaque_alpha(Image.alpha_composite(solid, image)))


def rotate(picture: Picture, stage: Stage) -> Picture:
    if not stage.step.rotation:
        return picture
    return rotated(picture, stage.step.rotation, stage.size, stage.background)


def flip(picture: Picture, stage: Stage) -> Picture:
    return picture if stage.step.flip is None else flipped(picture, stage.step.flip)


AFTER_FRAME: tuple[Act, ...] = (
    *(lay, pad),
    *(with_look, lay_under_shadow),
    lay_layers,
    round_corners,
    add_border,
    fade,
    rotate,
    flip,
)
