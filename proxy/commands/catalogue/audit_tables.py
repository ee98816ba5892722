"""What an audit has found, for a terminal, a script and a spreadsheet."""

import csv
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from proxy.commands.catalogue.findings import MEANING, Finding, Found, seen
from proxy.commands.catalogue.found import Findings
from proxy.commands.catalogue.state import Place
from proxy.commands.terminal import BOLD, paint

MOST_LINES = 20  # of one kind at a terminal
COLUMNS = (
    "finding", "file", "why", "width", "height", "bytes", "format", "group",
    "kind", "code", "attribute", "locale", "channel",
)  # fmt: skip
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def one_of(one: Found) -> dict[str, Any]:
    """Ready for JSON."""
    facts = {name: value for name, value in one.facts.items() if name not in {"path", "fetched", "error"}}
    places = [
        {"kind": it.kind, "code": it.code, "attribute": it.attribute, "locale": it.locale, "channel": it.scope}
        for it in one.places
    ]
    return {"finding": str(one.finding), "path": one.path or None, "why": one.why, "places": places, "facts": facts}


def table_of(found: Findings, facts: dict[str, Any]) -> list[str]:
    lines = [", ".join([f"{facts['files']} files", *(f"{count} {kind}" for kind, count in facts["counts"].items())])]
    for finding, count in zip(Finding, found.counts.values(), strict=True):
        if count:
            some = map(line_of, found.of(finding, MOST_LINES))
            lines += ["", paint(f"{finding}: {MEANING[finding]}", BOLD, sys.stdout), *some]
            lines += [f"  and {count - MOST_LINES} more: --csv or --html has them"] * (count > MOST_LINES)
    lines += [f"not looked at: {one['path']}: {one['message']}" for one in facts["failed"]]
    return [*lines, *facts["troubles"]]


def line_of(one: Found) -> str:
    places = ", ".join(map(str, one.places[:2])) + (f" and {len(one.places) - 2} more" if len(one.places) > 2 else "")
    return f"  {one.path}: {one.why} ({places})" if one.path else f"  {places}: {one.why}"


class Line:
    """What a `csv.writer` writes to, so that each row comes back from it as text."""

    def write(self, text: str) -> str:
        return text


def csv_of(found: Iterable[Found]) -> Iterator[str]:
    """A row for each place; with the mark that spreadsheets know UTF-8 by."""
    writer = csv.writer(Line())
    yield f"\ufeff{writer.writerow(COLUMNS)}"
    for one in found:
        for row in rows_of(one):
            yield str(writer.writerow([guarded(cell) for cell in row]))


def rows_of(one: Found) -> Iterator[tuple[object, ...]]:
    facts = one.facts
    width, height = seen(facts) if "width" in facts else ("", "")
    file = (one.finding, one.path, one.why, width, height, facts.get("size", ""), facts.get("format", ""), one.group)
    for place in one.places or (Place(one.path, "", ""),):
        yield (*file, place.kind, place.code, place.attribute, place.locale, place.scope)


def guarded(cell: object) -> str:
    """No name of a product is a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULAS) else text
