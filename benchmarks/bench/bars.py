"""The bars: what the proxy promises beside its peers, and whether the results hold it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.bench.cells import bursts, flood, life
from benchmarks.bench.cells.cold import title
from benchmarks.bench.ratios import Result, Spread, ratio

Results = Mapping[str, Result]
OURS, LOGGING, NOT_MODIFIED = "ours", "ours, access log on", "ours, 304"
BARE, LOOP, THUMBOR, IPX = "bare aiohttp", "bare codec loop", "thumbor", "ipx"
SAME_LOOK = 0.005  # SSIM: less cannot be seen, and encoders differ by as much


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure that is to be at least, or at most, so much; without a figure it was not measured."""

    promise: str
    limit: float
    measured: Spread | None
    at_most: bool = False
    reason: str = ""  # that it is broken whatever the figure says

    @property
    def held(self) -> bool | None:
        if self.reason:
            return False
        if self.measured is None:
            return None
        return self.measured.middle <= self.limit if self.at_most else self.measured.middle >= self.limit

    @property
    def verdict(self) -> str:
        if self.held is None:
            return "not measured"
        return "held" if self.held else f"BROKEN{': ' * bool(self.reason)}{self.reason}"


def bars(results: Results, memory_bytes: int) -> list[Bar]:
    """`memory_bytes` is what the cache in memory may hold."""
    return [*hits(results), *cold(results), *srcset(results), *floods(results), *lives(results, memory_bytes)]


def rate_bar(results: Results, cell: str, pair: tuple[str, str], limit: float, promise: str) -> Bar:
    """That of a server of ours over that of another; broken too if ours is the worse picture, or is wrong."""
    one, other = pair
    result = results.get(cell, Result(cell))
    worse = result.ssim.get(one, 1.0) < result.ssim.get(other, 0.0) - SAME_LOOK
    reason = result.wrong.get(one, "") or "worse to look at" * worse
    return Bar(f"{cell}: {promise}", limit, result.rate_ratio(one, other), reason=reason)


def hits(results: Results) -> Iterator[Bar]:
    for cell in ("hit, 14 KB", "hit, 55 KB"):
        yield rate_bar(results, cell, (OURS, BARE), 0.7, "rate / bare aiohttp, access log off")
        yield rate_bar(results, cell, (LOGGING, BARE), 0.55, "rate / bare aiohttp, access log on")
        yield rate_bar(results, cell, (NOT_MODIFIED, OURS), 1.0, "rate of 304 / rate of hits")


def cold(results: Results) -> Iterator[Bar]:
    for source, wanted in (("jpg", "jpg"), ("png", "jpg"), ("png", "png")):
        cell = title(source, wanted, "300x200")
        for other, limit in ((LOOP, 0.9), (THUMBOR, 1.5), (IPX, 1.3)):
            yield rate_bar(results, cell, (OURS, other), limit, f"rate / {other}")


def srcset(results: Results) -> Iterator[Bar]:
    six, alone = (results.get(cell, Result(cell)) for cell in (bursts.SIX, bursts.WIDEST))
    times = ratio(*([sample.seconds for sample in it.samples.get(OURS, [])] for it in (six, alone)))
    yield Bar(f"{bursts.SIX}: time / that of the widest alone", 1.6, times, at_most=True)
    yield rate_bar(results, bursts.SIX, (OURS, THUMBOR), 2.0, "rate / thumbor")


def floods(results: Results) -> Iterator[Bar]:
    result = results.get(flood.FLOOD, Result(flood.FLOOD))
    p99 = result.facts.get("hits' p99, ms")
    yield Bar("hits' p99 under a cold flood, ms", 20.0, one(p99), at_most=True)
    shares = result.rate_ratio(flood.AMONG, flood.ALONE)
    yield Bar("the flood's rate among hits / alone", 0.75, shares)


def lives(results: Results, memory_bytes: int) -> Iterator[Bar]:
    facts = results.get(life.MEMORY, Result(life.MEMORY)).facts
    parent, tree = facts.get(life.PARENT), facts.get(f"{life.TREE}, at most")
    yield Bar("parent's memory, MiB", 120 + memory_bytes / life.MEBIBYTE, one(parent), at_most=True)
    yield Bar("memory of the whole tree, MiB", 600.0, one(tree), at_most=True)
    starts = results.get(life.START, Result(life.START))
    for name in (life.EMPTY, life.FULL, life.MANY):
        taken = [sample.seconds for sample in starts.samples.get(name, [])]
        yield Bar(f"start to ready {name}, s", 1.0, Spread.of(taken) if taken else None, at_most=True)


def one(value: float | None) -> Spread | None:
    return None if value is None else Spread.of([value])
