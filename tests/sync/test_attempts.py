"""What is told of attempts: each failure until it is over, and nothing twice that says the same."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.sync.outcomes import Outcome, Reason, Result
from proxy.sync.state.rows import Subject
from proxy.sync.state.state import State
from tests.clock import Clock

BAG = Subject("bynder", "77aa", "bag", "", "GONE, RUN-01")
SHOE = Subject("cloudinary", "3f9c")
FAILED = Result(Outcome.FAILED, Reason.UNKNOWN_PRODUCT, "GONE", "a product")
LINKED, UNCHANGED = Result(Outcome.LINKED), Result(Outcome.UNCHANGED)
IMPORT, MAPPED = "bynder import-assets", "bynder update-mapped-properties"


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    async with State(tmp_path / "sync.sqlite3", Clock(1_000_000.0), busy_seconds=0.05) as state:
        yield state


async def failures(state: State) -> list[tuple[str, str]]:
    return [(one.last.flow, one.last.subject.asset) for one in await state.seen_since(0, failed_only=True)]


async def test_a_slot_that_failed_is_told_whatever_became_of_the_others(state: State) -> None:
    await state.add_attempts(IMPORT, BAG, [FAILED, LINKED])

    [seen] = await state.seen_since(0, failed_only=True)

    assert (seen.last.result, seen.attempts) == (FAILED, 1)
    await state.add_attempts(IMPORT, BAG, [LINKED, LINKED])
    assert await failures(state) == []


async def test_a_flow_that_failed_is_told_whatever_became_of_another(state: State) -> None:
    await state.add_attempts(MAPPED, BAG, [FAILED])
    await state.add_attempts(IMPORT, BAG, [UNCHANGED])
    link = await state.add_attempt("cloudinary retry", SHOE)
    await state.end_attempt(await state.add_attempt("cloudinary product-info", SHOE), UNCHANGED)
    await state.end_attempt(link, FAILED)

    assert await failures(state) == [(MAPPED, "77aa"), ("cloudinary retry", "3f9c")]
    assert [seen.last.flow for seen in await state.failed_of("bynder", "77aa")] == [MAPPED]


async def test_a_link_that_failed_by_event_is_over_once_the_schedule_has_made_it(state: State) -> None:
    await state.add_attempt("cloudinary link", SHOE, FAILED)
    await state.add_attempt("cloudinary retry", SHOE, LINKED)

    assert await failures(state) == []


async def test_of_too_many_failures_the_newest_are_told(state: State) -> None:
    for number in range(5):
        await state.add_attempt(IMPORT, replace(BAG, asset=f"a{number}"), FAILED)

    found = await state.seen_since(0, failed_only=True, limit=2)

    assert [seen.last.subject.asset for seen in found] == ["a3", "a4"]


async def test_what_is_as_it_was_is_told_once(state: State) -> None:
    for results in ([LINKED], [UNCHANGED], [UNCHANGED], [UNCHANGED, UNCHANGED], [FAILED], [FAILED], [UNCHANGED]):
        await state.add_attempts(IMPORT, BAG, results)

    told = [attempt.result.outcome for attempt in await state.attempts_since(0) if attempt.result]
    assert told == ["linked", "unchanged", "failed", "failed", "unchanged"]


async def test_who_tries_again_is_told_how(state: State) -> None:
    subject = replace(BAG, credential="other", arguments=("--sku", "RUN-01"))
    await state.add_attempt(IMPORT, subject, FAILED)

    assert [seen.last.subject for seen in await state.seen_since(0)] == [subject]


async def test_who_only_reads_waits_for_no_writer_and_keeps_none_waiting(state: State, tmp_path: Path) -> None:
    await state.add_attempt(IMPORT, BAG, FAILED)
    other = sqlite3.connect(tmp_path / "sync.sqlite3", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")  # a writer, at work

        assert len(await state.seen_since(0)) == 1
        assert await state.new_events("cloudinary") == []
        assert await state.last_runs() == []
        assert await state.leases() == []
    finally:
        other.close()


async def test_no_cursor_leaves_the_thread_of_its_connection(state: State) -> None:
    """Freed elsewhere it resets a statement that is in use: many writes of one kind at a time failed now and then."""
    assert await state.database.run(lambda connection: connection.execute("SELECT 1")) is None
