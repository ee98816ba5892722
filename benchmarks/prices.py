"""How well prices foretell what jobs take: `python -m benchmarks.prices`.

Pictures of every format and size, with everything that can be done to them, are drawn one after the other, each in a
process of its own so that its memory is its own, too. Printed are what was foretold and what was measured, and how
well the two orders agree (Spearman: 1 is the same order, 0 none).
"""

import os
import resource
import struct
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageFilter

from proxy.formats import Content, Format
from proxy.imagekit.reading import read_plan
from proxy.pixels.decode import register_heic
from proxy.pixels.extent import extent_of
from proxy.pixels.inspection import inspect
from proxy.pixels.job import Inspection, Job, Limits, Work
from proxy.pixels.pricing import Prices, price_of
from proxy.pixels.render import render
from proxy.plan.output import OutputFormat

LIMITS = Limits(100_000_000, 8192, max_work_seconds=100)
MEBIBYTE = 2**20
SIZES = {"small": (400, 300), "middle": (1600, 1200), "large": (3600, 2700)}
FORMATS = {"jpg": Format.JPEG, "png": Format.PNG, "webp": Format.WEBP, "avif": Format.AVIF, "heic": Format.HEIC}
OTHERS = {"tiff": Format.TIFF, "bmp": Format.BMP}
PLANS = ["w-100,f-jpg", "w-600,f-webp", "w-1500,f-png", "w-1200,f-avif", "f-jpg", "w-600,bl-20,f-jpg"]
DEAR = [
    "w-900,e-shadow,f-png",
    "w-900,e-distort-p-50_0_900_50_900_500_0_500,f-webp",
    "w-1200,rt-30,f-jpg",
    "t-10,w-400,f-jpg",
    "w-1000,l-image,i-layer,w-500,l-end,f-jpg",
    "w-1000,l-text,i-Sale%20today,fs-60,l-end,f-jpg",
    "w-400:bl-10:w-1500,f-webp",
    "w-300,h-300,fo-auto,f-jpg",
]
MOVING = ["w-200,f-webp", "w-500,f-auto", "w-300,f-jpg"]


def picture(size: tuple[int, int]) -> Image.Image:
    """Neither flat nor noise."""
    small = Image.effect_noise((size[0] // 8, size[1] // 8), 90).resize(size)
    bands = [small, small.transpose(Image.Transpose.FLIP_LEFT_RIGHT), Image.linear_gradient("L").resize(size)]
    return Image.merge("RGB", bands).filter(ImageFilter.SMOOTH)


def files(directory: Path) -> Iterable[tuple[Path, Format, Sequence[str]]]:
    register_heic()
    codecs = {"heic": "HEIF", "jpg": "JPEG"}
    for name, size in SIZES.items():
        image = picture(size)
        for suffix, kind in (FORMATS | OTHERS).items():
            path = directory / f"{name}.{suffix}"
            image.save(path, codecs.get(suffix, suffix.upper()))
            yield path, kind, PLANS + DEAR if suffix == "jpg" else PLANS if suffix in FORMATS else PLANS[:2]
        path = directory / f"{name}-scans.jpg"
        image.save(path, "JPEG", progressive=True)
        yield path, Format.JPEG, PLANS[:2]
    for count in (5, 40):
        frames = [picture((480, 360)) for _ in range(count)]
        for kind in (Format.GIF, Format.WEBP):
            path = directory / f"{count}.{kind}"
            frames[0].save(path, str(kind).upper(), save_all=True, append_images=frames[1:], duration=50)
            yield path, kind, MOVING


def jobs(directory: Path) -> Iterable[tuple[str, Work]]:
    for path, kind, plans in files(directory):
        content = Content.of(kind)
        extent, size = extent_of(path, content), path.stat().st_size
        for text in plans:
            plan = read_plan(text).plan.with_defaults(OutputFormat.AUTO, orient=True)
            layer = directory / "small.jpg"
            job = Job(path, content, plan, frozenset({Format.WEBP}), 80, LIMITS, source_bytes=size, extent=extent)
            if "l-image" in text:
                lies = extent_of(layer, Content.of(Format.JPEG))
                job = replace(job, layers=(("layer", layer, Content.of(Format.JPEG)),), layer_extents=(lies,))
            yield f"{path.name} {text}", job
        yield f"{path.name} metadata", Inspection(path, content, LIMITS, size, extent)


def measured(work: Work) -> tuple[float, float, str]:
    """Seconds, and bytes above those that a process has that has drawn nothing, of one process for this alone."""
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(sink, drawn_alone(work))
        os._exit(0)
    os.close(sink)
    told = os.read(source, 4096)
    os.close(source)
    os.waitpid(child, 0)
    return (*struct.unpack_from("dd", told), told[16:].decode())


def drawn_alone(work: Work) -> bytes:
    before, since, trouble = resident(), time.process_time(), ""
    try:
        inspect(work) if isinstance(work, Inspection) else render(work)
    except Exception as error:
        trouble = f"{type(error).__name__}: {error}"
    seconds = time.process_time() - since
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return struct.pack("dd", seconds, max(0, most - before)) + trouble.encode()[:4000]


def resident() -> int:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def agreement(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's: how well the two orders agree; equal numbers share their rank."""
    ranks = [ranked(one), ranked(other)]
    middle = (len(one) - 1) / 2
    [products, first, second] = [
        sum((a - middle) * (b - middle) for a, b in zip(*pair, strict=True))
        for pair in (ranks, [ranks[0]] * 2, [ranks[1]] * 2)
    ]
    return float(products / (first * second) ** 0.5)


def ranked(values: Sequence[float]) -> list[float]:
    order = sorted(values)
    return [order.index(value) + (order.count(value) - 1) / 2 for value in values]


def main() -> int:
    prices, rows = Prices(), []
    with tempfile.TemporaryDirectory() as directory:
        for name, work in jobs(Path(directory)):
            price = price_of(work)
            seconds, memory, trouble = measured(work)
            rows.append((prices.estimate(price), seconds, float(price.memory), memory))
            millis = f"{rows[-1][0] * 1000:8.0f} {seconds * 1000:8.0f} ms"
            print(f"{millis} {price.memory / MEBIBYTE:6.0f} {memory / MEBIBYTE:6.0f} MiB  {name} {trouble}", flush=True)
    guessed, took, foretold, held = zip(*rows, strict=True)
    low = sum(memory > price for price, memory in zip(foretold, held, strict=True))
    print(
        f"{len(rows)} jobs; agreement of time {agreement(guessed, took):.3f}, of memory {agreement(foretold, held):.3f}"
    )
    print(f"memory foretold too low: {low}; foretold altogether {sum(foretold) / sum(held):.2f} times what was held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
