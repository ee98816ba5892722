"""A window of a picture through one of Pillow's filters: by our own C, where it can, in a fifth of the time."""

from contextlib import suppress
from math import ceil, floor

from PIL import Image, _imaging

from proxy.native.arrow import Scattered, pixels_of
from proxy.native.library import CAN_RESAMPLE, Filter, resample
from proxy.pixels.geometry import Size, Window

MODES = {"L", "LA", "La", "RGB", "RGBA", "RGBa", "CMYK", "YCbCr"}  # 8 bits a channel, in 1 byte or in 4
REDUCING_GAP = 3.0  # a big shrink averages whole pixels first; no difference can be seen from 3 on
# So many times smaller: averaging whole pixels is quick then, and up to there our own C is as quick without.
FAR = REDUCING_GAP if not CAN_RESAMPLE else 4 * REDUCING_GAP
MOST_REDUCED = 264  # times along one side: of more pixels at once Pillow's averages come out darker
LANCZOS_PIXELS = 3  # of the result, that count on either side for one of it
ONE_PIECE = 2**30  # bytes: pixels up to here are in one piece of memory, as our own C wants them

_imaging.set_block_size(ONE_PIECE)
_imaging.set_alignment(1)  # and rows are not moved apart, whatever the environment says


def filtered(image: Image.Image, filter: Image.Resampling, window: Window, size: Size) -> Image.Image:
    """Lanczos, Hamming, bicubic or bilinear; alpha is a channel like the others. All of a picture in its own size is
    that picture itself.
    """
    if size.pair == image.size and window == (0.0, 0.0, *map(float, image.size)):
        return image
    image, window = reduced(image, window, size)
    if CAN_RESAMPLE and image.mode in MODES:
        with suppress(Scattered):  # as the pixels of a very large picture are
            return filtered_by_ours(image, window, filter, size)
    return image.resize(size.pair, filter, window, REDUCING_GAP)


def filtered_by_ours(image: Image.Image, window: Window, filter: Image.Resampling, size: Size) -> Image.Image:
    """Raises Scattered, MemoryError, ValueError if that is no window of it."""
    result = Image.new(image.mode, size.pair, None)
    with pixels_of(image) as source, pixels_of(result) as pixels:
        resample(source, window, Filter(filter), pixels)
    return result


def reduced(image: Image.Image, window: Window, size: Size) -> tuple[Image.Image, Window]:
    """Averages whole pixels where far more are there than needed; the window moves along."""
    left, top, right, bottom = window
    across, down = (right - left) / size.width, (bottom - top) / size.height
    by = (factor(across), factor(down))
    if by == (1, 1):
        return image, window
    box = (
        max(0, floor(left - LANCZOS_PIXELS * across)),
        max(0, floor(top - LANCZOS_PIXELS * down)),
        min(image.width, ceil(right + LANCZOS_PIXELS * across)),
        min(image.height, ceil(bottom + LANCZOS_PIXELS * down)),
    )
    moved = ((left - box[0]) / by[0], (top - box[1]) / by[1], (right - box[0]) / by[0], (bottom - box[1]) / by[1])
    return image.reduce(by, box), moved


def factor(scale: float) -> int:
    return min(int(scale / REDUCING_GAP), MOST_REDUCED) if scale >= FAR else 1
