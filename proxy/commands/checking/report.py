"""What was found, for a person or for a script."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, TextIO

from proxy.commands.checking.findings import Finding, Outcome
from proxy.commands.terminal import BOLD, FAINT, GREEN, RED, YELLOW, paint

MARKS = {Outcome.OK: "✓", Outcome.WARNING: "!", Outcome.FAILED: "✗", Outcome.SKIPPED: "-"}
PLAIN_MARKS = {Outcome.OK: "ok", Outcome.WARNING: "!", Outcome.FAILED: "X", Outcome.SKIPPED: "-"}
COLORS = {Outcome.OK: GREEN, Outcome.WARNING: YELLOW, Outcome.FAILED: RED, Outcome.SKIPPED: FAINT}
WIDTH = 32


def write_group(name: str, findings: Iterable[Finding], stream: TextIO) -> None:
    stream.write(paint(name, BOLD, stream) + "\n")
    for finding in findings:
        mark = paint(mark_of(finding.outcome, stream), COLORS[finding.outcome], stream)
        stream.write(f"  {mark} {finding.step + ':':<{WIDTH}} {finding.told}\n")
        if finding.repair:
            stream.write(f"    {'':<{WIDTH}} {finding.repair}\n")
    stream.flush()


def mark_of(outcome: Outcome, stream: TextIO) -> str:
    """In letters where the terminal's encoding has no others."""
    try:
        MARKS[outcome].encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return PLAIN_MARKS[outcome]
    return MARKS[outcome]


def summary(findings: Iterable[Finding]) -> str:
    counts = Counter(finding.outcome for finding in findings)
    if counts[Outcome.FAILED]:
        return f"failed: {counts[Outcome.FAILED]}, warnings: {counts[Outcome.WARNING]}"
    return f"all is well, warnings: {counts[Outcome.WARNING]}"


def facts_of(found: list[tuple[str, list[Finding]]]) -> dict[str, Any]:
    """For JSON."""
    outcomes = Counter(finding.outcome for _, findings in found for finding in findings)
    return {
        "ok": not outcomes[Outcome.FAILED],
        "failed": outcomes[Outcome.FAILED],
        "warnings": outcomes[Outcome.WARNING],
        "groups": [{"name": name, "steps": [asdict(finding) for finding in findings]} for name, findings in found],
    }
