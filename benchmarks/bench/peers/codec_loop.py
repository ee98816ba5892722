"""The bare loop: the codec calls alone, a process for each core. `python -m benchmarks.bench.peers.codec_loop`.

Each line of standard input is a job in JSON: files with sizes and formats. They are dealt out to the processes, and
the answer tells when all of them were drawn.
"""

import json
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from PIL import AvifImagePlugin, Image

from benchmarks.bench.asks import QUALITY, Ask
from benchmarks.bench.measure import cores, watching
from benchmarks.bench.peers.peer import Peer
from benchmarks.bench.pictures import TYPES, Original, PictureSet
from benchmarks.bench.processes import running
from benchmarks.bench.ratios import Sample
from benchmarks.bench.ssim import fitted_size
from proxy.formats import Format
from proxy.pixels.encode import Wish, encode
from proxy.pixels.picture import Picture

FORMATS = {"jpg": Format.JPEG, "png": Format.PNG, "webp": Format.WEBP, "avif": Format.AVIF}
REDUCING_GAP = 3.0


class Drawing(NamedTuple):
    path: str
    width: int
    height: int
    format: str
    fit: bool


def drawn(drawing: Drawing) -> bytes:
    """Decoded at no less than twice the size, scaled once, encoded with the settings of the proxy."""
    with Image.open(drawing.path) as image:
        frame = (drawing.width, drawing.height)
        size = fitted_size(image.size, frame) if drawing.fit else frame
        # Covers the frame: the larger of the two scales.
        share = max(size[0] / image.width, size[1] / image.height)
        image.draft(None, (2 * round(image.width * share), 2 * round(image.height * share)))
        across, down = float(image.width), image.width * size[1] / size[0]
        if down > image.height:
            across, down = image.height * size[0] / size[1], float(image.height)
        left, top = (image.width - across) / 2, (image.height - down) / 2
        box = (left, top, left + across, top + down)
        scaled = image.resize(size, Image.Resampling.LANCZOS, box, REDUCING_GAP)
    return encode(Picture(scaled, None), FORMATS[drawing.format], Wish(QUALITY))


def draw_all(drawings: Sequence[Drawing]) -> int:
    return sum(len(drawn(drawing)) for drawing in drawings)


def main() -> None:
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    processes = len(cores())
    with get_context("fork").Pool(processes) as pool:
        for line in sys.stdin:
            drawings = [Drawing(*each) for each in json.loads(line)]
            began = time.perf_counter()
            pool.map(draw_all, [[one] for one in drawings], chunksize=1)
            print(time.perf_counter() - began, flush=True)


class CodecLoop(Peer):
    name = "bare codec loop"
    settings = "Pillow's open, draft, resize and save with the proxy's encoder settings, one process a core, no server"

    def __init__(self, pictures: PictureSet, process: Process) -> None:
        self.pictures, self.process, self.process_id = pictures, process, process.pid

    async def prepare(self, originals: Sequence[Original]) -> None:
        self.pictures.lay_out(originals)

    def drawing(self, ask: Ask) -> Drawing:
        path = self.pictures.files / ask.original.name
        return Drawing(str(path), ask.width, ask.height, ask.format, ask.fit)

    async def answer(self, ask: Ask) -> tuple[bytes, str]:
        return drawn(self.drawing(ask)), TYPES[ask.format]

    async def draw(self, asks: Sequence[Ask], at_once: int) -> Sample:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        async with watching(self.process_id) as spent:
            self.process.stdin.write(f"{json.dumps([self.drawing(ask) for ask in asks])}\n".encode())
            seconds = float(await self.process.stdout.readline())
        return Sample(len(asks), seconds, spent.cpu_seconds, spent.peak_bytes)


@asynccontextmanager
async def codec_loop(pictures: PictureSet, directory: Path) -> AsyncIterator[CodecLoop]:
    command = [sys.executable, "-m", "benchmarks.bench.peers.codec_loop"]
    async with running(command, directory / "codec-loop.log", piped=True) as process:
        yield CodecLoop(pictures, process)


if __name__ == "__main__":
    main()
