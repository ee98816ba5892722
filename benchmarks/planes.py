"""`python -m benchmarks.planes`: milliseconds of a core for the planes of a JPEG, by libturbojpeg and by Pillow."""

import io
import sys
from collections.abc import Callable
from statistics import median

from PIL import Image
from PIL.ImageFile import ImageFile

from benchmarks.widths import packed, seconds, tiled
from proxy.formats import Format
from proxy.native.turbojpeg import CAN_READ_PLANES
from proxy.pixels.planes import Planes

ROUNDS = 15
SHRINKS = (1, 2, 4, 8)


def main() -> int:
    if not CAN_READ_PLANES:
        print("libturbojpeg is missing", file=sys.stderr)
        return 1
    file = packed(tiled(), Format.JPEG)
    print("| divided by | Pillow | libturbojpeg | ratio |\n|--:|--:|--:|--:|")
    for shrink in SHRINKS:
        theirs, ours = times(file, shrink)
        print(f"| {shrink} | {1000 * theirs:.1f} ms | {1000 * ours:.1f} ms | {theirs / ours:.2f} |")
    return 0


def times(file: bytes, shrink: int) -> tuple[float, float]:
    """Medians of rounds in which they take turns."""
    taken = [
        (seconds(lambda: read(Planes.averaged, file, shrink)), seconds(lambda: read(Planes.stored, file, shrink)))
        for _ in range(ROUNDS)
    ]
    return median(theirs for theirs, _ in taken), median(ours for _, ours in taken)


def read(by: Callable[[ImageFile, int], Planes], file: bytes, shrink: int) -> None:
    with Image.open(io.BytesIO(file)) as image:
        by(image, shrink)


if __name__ == "__main__":
    sys.exit(main())
