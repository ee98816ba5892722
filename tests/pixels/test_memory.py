"""What a job is foretold to hold, beside what it held: each in a process that had drawn nothing."""

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

from PIL import Image

from proxy.native.turbojpeg import MOST_BYTES
from proxy.pixels.memory import BASE_BYTES

ROOT = Path(__file__).parents[2]
# In a process of its own, which has not held the pictures before: what it had, its children would find there.
MEASURE = """
import json, sys
from pathlib import Path
from benchmarks.prices import LIMITS, measured
from proxy.formats import Content, Format
from proxy.imagekit.reading import read_plan
from proxy.pixels.extent import extent_of
from proxy.pixels.job import Inspection, Job
from proxy.pixels.pricing import price_of
from proxy.plan.output import OutputFormat
told = []
for path in map(Path, sys.argv[1:]):
    content = Content.of(Format(path.suffix[1:]))
    extent, size = extent_of(path, content), path.stat().st_size
    plan = read_plan("w-600,f-jpg").plan.with_defaults(OutputFormat.AUTO, orient=True)
    job = Job(path, content, plan, frozenset(), 80, LIMITS, source_bytes=size, extent=extent)
    for work in (job, Inspection(path, content, LIMITS, size, extent)):
        told.append((price_of(work).memory, *measured(work)[1:]))
print(json.dumps(told))
"""


def test_a_png_holds_no_more_than_foretold(tmp_path: Path) -> None:
    """Of 4 and 9 megapixels of noise: the file is as large as its rows, which are held beside the picture."""
    pictures = (("RGB", 3000), ("RGBA", 2000), ("RGBA", 3000))
    paths = [noise(tmp_path / f"{mode}-{side}.png", mode, side) for mode, side in pictures]

    told = measured(paths)

    assert len(told) == 2 * len(paths)
    assert [(foretold, held) for foretold, held in told if not 0 < held < foretold] == []


def test_a_png_whose_file_is_larger_than_its_picture_holds_that(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGB", (100, 100), "red").save(path)
    body = path.read_bytes()
    end = body.rindex(b"IEND") - 4
    junk = struct.pack(">I4s", 20 * 2**20, b"IDAT") + bytes(20 * 2**20 + 4)  # which follows all that is wanted
    path.write_bytes(body[:end] + junk + body[end:])

    assert [(foretold, held) for foretold, held in measured([path]) if not 0 < held < foretold] == []


def test_a_jpeg_holds_no_more_than_foretold(tmp_path: Path) -> None:
    """Of noise, which takes as many bytes as are read as a whole; and with more behind the picture."""
    path, longer = tmp_path / "a.jpg", tmp_path / "b.jpg"
    bands = [Image.effect_noise((2600, 2600), 90) for _ in "rgb"]
    Image.merge("RGB", bands).save(path, quality=98, subsampling="4:2:0")
    longer.write_bytes(path.read_bytes() + bytes(40 * 2**20))
    assert MOST_BYTES / 2 < path.stat().st_size < MOST_BYTES

    told = measured([path, longer])

    assert [(foretold, held) for foretold, held in told if not 0 < held < foretold] == []
    assert told[2][0] >= BASE_BYTES + MOST_BYTES  # of the longer one no more is read


def measured(paths: list[Path]) -> list[tuple[int, int]]:
    """Bytes foretold and held, of a job and an inspection for each."""
    command = [sys.executable, "-c", MEASURE, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    told = json.loads(done.stdout)
    assert [trouble for _, _, trouble in told if trouble] == []
    return [(foretold, held) for foretold, held, _ in told]


def noise(path: Path, mode: str, side: int) -> Path:
    rows = os.urandom(side * len(mode)) * side
    Image.frombytes(mode, (side, side), rows).save(path, compress_level=0)
    return path
