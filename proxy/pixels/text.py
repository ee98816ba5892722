"""Text as a picture: wrapped, aligned, padded, on its own ground."""

from dataclasses import dataclass

from PIL import Image, ImageDraw

from proxy.errors import LimitExceeded
from proxy.pixels.fonts import Font, font_of
from proxy.pixels.geometry import Size
from proxy.pixels.job import Limits
from proxy.pixels.measures import whole
from proxy.plan.expressions import Expression, Scope
from proxy.plan.steps import TextLayer

DEFAULT_SIZE = 45
MAX_SIDE = 16_383
SLANT = 0.2  # of a letter's height: what an italic leans when the font has none
WEIGHT = 0.03  # of its size: how much thicker a bold stroke is when the font has none
LEADING = 1.25  # of its size: from line to line
STRIKE = (0.28, 0.06)  # of its size: how high above the ground line, how thick


@dataclass(frozen=True, slots=True)
class Setting:
    """A text layer with all its numbers known; `width` is that of the box, without its padding."""

    layer: TextLayer
    size: int
    leading: int
    width: int | None
    padding: tuple[int, int, int, int]  # top, right, bottom, left

    @property
    def font(self) -> Font:
        return font_of(self.layer.font, self.size)

    @property
    def stroke(self) -> int:
        return max(1, round(self.size * WEIGHT)) if self.layer.bold else 0


def write_text(layer: TextLayer, scope: Scope, limits: Limits) -> Image.Image:
    """RGBA, without its radius and rotation. Raises LimitExceeded."""
    setting = setting_of(layer, scope)
    lines = wrapped(layer.text, setting)
    longest = max(setting.font.getlength(line) for line in lines)
    check(Size(round(longest) + 2 * setting.size, (len(lines) + 1) * max(setting.leading, setting.size)), limits)
    ink = inked(lines, setting, round(longest))
    top, right, bottom, left = setting.padding
    box = Size(left + ink.width + right, top + ink.height + bottom)
    check(box, limits)
    written = Image.new("RGBA", box.pair, (*layer.color.rgb, 0) if layer.background is None else layer.background.rgba)
    text = Image.new("RGBA", box.pair, (*layer.color.rgb, 0))
    text.paste(layer.color.rgba, (left, top, left + ink.width, top + ink.height))
    mask = Image.new("L", box.pair)
    mask.paste(ink, (left, top))
    text.putalpha(mask.point(lambda alpha: round(alpha * layer.color.opacity / 100)))
    written = Image.alpha_composite(written, text)
    return written if layer.opacity is None else faded(written, layer.opacity / 10)


def setting_of(layer: TextLayer, scope: Scope) -> Setting:
    size = pixels(layer.size, scope, DEFAULT_SIZE)
    if size > MAX_SIDE:
        raise LimitExceeded(f"fs-{layer.size}: letters may be {MAX_SIDE} pixels high")
    sides = [0 if value == 0 else pixels(value, scope, 0) for value in layer.padding] or [0]
    top, right = sides[0], sides[1 % len(sides)]
    bottom = sides[2] if len(sides) > 2 else top
    left = sides[3] if len(sides) > 3 else right
    width = None if layer.width is None else max(1, pixels(layer.width, scope, 1) - left - right)
    leading = pixels(layer.line_height, scope, max(1, round(size * LEADING)))
    return Setting(layer, size, leading, width, (top, right, bottom, left))


def pixels(value: int | Expression | None, scope: Scope, default: int) -> int:
    if value is None:
        return default
    return whole(value.value(scope)) if isinstance(value, Expression) else value


def check(size: Size, limits: Limits) -> None:
    if size.longest > MAX_SIDE or size.pixels > limits.max_output_side**2:
        raise LimitExceeded(f"a text of {size} pixels asked for, a side may have {MAX_SIDE}")


def wrapped(text: str, setting: Setting) -> list[str]:
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if fits(longer, setting):
                line = longer
                continue
            lines += [line] if line else []
            *full, line = pieces(word, setting)
            lines += full
        lines.append(line)
    return lines


def fits(text: str, setting: Setting) -> bool:
    return setting.width is None or setting.font.getlength(text) <= setting.width


def pieces(word: str, setting: Setting) -> list[str]:
    """A word longer than a line, or a language without spaces, breaks wherever it has to."""
    found = [""]
    for letter in word:
        if found[-1] and not fits(found[-1] + letter, setting):
            found.append("")
        found[-1] += letter
    return found


def inked(lines: list[str], setting: Setting, longest: int) -> Image.Image:
    """A mask of the letters: as wide as was asked for, else, as always in height, as the ink itself."""
    rim = setting.size
    inner = setting.width or longest
    mask = Image.new("L", (inner + 2 * rim, setting.leading * (len(lines) - 1) + 4 * rim))
    for number, line in enumerate(lines):
        drawn = line_of(line, setting, rim)
        spare = inner - round(setting.font.getlength(line))
        start = {"left": 0, "right": spare}.get(setting.layer.align, spare // 2)
        mask.paste(255, (start, number * setting.leading), drawn)
    left, top, right, bottom = mask.getbbox() or (rim, rim, rim + inner, rim + setting.size)
    if setting.width is not None:
        left, right = rim, rim + inner
    return mask.crop((left, top, right, bottom))


def line_of(line: str, setting: Setting, rim: int) -> Image.Image:
    """On its ground line two rims below the top, with a rim around it for what leans or hangs over."""
    length = round(setting.font.getlength(line))
    mask = Image.new("L", (length + 2 * rim, 4 * rim))
    pen = ImageDraw.Draw(mask)
    pen.text((rim, 2 * rim), line, fill=255, font=setting.font, anchor="ls", stroke_width=setting.stroke)
    if setting.layer.strikethrough:
        height, thickness = (share * setting.size for share in STRIKE)
        middle = 2 * rim - height
        pen.rectangle((rim, middle - thickness / 2, rim + length, middle + thickness / 2), fill=255)
    if not setting.layer.italic:
        return mask
    leaning = (1, SLANT, -SLANT * 2 * rim, 0, 1, 0)
    return mask.transform(mask.size, Image.Transform.AFFINE, leaning, Image.Resampling.BICUBIC)


def faded(image: Image.Image, share: float) -> Image.Image:
    image.putalpha(image.getchannel("A").point(lambda alpha: round(alpha * share)))
    return image
