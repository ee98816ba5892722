"""Pictures of 256 colours, for GIF and for PNGs that came with as few.

An octree is a fiftieth of the work of a median cut, and keeps the few pixels of a rare colour; a median cut is exact
where there are no more colours than it may use.
"""

from collections.abc import Iterable

from PIL import Image

from proxy.pixels.colour import extrema

COLORS = 256
NEARLY = 3  # an octree averages alpha too; what was fully opaque or clear shall be so again


def with_palette(image: Image.Image) -> Image.Image:
    """An RGB or RGBA picture in 256 colours, soft edges included; unchanged if it has no more."""
    if image.getcolors(COLORS) is not None:
        return image.quantize(COLORS, Image.Quantize.MEDIANCUT) if image.mode == "RGB" else image
    drawn = image.quantize(COLORS, Image.Quantize.FASTOCTREE)
    if image.mode == "RGBA":
        drawn.putpalette(snapped(drawn.getpalette("RGBA") or []), "RGBA")
    return drawn


def snapped(palette: list[int]) -> list[int]:
    for index in range(3, len(palette), 4):
        alpha = palette[index]
        palette[index] = 255 if alpha >= 255 - NEARLY else 0 if alpha <= NEARLY else alpha
    return palette


def opaque_from(frames: Iterable[Image.Image]) -> int:
    """From which alpha a pixel of a GIF is seen, since there is no half: half of the most that any pixel has, so that a
    picture that is faint altogether does not vanish.
    """
    return max(1, (max(map(most_opaque, frames), default=255) + 1) // 2)


def most_opaque(image: Image.Image) -> int:
    return round(extrema(image.getchannel("A"))[1]) if image.mode in {"LA", "RGBA"} else 255


def with_one_clear_color(image: Image.Image, seen_from: int) -> Image.Image:
    """For GIF: the last of the 256 colours is transparent, unless the picture has no use for it."""
    if image.mode not in {"LA", "RGBA"}:
        return with_palette(image.convert("RGB"))
    clear = image.getchannel("A").point(lambda alpha: 255 if alpha < seen_from else 0)
    solid = image.convert("RGB")
    few = solid.getcolors(COLORS - 1) is not None
    drawn = solid.quantize(COLORS - 1, Image.Quantize.MEDIANCUT if few else Image.Quantize.FASTOCTREE)
    drawn.paste(COLORS - 1, mask=clear)
    drawn.info["transparency"] = COLORS - 1
    return drawn
