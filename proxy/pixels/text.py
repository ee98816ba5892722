"""Text as a picture: wrapped, aligned, padded, on its own ground."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from proxy.errors import LimitExceeded
from proxy.pixels.fonts import BrokenFont, Fonts, fonts_of, own_face
from proxy.pixels.geometry import Size
from proxy.pixels.job import Limits
from proxy.pixels.measures import whole
from proxy.pixels.shaping import Ruler, Run, clusters, paragraphs, runs, visual_runs
from proxy.pixels.work import Work, work_of_box, work_of_text
from proxy.pixels.wrapping import Line, wrapped
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
    fonts: Fonts
    size: int
    leading: int
    width: int | None
    padding: tuple[int, int, int, int]  # top, right, bottom, left
    ruler: Ruler

    def stroke(self, run: Run) -> int:
        return max(1, round(self.size * WEIGHT)) if self.layer.bold and not run.face.bold else 0

    def leans(self, run: Run) -> bool:
        return self.layer.italic and not run.face.italic


def write_text(
    layer: TextLayer, scope: Scope, limits: Limits, files: Mapping[str, Path], work: Work | None = None
) -> Image.Image:
    """RGBA, without its radius and rotation; `files` are fonts by their source. Raises LimitExceeded."""
    work = work or Work()
    fonts = fonts_of(layer.font, layer.bold, layer.italic)
    file = files.get(layer.font_source or "")
    own = None if file is None else own_face(file)
    if own is not None:
        with suppress(BrokenFont):
            return written(setting_of(layer, (own, *fonts), scope), limits, work)
    try:
        return written(setting_of(layer, fonts, scope), limits, work)
    except BrokenFont as error:
        raise LimitExceeded(f"letters that cannot be drawn at this size: {error}") from error


def written(setting: Setting, limits: Limits, work: Work) -> Image.Image:
    layer = setting.layer
    lines = lines_of(setting)
    longest = max(map(setting.ruler.advance, lines))
    height = setting.leading * (len(lines) - 1) + round(2 * LEADING * setting.size)
    around = Size(round(longest) + 2 * setting.size, height)
    check(around, limits)
    work.spend(work_of_text(layer, around, runs=sum(len(runs(line)) for line in lines)))
    ink = inked(lines, setting, round(longest))
    top, right, bottom, left = setting.padding
    box = Size(left + ink.width + right, top + ink.height + bottom)
    check(box, limits)
    work.spend(work_of_box(box))
    ground = Image.new("RGBA", box.pair, (*layer.color.rgb, 0) if layer.background is None else layer.background.rgba)
    text = Image.new("RGBA", box.pair, (*layer.color.rgb, 0))
    mask = Image.new("L", box.pair)
    mask.paste(ink, (left, top))
    text.putalpha(mask.point(lambda alpha: round(alpha * layer.color.opacity / 100)))
    image = Image.alpha_composite(ground, text)
    return image if layer.opacity is None else faded(image, layer.opacity / 10)


def setting_of(layer: TextLayer, fonts: Fonts, scope: Scope) -> Setting:
    size = pixels(layer.size, scope, DEFAULT_SIZE)
    if size > MAX_SIDE:
        raise LimitExceeded(f"fs-{layer.size}: letters may be {MAX_SIDE} pixels high")
    sides = [0 if value == 0 else pixels(value, scope, 0) for value in layer.padding] or [0]
    top, right = sides[0], sides[1 % len(sides)]
    bottom = sides[2] if len(sides) > 2 else top
    left = sides[3] if len(sides) > 3 else right
    width = None if layer.width is None else max(1, pixels(layer.width, scope, 1) - left - right)
    leading = pixels(layer.line_height, scope, max(1, round(size * LEADING)))
    return Setting(layer, fonts, size, leading, width, (top, right, bottom, left), Ruler(size))


def pixels(value: int | Expression | None, scope: Scope, default: int) -> int:
    if value is None:
        return default
    return whole(value.value(scope)) if isinstance(value, Expression) else value


def check(size: Size, limits: Limits) -> None:
    if size.longest > MAX_SIDE or size.pixels > limits.max_output_side**2:
        raise LimitExceeded(f"a text of {size} pixels asked for, a side may have {MAX_SIDE}")


def lines_of(setting: Setting) -> list[Line]:
    return [
        line
        for paragraph in paragraphs(setting.layer.text)
        for line in wrapped(clusters(paragraph, setting.fonts), setting.width, setting.ruler.advance)
    ]


def inked(lines: list[Line], setting: Setting, longest: int) -> Image.Image:
    """A mask of the letters: as wide as was asked for, else, as always in height, as the ink itself."""
    rim = setting.size
    inner = setting.width or max(1, longest)  # accents alone take no room
    mask = Image.new("L", (inner + 2 * rim, setting.leading * (len(lines) - 1) + 4 * rim))
    for number, line in enumerate(lines):
        drawn = line_of(visual_runs(line), setting)
        spare = inner - (drawn.width - 2 * rim)
        start = {"left": 0, "right": spare}.get(setting.layer.align, spare // 2)
        mask.paste(255, (start, number * setting.leading), drawn)
    left, top, right, bottom = mask.getbbox() or (rim, rim, rim + inner, rim + setting.size)
    if setting.width is not None:
        left, right = rim, rim + inner
    return mask.crop((left, top, right, bottom))


def line_of(drawn: list[Run], setting: Setting) -> Image.Image:
    """On its ground line two letters below the top, with a rim of one around it for what leans or hangs over."""
    rim = setting.size
    advances = [setting.ruler.measured(run) for run in drawn]
    size = (round(sum(advances)) + 2 * rim, 4 * rim)
    mask = Image.new("L", size)
    for leaning in (False, True):
        chosen = [setting.leans(run) is leaning for run in drawn]
        if any(chosen):
            letters = Image.new("L", size)
            pen, x = ImageDraw.Draw(letters), float(rim)
            for run, wide, now in zip(drawn, advances, chosen, strict=True):
                if now:
                    run.draw(pen, (x, 2 * rim), setting.size, setting.stroke(run))
                x += wide
            mask = ImageChops.lighter(mask, slanted(letters, 2 * rim) if leaning else letters)
    if setting.layer.strikethrough:
        strike(mask, setting)
    return mask


def slanted(mask: Image.Image, ground: int) -> Image.Image:
    leaning = (1, SLANT, -SLANT * ground, 0, 1, 0)
    return mask.transform(mask.size, Image.Transform.AFFINE, leaning, Image.Resampling.BICUBIC)


def strike(mask: Image.Image, setting: Setting) -> None:
    rim = setting.size
    height, thickness = (share * setting.size for share in STRIKE)
    middle = 2 * rim - height
    box = (rim, middle - thickness / 2, mask.width - rim, middle + thickness / 2)
    ImageDraw.Draw(mask).rectangle(box, fill=255)


def faded(image: Image.Image, share: float) -> Image.Image:
    image.putalpha(image.getchannel("A").point(lambda alpha: round(alpha * share)))
    return image
