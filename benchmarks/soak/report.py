"""The verdict and the table: which bars hold, and what was seen. Pure."""

from collections import Counter
from collections.abc import Sequence

from benchmarks.soak.holdings import Holdings
from benchmarks.soak.ledger import Ledger

MEBIBYTE = 2**20
MOST_DRIFT = 0.05
MORE_DESCRIPTORS = 8  # connections to Akeneo and Redis come and go


def drift(warm: Holdings, end: Holdings) -> float:
    return end.parent / warm.parent - 1


def verdict(ledger: Ledger, warm: Holdings, end: Holdings, faults: Sequence[bytes], left: Sequence[str]) -> list[str]:
    """Each bar that is broken, in words; none: the soak is passed. `left` are files that should be gone."""
    broken = [f"{promise}: {count}" for promise, count in sorted(ledger.broken.items())]
    if drift(warm, end) > MOST_DRIFT:
        broken.append(f"the parent's memory has grown by {drift(warm, end):.1%} since it was warm")
    if end.descriptors > warm.descriptors + MORE_DESCRIPTORS:
        broken.append(f"open descriptors: {warm.descriptors} when warm, {end.descriptors} at the end")
    if faults:
        broken.append(f"faults in the log: {len(faults)}")
    if left:
        broken.append(f"temporary files left: {len(left)}, {left[0]}")
    if not ledger.count or not any(ledger.hits.values()):
        broken.append("nothing was asked for, or nothing was cached")
    return broken


def markdown(ledger: Ledger, held: Sequence[Holdings], warm: Holdings, broken: Sequence[str], title: str) -> str:
    return "\n\n".join(
        [
            f"# {title}",
            "All bars hold." if not broken else "Broken: " + "; ".join(broken) + ".",
            summary(ledger, warm, held[-1]),
            table_of_holdings(held),
            table_of_faults(ledger),
            *(["## Broken promises\n\n" + "\n".join(f"- {line}" for line in ledger.shown)] if ledger.shown else []),
        ]
    )


def summary(ledger: Ledger, warm: Holdings, end: Holdings) -> str:
    median, slow = ledger.hit_milliseconds()
    hits = sum(map(len, ledger.hits.values()))
    kinds = ", ".join(f"{kind} {count}" for kind, count in ledger.kinds.most_common())
    purges, events = (
        ", ".join(f"{status}: {count}" for status, count in sorted(counts.items())) or "none"
        for counts in (ledger.purges, ledger.events)
    )
    return (
        f"{ledger.count} requests ({kinds}), {hits} hits: median {median:.1f} ms, 99th percentile {slow:.1f} ms. "
        f"The slowest answer took {ledger.slowest:.1f} s. {len(ledger.known)} pictures and files were compared. "
        f"Purges by status: {purges}; events of Akeneo: {events}. "
        f"The parent's memory has changed by {drift(warm, end):+.1%} since it was warm."
    )


def table_of_holdings(held: Sequence[Holdings]) -> str:
    lines = ["| at rest | parent, MiB | workers, MiB | descriptors | threads |", "|---|--:|--:|--:|--:|"]
    lines += [
        f"| {it.when} | {it.parent / MEBIBYTE:.1f} | {it.workers / MEBIBYTE:.0f} | {it.descriptors} | {it.threads} |"
        for it in held
    ]
    return "\n".join(lines)


def table_of_faults(ledger: Ledger) -> str:
    lines = ["| fault | answers | hits | p50, ms | p99, ms | errors (400 and above) |", "|---|--:|--:|--:|--:|---|"]
    for fault, statuses in sorted(ledger.statuses.items()):
        median, slow = ledger.hit_milliseconds(fault)
        errors = [(status, count) for status, count in statuses.most_common() if not status.startswith(("2", "3"))]
        told = ", ".join(f"{status}: {count}" for status, count in grouped(errors))
        hits = len(ledger.hits[fault])
        lines.append(f"| {fault} | {statuses.total()} | {hits} | {median:.1f} | {slow:.1f} | {told} |")
    return "\n".join(lines)


def grouped(errors: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Faults of servers by their words; of what viewers wrote wrongly, which is different each time, the sums."""
    refused: Counter[str] = Counter()
    for status, count in errors:
        refused[status if status.startswith("5") else status[:3]] += count
    return refused.most_common()
