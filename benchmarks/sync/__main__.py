"""`python -m benchmarks.sync`: an import of many assets from Bynder, its calls counted against what the rules need."""

import argparse
import asyncio
import sys
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.sync.clock import FastLoop
from proxy.demo.calls import Call
from proxy.demo.catalogue.model import Product
from tests.sync.bynder.bar import Held, held, held_again
from tests.sync.bynder.shop import START, Shop, shop_in

PER_SECOND, PER_FIVE_MINUTES = 10, 4500


def fill(shop: Shop, assets: int, changed: int) -> None:
    """The changed ones within the last hour; the others nine days ago."""
    shop.pim.catalogue.add_products(*(Product(f"P-{number}") for number in range(assets)))
    for number in range(assets):
        ago = timedelta(seconds=number % 3500) if number < changed else timedelta(days=9)
        shop.asset(f"asset {number}", product_identifier=[f"P-{number}"], modified=START - ago)


def most_within(calls: list[Call], seconds: float) -> int:
    """The most calls that began within any such time."""
    most = first = 0
    for last, call in enumerate(calls):
        while call.started_at - calls[first].started_at >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


async def measure(assets: int, changed: int, folder: Path) -> list[Held]:
    async with shop_in(folder, requests_per_second=PER_SECOND, timeout_seconds=600) as shop:
        shop.bynder.log.clock = asyncio.get_running_loop().time
        fill(shop, assets, changed)
        ended = await shop.run()
        within = "calls of Bynder within"
        rows = [
            Held("not linked", changed - ended.tally.counts()["linked"], 0),
            *held(shop, changed),
            Held(f"{within} a second (a burst at start)", most_within(shop.bynder.calls, 1), 2 * PER_SECOND),
            Held(f"{within} five minutes", most_within(shop.bynder.calls, 300), PER_FIVE_MINUTES),
        ]
        shop.forget()
        await shop.run()
        return [*rows, *held_again(shop)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=int, default=10_000)
    parser.add_argument("--changed", type=int, default=2_000)
    parser.add_argument("--speed", type=float, default=4.0, help="how much faster the clock runs")
    options = parser.parse_args()
    began, used = time.monotonic(), time.process_time()
    with TemporaryDirectory() as folder, asyncio.Runner(loop_factory=lambda: FastLoop(options.speed)) as runner:
        rows = runner.run(measure(options.assets, options.changed, Path(folder)))
    for row in rows:
        print(f"{'ok ' if row.good else 'BAD'} {row.what}: {row.found} (at most {row.most})")
    print(f"{time.monotonic() - began:.0f} s, {time.process_time() - used:.0f} s of the processor")
    return 0 if all(row.good for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
