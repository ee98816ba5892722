"""What an audit has found, for a terminal, a script and a spreadsheet."""

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from proxy.commands.catalogue.findings import MEANING, Finding, Found, counted, seen
from proxy.commands.catalogue.state import Place
from proxy.commands.terminal import BOLD, paint

MOST_LINES = 20  # of one kind at a terminal
COLUMNS = (
    "finding", "file", "why", "width", "height", "bytes", "format", "group",
    "kind", "code", "attribute", "locale", "channel",
)  # fmt: skip
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def facts_of(found: list[Found]) -> dict[str, Any]:
    """Ready for JSON."""
    return {"counts": counted(found), "findings": [one_of(one) for one in found]}


def one_of(one: Found) -> dict[str, Any]:
    facts = {name: value for name, value in one.facts.items() if name not in {"path", "fetched", "error"}}
    places = [
        {"kind": it.kind, "code": it.code, "attribute": it.attribute, "locale": it.locale, "channel": it.scope}
        for it in one.places
    ]
    return {"finding": str(one.finding), "path": one.path or None, "why": one.why, "places": places, "facts": facts}


def table_of(found: list[Found], facts: dict[str, Any]) -> list[str]:
    lines = [", ".join([f"{facts['files']} files", *(f"{count} {kind}" for kind, count in facts["counts"].items())])]
    for finding in Finding:
        some = [one for one in found if one.finding is finding]
        if some:
            lines += ["", paint(f"{finding}: {MEANING[finding]}", BOLD, sys.stdout), *map(line_of, some[:MOST_LINES])]
            lines += [f"  and {len(some) - MOST_LINES} more: --csv or --html has them"] * (len(some) > MOST_LINES)
    lines += [f"not looked at: {one['path']}: {one['message']}" for one in facts["failed"]]
    return [*lines, *facts["troubles"]]


def line_of(one: Found) -> str:
    places = ", ".join(map(str, one.places[:2])) + (f" and {len(one.places) - 2} more" if len(one.places) > 2 else "")
    return f"  {one.path}: {one.why} ({places})" if one.path else f"  {places}: {one.why}"


def csv_of(found: Iterable[Found]) -> str:
    """A row for each place; with the mark that spreadsheets know UTF-8 by."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([guarded(cell) for cell in row] for one in found for row in rows_of(one))
    return f"\ufeff{out.getvalue()}"


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
