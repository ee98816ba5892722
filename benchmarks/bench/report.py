"""The report in Markdown: bars, a table for each cell, how peers were set up, who was missing. Pure but for writing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.bench.bars import SAME_LOOK, Bar
from benchmarks.bench.plots import plot
from benchmarks.bench.ratios import Result, Spread, figure

OURS = "ours"
MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Report:
    """`machine` and `settings` are told as they are: what was measured where, and each peer's set-up."""

    results: Sequence[Result]
    bars: Sequence[Bar]
    machine: Mapping[str, str]
    settings: Mapping[str, str]
    missing: Mapping[str, str] = field(default_factory=dict)

    def markdown(self) -> str:
        parts = ["# Benchmarks", listed(self.machine), "## Bars", table_of_bars(self.bars)]
        for result in self.results:
            parts += [f"## {result.cell[0].upper()}{result.cell[1:]}", *section(result)]
        parts += ["## Peers", listed(self.settings)]
        if self.missing:
            parts += ["Missing:", listed(self.missing)]
        return "\n\n".join(parts) + "\n"

    def write(self, directory: Path) -> Path:
        directory.mkdir(parents=True, exist_ok=True)
        for result in self.results:
            if result.samples:
                picture = plot(result.cell, "requests a second", spreads(result))
                (directory / plot_name(result.cell)).write_text(picture)
        page = directory / "bench.md"
        page.write_text(self.markdown())
        return page


def listed(facts: Mapping[str, str]) -> str:
    return "\n".join(f"- {name}: {what}" for name, what in facts.items())


def table_of_bars(bars: Sequence[Bar]) -> str:
    lines = ["| bar | limit | measured: median (quartiles) | |", "|---|--:|--:|---|"]
    for bar in bars:
        sign = "at most" if bar.at_most else "at least"
        lines.append(f"| {bar.promise} | {sign} {figure(bar.limit)} | {bar.measured or ''} | {bar.verdict} |")
    return "\n".join(lines)


def spreads(result: Result) -> dict[str, Spread]:
    return {peer: Spread.of(result.rates(peer)) for peer in result.samples}


def plot_name(cell: str) -> str:
    return f"bench-{re.sub(r'[^a-z0-9]+', '-', cell.lower()).strip('-')}.svg"


def section(result: Result) -> list[str]:
    parts = []
    if result.samples:
        parts += [table(result), f"![{result.cell}]({plot_name(result.cell)})"]
    if result.wrong:
        parts.append("Wrong, and so not measured:\n\n" + listed(result.wrong))
    if result.facts:
        parts.append(listed({name: figure(value) for name, value in result.facts.items()}))
    return parts


def table(result: Result) -> str:
    heads = "| server | requests a second | ours is so many times as fast | CPU ms a request | tree, MiB | SSIM |"
    lines = [heads, "|---|--:|--:|--:|--:|--:|"]
    for peer in result.samples:
        faster = "" if peer == OURS else result.rate_ratio(OURS, peer) or ""
        peak = max(sample.peak_bytes for sample in result.samples[peer])
        cpu = figure(Spread.of(result.cpu(peer)).middle) if peak else ""
        held = f"{peak / MEBIBYTE:,.0f}" if peak else ""
        lines.append(f"| {peer} | {spreads(result)[peer]} | {faster} | {cpu} | {held} | {look(result, peer)} |")
    return "\n".join(lines)


def look(result: Result, peer: str) -> str:
    """Marked where the picture differs from ours to the eye: a speed may have been bought with blur, theirs or ours."""
    if peer not in result.ssim:
        return ""
    beside = result.ssim[peer] - result.ssim.get(OURS, result.ssim[peer])
    mark = " **better**" if beside > SAME_LOOK else " **worse**" if beside < -SAME_LOOK else ""
    return f"{result.ssim[peer]:.3f}{mark}"
