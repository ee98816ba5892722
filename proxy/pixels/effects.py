"""The look of a step: its effects, in the order of `Look`'s own fields."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from PIL import Image

from proxy.pixels.distort import distorted
from proxy.pixels.gradients import gradient
from proxy.pixels.picture import Picture
from proxy.pixels.shadow import shadowed
from proxy.pixels.stages import Stage
from proxy.pixels.tone import blur, colorize, contrast, grayscale, replace_color, sharpen, unsharp
from proxy.plan.steps import Look

Effect = Callable[[Image.Image, Any, Stage], Image.Image]

# By the name of the field, whose value comes second.
EFFECTS: dict[str, Effect] = {
    "grayscale": lambda image, _, __: grayscale(image),
    "contrast": lambda image, _, __: contrast(image),
    "sharpen": lambda image, strength, _: sharpen(image, strength),
    "unsharp": lambda image, mask, _: unsharp(image, mask),
    "replace": lambda image, wish, _: replace_color(image, wish),
    "colorize": lambda image, tint, _: colorize(image, tint),
    "distort": lambda image, wish, _: distorted(image, wish),
    "gradient": lambda image, wish, stage: gradient(image, wish, stage.sides.scope),
    "shadow": lambda image, wish, _: shadowed(image, wish),
    "blur": lambda image, radius, _: blur(image, radius),
}
NAMES = tuple(field.name for field in fields(Look))


def with_look(picture: Picture, stage: Stage) -> Picture:
    look = stage.step.look
    if look == Look():
        return picture
    image = picture.in_color()
    for name in NAMES:
        value = getattr(look, name)
        if value is not None and value is not False:
            image = EFFECTS[name](image, value, stage)
    return Picture(image)
