"""The colour that most of a picture has."""

from collections import Counter, defaultdict

from PIL import Image

from proxy.plan.values import BLACK, Color

THUMBNAIL = 64
COARSE = 5  # bits of each channel that are left out when colours are counted as equal
SEEN_FROM = 128


def dominant(image: Image.Image) -> Color:
    """Opaque; the mean of the most frequent of 512 coarse colours, counting what can be seen."""
    small = image.convert("RGBA")
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
    counted: Counter[int] = Counter()
    members: defaultdict[int, list[tuple[int, ...]]] = defaultdict(list)
    packed = small.tobytes()
    for red, green, blue, alpha in zip(*(packed[channel::4] for channel in range(4)), strict=True):
        if alpha >= SEEN_FROM:
            coarse = (red >> COARSE) << 6 | (green >> COARSE) << 3 | (blue >> COARSE)
            counted[coarse] += 1
            members[coarse].append((red, green, blue))
    if not counted:
        return BLACK
    best = max(counted, key=lambda coarse: (counted[coarse], -coarse))
    return Color(*(round(sum(channel) / len(channel)) for channel in zip(*members[best], strict=True)))
