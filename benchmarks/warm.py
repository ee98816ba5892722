"""`python -m benchmarks.warm`: `media-proxy warm` on 2,000 files, killed again and again; nothing comes twice."""

import argparse
import asyncio
import io
import os
import random
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections import Counter
from functools import partial
from pathlib import Path

from PIL import Image

from benchmarks.kills.tree import Tree
from proxy.demo.catalogue.model import Attribute, DemoCatalogue, Product, ProductFamily
from proxy.demo.faults import Delay
from proxy.demo.files import DemoFile, Family
from proxy.demo.launch import connection
from proxy.demo.pim import DemoPim
from proxy.demo.routes import Kind

TRANSFORMATION = "w-40"
DELAY_SECONDS = 0.02  # of a download, so that some are under way when the kill comes


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.warm")
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="media-proxy-warm-") as folder:
        return asyncio.run(run(options, Path(folder)))


async def run(options: argparse.Namespace, folder: Path) -> int:
    files = pictures(options.files)
    chance = random.Random(options.seed)
    moments = sorted(chance.sample(range(1, options.files), options.kills))
    async with DemoPim(files, catalogue=catalogue_of(files), max_concurrency=4) as pim:
        pim.faults.add(Delay(DELAY_SECONDS))
        environment = environment_of(pim, folder)
        tree = await Tree.spawn(environment, folder / "server.log")
        try:
            await tree.listening()
            since = time.monotonic()
            status = await warm_through_kills(pim, Command(environment, tree.admin), moments)
            seconds = time.monotonic() - since
        finally:
            await tree.stop()
        print("\n".join(told(pim, options.files, moments, status, seconds)))
        return 0 if not status and sum(downloads(pim).values()) == options.files else 1


def told(pim: DemoPim, files: int, moments: list[int], status: int, seconds: float) -> list[str]:
    counts = downloads(pim)
    every = sum(counts.values())
    refused = sum(call.status == 429 for call in pim.calls)
    return [
        f"files: {files}, exit status {status}, {seconds:.0f} s with {len(moments)} kills (after {moments} downloads)",
        f"downloaded: {len(counts)} files in {every} downloads, {every - len(counts)} of them once more",
        f"pages of lists: {sum(call.kind is Kind.DOCUMENT for call in pim.calls)}",
        f"calls at once: at most {pim.peak_in_flight}, refused as too many: {refused}",
    ]


class Command:
    """`media-proxy warm` as a process."""

    def __init__(self, environment: dict[str, str], admin: str) -> None:
        self.environment = environment
        self.admin = admin

    async def start(self) -> Process:
        words = ["warm", "--admin", self.admin, "--transformation", TRANSFORMATION, "--accept", "webp"]
        command = [sys.executable, "-m", "proxy.cli", *words]
        return await asyncio.create_subprocess_exec(
            *command, env=os.environ | self.environment, stdout=asyncio.subprocess.DEVNULL
        )


async def warm_through_kills(pim: DemoPim, command: Command, moments: list[int]) -> int:
    """SIGKILL as soon as so many downloads have begun, a new one after each; the exit status of the last."""
    for moment in moments:
        process = await command.start()
        reached = asyncio.ensure_future(pim.until(partial(has_come, pim, moment)))
        ended = asyncio.ensure_future(process.wait())
        await asyncio.wait({reached, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            process.kill()
        reached.cancel()
        await ended
    return await (await command.start()).wait()


def has_come(pim: DemoPim, moment: int) -> bool:
    return pim.downloads() >= moment


def downloads(pim: DemoPim) -> Counter[str]:
    """By code, whatever the answer was."""
    return Counter(call.code or "" for call in pim.calls if call.kind is Kind.DOWNLOAD and call.method == "GET")


def pictures(count: int) -> list[DemoFile]:
    return [picture(number) for number in range(count)]


def picture(number: int) -> DemoFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (number % 256, number // 256 % 256, 200)).save(out, "PNG")
    return DemoFile.named(Family.PRODUCT, f"cup {number}.png", "image/png", out.getvalue())


def catalogue_of(files: list[DemoFile]) -> DemoCatalogue:
    """A product with two pictures for each two files, and every picture in two products."""
    catalogue = DemoCatalogue()
    catalogue.add_attributes(Attribute("picture", "pim_catalog_image"), Attribute("back", "pim_catalog_image"))
    catalogue.add_families(ProductFamily("cups", ["picture", "back"], "picture"))
    for number, file in enumerate(files):
        product = Product(f"cup-{number:05}", "cups")
        product.set("picture", file, at=product.updated)
        product.set("back", files[number - 1], at=product.updated)
        catalogue.add_products(product)
    return catalogue


def environment_of(pim: DemoPim, folder: Path) -> dict[str, str]:
    return connection(pim) | {
        "MEDIA_PROXY_HOST": "127.0.0.1",
        "MEDIA_PROXY_PORT": "0",
        "MEDIA_PROXY_ADMIN_PORT": "0",
        "MEDIA_PROXY_CACHE__DIRECTORY": str(folder / "cache"),
        "MEDIA_PROXY_RENDER__WORKERS": "1",
        "MEDIA_PROXY_LOG__ACCESS": "off",
    }


if __name__ == "__main__":
    sys.exit(main())
