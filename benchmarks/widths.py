"""`python -m benchmarks.widths`: processor seconds of six widths of one photo, by those of the widest."""

import argparse
import io
import resource
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from PIL import Image

import proxy.demo
from proxy.formats import Content, Format
from proxy.pixels.decoded import DecodedPictures
from proxy.pixels.job import Job, Limits
from proxy.pixels.render import render
from proxy.plan.frame import Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import Step
from proxy.plan.values import Length

SAMPLE = Path(proxy.demo.__file__).parent / "samples" / "coffee.png"
SIZE = (2560, 1600)
WIDTHS = (1280, 160, 320, 480, 640, 960)  # the one that needs most pixels first, as the pool hands them out
KEPT_BYTES = 64 * 2**20
FORMATS = (Format.JPEG, Format.PNG, Format.WEBP, Format.AVIF)
LIMITS = Limits(max_source_pixels=100_000_000, max_output_side=8192)


def tiled() -> Image.Image:
    """Crops of a photo side by side: what a resized one has lost, detail for the decoder."""
    with Image.open(SAMPLE) as sample:
        tile = sample.convert("RGB")
    image = Image.new("RGB", SIZE)
    for top in range(0, SIZE[1], tile.height):
        for left in range(0, SIZE[0], tile.width):
            image.paste(tile, (left, top))
    return image


def packed(image: Image.Image, format: Format) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, str(format).replace("jpg", "jpeg"), quality=88)
    return buffer.getvalue()


def draw(path: Path, format: Format, widths: Sequence[int], decoded: DecodedPictures) -> None:
    for width in widths:
        plan = Plan((Step(frame=Frame(width=Length(width))),), Output(format=OutputFormat.JPEG), orient=True)
        render(Job(path, Content.of(format), plan, frozenset(), 80, LIMITS), decoded)


def seconds(work: Callable[[], None]) -> float:
    """Of the processor: what else runs on the machine counts less than with a clock."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(path: Path, format: Format, times: int) -> str:
    alone, together, apart = [], [], []
    for _ in range(times):
        alone.append(seconds(lambda: draw(path, format, WIDTHS[:1], DecodedPictures())))
        together.append(seconds(lambda: draw(path, format, WIDTHS, DecodedPictures(KEPT_BYTES))))
        apart.append(seconds(lambda: draw(path, format, WIDTHS, DecodedPictures())))
    one = median(alone)
    ratios = [median(six / first for six, first in zip(them, alone, strict=True)) for them in (together, apart)]
    return (
        f"{format:5} widest {one * 1000:4.0f} ms, six from one decode x{ratios[0]:.2f}, each by itself x{ratios[1]:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.widths")
    parser.add_argument("--times", type=int, default=7)
    times = parser.parse_args().times
    image = tiled()
    with tempfile.TemporaryDirectory() as folder:
        for kind in FORMATS:
            path = Path(folder) / f"photo.{kind}"
            path.write_bytes(packed(image, kind))
            print(measure(path, kind, times), flush=True)


if __name__ == "__main__":
    main()
