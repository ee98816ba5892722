"""Families of fonts and their files."""

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FAMILIES: dict[str, Path] = {}  # by `folded` name; a family that is missing gets Pillow's own font

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def folded(family: str) -> str:
    """`PT_Serif`, `PT Serif` and `ptserif` are one."""
    return "".join(letter for letter in family.casefold() if letter.isalnum())


@lru_cache(maxsize=64)
def font_of(family: str | None, size: int) -> Font:
    path = FAMILIES.get(folded(family or ""))
    return ImageFont.load_default(size) if path is None else ImageFont.truetype(str(path), size)
