"""What the settings of the encoders cost and give: `python -m benchmarks.encoders [--only webp] [--sizes 2]`.

Photographs and a logo at three sizes, each setting at three qualities. Printed are CPU milliseconds at the default
quality, bytes compared with the setting in use, and the bytes that the setting takes for the same SSIM as that one.
"""

import argparse
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from statistics import geometric_mean
from typing import Any

from PIL import Image, ImageDraw

import proxy.demo
from benchmarks.similarity import ssim
from proxy.formats import Format
from proxy.pixels.quality import scale_for

SAMPLES = Path(proxy.demo.__file__).parent / "samples"
PHOTOGRAPHS = ("astronaut", "coffee", "chelsea")
SIZES = ((300, 200), (800, 600), (1600, 1000))
QUALITY = 80
AROUND = (-8, 0, 8)  # of the quality, to see what equal SSIM takes
ROUNDS = 3
LONG = 500  # milliseconds after which once is enough

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Setting:
    name: str
    options: Options
    used: bool = False  # by the proxy, at ordinary sizes


@dataclass(frozen=True)
class Codec:
    """`format` is that of the proxy; without loss there is one quality."""

    name: str
    pillow: str
    format: Format
    settings: Sequence[Setting]
    lossless: bool = False


@dataclass
class Cell:
    """One setting at one size: a list has one number a picture."""

    milliseconds: list[float] = field(default_factory=list)
    size: list[float] = field(default_factory=list)  # bytes
    equal: list[float] = field(default_factory=list)  # bytes at the SSIM of the setting in use
    similarity: list[float] = field(default_factory=list)


def jpeg(name: str, used: bool = False, **options: Any) -> Setting:
    return Setting(name, {"subsampling": "4:4:4"} | options, used)


CODECS = (
    Codec(
        "jpeg",
        "JPEG",
        Format.JPEG,
        [
            jpeg("4:4:4"),
            jpeg("4:4:4, optimized", used=True, optimize=True),
            jpeg("4:4:4, progressive (`pr-true`)", progressive=True),
            jpeg("4:2:2", subsampling="4:2:2"),
            jpeg("4:2:0", subsampling="4:2:0"),
            jpeg("4:2:0, optimized", subsampling="4:2:0", optimize=True),
        ],
    ),
    Codec(
        "webp",
        "WEBP",
        Format.WEBP,
        [Setting(f"method {method}", {"method": method}, method == 3) for method in range(7)],
    ),
    Codec(
        "webp-lossless",
        "WEBP",
        Format.WEBP,
        [
            Setting(
                f"method {method}, effort {effort}",
                {"method": method, "lossless": True, "quality": effort},
                (method, effort) == (2, 80),
            )
            for method, effort in ((0, 0), (0, 50), (0, 80), (1, 50), (2, 30), (2, 80), (3, 50), (4, 50), (4, 80))
        ],
        lossless=True,
    ),
    Codec(
        "avif",
        "AVIF",
        Format.AVIF,
        [
            *(
                Setting(f"speed {speed}", {"speed": speed, "max_threads": 1, "subsampling": "4:4:4"}, speed == 8)
                for speed in range(4, 11)
            ),
            Setting("speed 8, 4:2:0", {"speed": 8, "max_threads": 1, "subsampling": "4:2:0"}),
        ],
    ),
    Codec(
        "png",
        "PNG",
        Format.PNG,
        [
            *(Setting(f"level {level}", {"compress_level": level}, level == 4) for level in (1, 2, 3, 4, 5, 6, 9)),
            Setting("level 4, filtered", {"compress_level": 4, "compress_type": 1}),
            Setting("level 4, runs only", {"compress_level": 4, "compress_type": 3}),
        ],
        lossless=True,
    ),
)


