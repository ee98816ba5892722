"""What a new rendition costs one core: `python -m benchmarks.costs [--times 5]`.

Printed as Markdown: processor milliseconds by the format and the megapixels of the original, for a small JPEG; and by
the format and the size of the rendition, from one JPEG. The photographs are those of `make bench`; the median counts.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.bench.pictures import PHOTOGRAPHS, SIZES, Original, PictureSet
from proxy.formats import Content, Format
from proxy.imagekit.reading import read_plan
from proxy.pixels.job import Job, Limits
from proxy.pixels.render import render

FORMATS = {"jpg": Format.JPEG, "png": Format.PNG, "webp": Format.WEBP, "avif": Format.AVIF}
ORIGINALS = ("1mp", "4mp", "15mp")
SMALL = (300, 200)
RENDITIONS = (SMALL, (800, 500), (1280, 800))
LIMITS = Limits(max_source_pixels=100_000_000, max_output_side=8192)


def milliseconds(path: Path, source: str, frame: tuple[int, int], wanted: str) -> float:
    """Of the processor, for everything that a worker does."""
    plan = read_plan(f"w-{frame[0]},h-{frame[1]},f-{wanted}").plan
    job = Job(path, Content.of(FORMATS[source]), plan, frozenset(), 80, LIMITS)
    before = time.process_time()
    render(job)
    return (time.process_time() - before) * 1000


@dataclass(frozen=True, slots=True)
class Bench:
    """Draws each photograph so many times."""

    pictures: PictureSet
    times: int

    def cost(self, size: str, source: str, frame: tuple[int, int], wanted: str) -> str:
        paths = [self.pictures.source(Original(size, source, number)) for number in range(len(PHOTOGRAPHS))]
        taken = [milliseconds(path, source, frame, wanted) for _ in range(self.times) for path in paths]
        return f"{median(taken):.0f}"

    def reading(self) -> str:
        columns = [f"{SIZES[size][0] * SIZES[size][1] / 1e6:.1f} megapixels" for size in ORIGINALS]
        rows = [(it.upper(), [self.cost(size, it, SMALL, "jpg") for size in ORIGINALS]) for it in FORMATS]
        return table("original", columns, rows)

    def writing(self) -> str:
        columns = [f"{width}x{height}" for width, height in RENDITIONS]
        rows = [(it.upper(), [self.cost("4mp", "jpg", frame, it) for frame in RENDITIONS]) for it in FORMATS]
        return table("rendition", columns, rows)


def table(corner: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    lines = [f"| {corner} | {' | '.join(columns)} |", "|---" + "|--:" * len(columns) + "|"]
    return "\n".join(lines + [f"| {name} | {' | '.join(cells)} |" for name, cells in rows])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.costs")
    parser.add_argument("--times", type=int, default=5)
    bench = Bench(PictureSet(), parser.parse_args().times)
    print(f"{SMALL[0]}x{SMALL[1]} as JPEG, ms:\n\n{bench.reading()}\n")
    print(f"From a JPEG of 4.1 megapixels, ms:\n\n{bench.writing()}")


if __name__ == "__main__":
    main()
