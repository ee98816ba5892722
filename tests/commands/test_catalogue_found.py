"""What an audit has found: in order, duplicates together, and never all of it in memory."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proxy.commands.catalogue.audit_page import page_of
from proxy.commands.catalogue.audit_tables import csv_of
from proxy.commands.catalogue.findings import Finding, Wanted
from proxy.commands.catalogue.found import Findings
from proxy.commands.catalogue.state import NOWHERE, Place, State

SMALL = Wanted(min_width=100)
MANY = 200


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    state = State.open(tmp_path / "audit.sqlite", "job")
    state.begin(None, restart=False, now="2026-01-31T03:00:00+00:00")
    yield state
    state.close()


def picture(digest: str, **others: Any) -> dict[str, Any]:
    facts = {"picture": True, "width": 40, "height": 30, "format": "png", "mime": "image/png", "size": 9}
    return facts | {"digest": digest, "colorSpace": "srgb"} | others


def seen(state: State, facts: dict[str, dict[str, Any]], *bare: str) -> None:
    """Files by name, and products that have none."""
    places = [Place(f"media-files/{name}", "product", name, "picture") for name in facts]
    state.read("products", places + [Place(NOWHERE, "product", name) for name in bare], None)
    for name, one in facts.items():
        state.settle(f"media-files/{name}", one)


def test_copies_of_a_file_stand_together_and_an_empty_file_has_none(state: State) -> None:
    digests = {"a": "two", "b": "one", "c": "two", "d": "one", "e": "own"}
    empty = {name: picture("none", size=0) for name in ("f", "g")}
    seen(state, {name: picture(digest) for name, digest in digests.items()} | empty)

    found = list(Findings(state, Wanted()))

    assert [(it.group, it.path[-1], it.places[0].code) for it in found] == [
        ("one", "b", "b"),
        ("one", "d", "d"),
        ("two", "a", "a"),
        ("two", "c", "c"),
    ]
    assert {(it.finding, it.why) for it in found} == {(Finding.DUPLICATE, "one of 2 with the same bytes")}


def test_findings_come_in_their_order_and_are_counted(state: State) -> None:
    seen(state, {"z.png": picture("z"), "y.png": picture("y", colorSpace="cmyk")}, "tea", "cup")

    found = Findings(state, SMALL)

    assert [(it.finding, it.places[0].code) for it in found] == [
        (Finding.MISSING, "cup"),
        (Finding.MISSING, "tea"),
        (Finding.SMALL, "y.png"),
        (Finding.SMALL, "z.png"),
        (Finding.CMYK, "y.png"),
    ]
    assert found.counts == {"missing": 2, "broken": 0, "too small": 2, "wrong shape": 0, "cmyk": 1, "duplicate": 0}
    assert [it.places[0].code for it in found.of(Finding.SMALL, 1)] == ["y.png"]


def test_nothing_found_is_nothing(state: State) -> None:
    seen(state, {"a": picture("a")})

    assert not Findings(state, Wanted())
    assert Findings(state, SMALL)


def test_what_was_not_met_again_is_no_copy(state: State) -> None:
    seen(state, {"old": picture("same")})
    state.walked()
    state.begin(None, restart=False, now="2026-01-31T03:00:00+00:00")

    seen(state, {"new": picture("same")})

    assert not Findings(state, Wanted())


def test_no_more_than_a_little_of_it_is_held_at_a_time(state: State) -> None:
    for number in range(MANY):
        seen(state, {f"{number}": picture("same", exif={"ImageDescription": "long " * 2000})})
    known = {"files": MANY, "failed": [], "troubles": []}

    tracemalloc.start()
    try:
        found = Findings(state, SMALL)
        facts = known | {"counts": found.counts}
        lines = sum(1 for parts in (csv_of(found), page_of(found, facts, {})) for _ in parts)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert lines > 4 * MANY
    assert most < 1_000_000  # all of them have 4,000,000