def mirrored(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture repeated, every second time as in a mirror: as much detail a pixel as the photograph has."""
    tiled = Image.new("RGB", size)
    for row, top in enumerate(range(0, size[1], image.height)):
        for column, left in enumerate(range(0, size[0], image.width)):
            tile = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if column % 2 else image
            tiled.paste(tile.transpose(Image.Transpose.FLIP_TOP_BOTTOM) if row % 2 else tile, (left, top))
    return tiled


def pictures(size: tuple[int, int]) -> Iterator[Image.Image]:
    """Shrunk by a half, as most are that a shop delivers."""
    for name in PHOTOGRAPHS:
        with Image.open(SAMPLES / f"{name}.png") as photograph:
            twice = (2 * size[0], 2 * size[1])
            yield mirrored(photograph.convert("RGB"), twice).resize(size, Image.Resampling.LANCZOS)
    yield logo(size)


def logo(size: tuple[int, int]) -> Image.Image:
    """Flat colours, hard edges and letters."""
    large = Image.new("RGB", (2 * size[0], 2 * size[1]), "white")
    draw, side = ImageDraw.Draw(large), large.height
    draw.ellipse((side // 8, side // 8, side * 7 // 8, side * 7 // 8), fill="#c8102e")
    draw.polygon([(side // 2, side // 5), (side * 4 // 5, side * 3 // 4), (side // 5, side * 3 // 4)], fill="#ffd100")
    draw.text((side, side // 3), "Kaffee\nHaus", fill="#1d252d", font_size=side // 4)
    return large.resize(size, Image.Resampling.LANCZOS)


def encoded(image: Image.Image, codec: Codec, setting: Setting, quality: int) -> tuple[float, bytes]:
    """CPU milliseconds and the file."""
    options = dict(setting.options) if codec.lossless else {"quality": scale_for(codec.format, quality)}
    buffer, since = BytesIO(), time.process_time()
    image.save(buffer, codec.pillow, **{**setting.options, **options})
    return (time.process_time() - since) * 1000, buffer.getvalue()


def curve(image: Image.Image, codec: Codec, setting: Setting) -> list[tuple[float, float]]:
    """SSIM and the logarithm of the bytes, by growing quality."""
    points = []
    for step in (0,) if codec.lossless else AROUND:
        _, body = encoded(image, codec, setting, QUALITY + step)
        with Image.open(BytesIO(body)) as again:
            points.append((1.0 if codec.lossless else ssim(image, again), math.log(len(body))))
    return points


def bytes_at(similarity: float, points: Sequence[tuple[float, float]]) -> float:
    """On straight lines through the points, the outer ones going on; in decibels, which are nearly straight."""
    if len(points) == 1:
        return math.exp(points[0][1])
    low, middle, high = points
    a, b = (low, middle) if similarity < middle[0] else (middle, high)
    x, first, second = (-10 * math.log10(1 - value) for value in (similarity, a[0], b[0]))
    return math.exp(a[1] + (x - first) * (b[1] - a[1]) / (second - first))


def quickest(image: Image.Image, codec: Codec, setting: Setting) -> float:
    """Others on the machine can only make it slower."""
    took = [encoded(image, codec, setting, QUALITY)[0]]
    while len(took) < ROUNDS and took[0] < LONG:
        took.append(encoded(image, codec, setting, QUALITY)[0])
    return min(took)


def measure(codec: Codec, size: tuple[int, int]) -> dict[str, Cell]:
    cells = {setting.name: Cell() for setting in codec.settings}
    for image in pictures(size):
        curves = {setting.name: curve(image, codec, setting) for setting in codec.settings}
        used = next(setting.name for setting in codec.settings if setting.used)
        wanted = curves[used][len(curves[used]) // 2][0]
        for setting in codec.settings:
            points, cell = curves[setting.name], cells[setting.name]
            cell.milliseconds.append(quickest(image, codec, setting))
            cell.size.append(math.exp(points[len(points) // 2][1]))
            cell.similarity.append(points[len(points) // 2][0])
            cell.equal.append(bytes_at(wanted, points))
    return cells


def table(codec: Codec, sizes: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Markdown: a row a setting, two or four columns a size."""
    found = {size: measure(codec, size) for size in sizes}
    used = next(setting.name for setting in codec.settings if setting.used)
    heads = ["ms", "bytes"] if codec.lossless else ["ms", "bytes", "SSIM", "bytes at equal SSIM"]
    names = [f"{width}x{height}: {heads[0]}" for width, height in sizes]
    yield f"| {codec.name} | " + " | ".join(" | ".join((name, *heads[1:])) for name in names) + " |"
    yield "|---|" + "--:|" * (len(sizes) * len(heads))
    for setting in codec.settings:
        row = [f"**{setting.name}**" if setting.used else setting.name]
        for cells in found.values():
            row += numbers(cells[setting.name], cells[used])[: len(heads)]
        yield f"| {' | '.join(row)} |"


def numbers(cell: Cell, used: Cell) -> list[str]:
    ratio = geometric_mean(cell.size) / geometric_mean(used.size)
    equal = geometric_mean(cell.equal) / geometric_mean(used.equal)
    similarity = sum(cell.similarity) / len(cell.similarity)
    return [f"{geometric_mean(cell.milliseconds):.1f}", f"{ratio:.3f}", f"{similarity:.4f}", f"{equal:.3f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=[codec.name for codec in CODECS])
    parser.add_argument("--sizes", type=int, default=len(SIZES), help="how many of them, the smallest first")
    asked = parser.parse_args()
    for codec in CODECS:
        if asked.only in {None, codec.name}:
            print("\n".join(table(codec, SIZES[: asked.sizes])), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
