"""How much detail to spend bytes on: one scale from 1 to 100 for every lossy format."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from proxy.formats import Format

# The sum of the luminance table of the JPEG standard, which is quality 50 in libjpeg's scale.
STANDARD_SUM = 3688
# JPEG's number, AVIF's number; straight lines between them.
AVIF_SCALE = [(1, 20), (30, 38), (50, 46), (70, 54), (80, 62), (90, 76), (95, 88), (100, 100)]


def chosen_quality(asked: int | None, default: int, source: int | None) -> int:
    """What the URL says is obeyed; the default only ever lowers, since a coarse source gains nothing from bytes."""
    if asked is not None:
        return asked
    return default if source is None else min(default, source)


def estimated_quality(tables: Mapping[int, Sequence[int]]) -> int | None:
    """The quality in libjpeg's scale whose luminance table is as coarse as this one; None without tables."""
    if not tables.get(0):
        return None
    percent = 100 * sum(tables[0]) / STANDARD_SUM
    quality = (200 - percent) / 2 if percent <= 100 else 5000 / percent
    return max(1, min(100, round(quality)))


def scale_for(format: Format, quality: int) -> int:
    """The encoder's own number for about the look of a JPEG of that quality.

    AVIF by equal SSIM on photographs. WebP at the same number has the better brightness and the coarser colours of
    4:2:0, which is about even.
    """
    if format is not Format.AVIF:
        return quality
    for (low, at_low), (high, at_high) in pairwise(AVIF_SCALE):
        if quality <= high:
            return round(at_low + (quality - low) * (at_high - at_low) / (high - low))
    return quality
