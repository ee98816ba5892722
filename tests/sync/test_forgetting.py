"""The state does not grow for ever, whoever it is that runs."""

import sqlite3
from pathlib import Path

from proxy.sync.outcomes import Outcome, Result
from proxy.sync.state.forgetting import AT_ONCE, KEPT_SECONDS
from proxy.sync.state.rows import Link, RunResult, Subject
from proxy.sync.state.state import State

START = 1_700_000_000.0
TABLES = ("events", "attempts", "runs", "written", "reports", "links")


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


def counts(path: Path) -> dict[str, int]:
    connection = sqlite3.connect(path)
    try:
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES}
    finally:
        connection.close()


async def fill(state: State) -> None:
    for body in (b"done", b"new"):
        await state.store_event("cloudinary", body)
    await state.finish_event((await state.new_events("cloudinary"))[0].id)
    await state.store_event("asked", b"a run")
    await state.add_attempt("bynder import-assets", Subject("bynder", "77aa"), Result(Outcome.LINKED))
    for result in (RunResult.OK, RunResult.OK, RunResult.TRANSIENT):
        await state.end_run(await state.begin_run("bynder import-assets", "bynder"), result, {})
    await state.note_written("cloudinary", "3f9c", "linked", START)
    for date in ("2023-11-14", "2023-11-15"):
        await state.begin_report("r", date)
        await state.report_sent("r", date)
    await state.save_link(Link("cloudinary", "3f9c", "PROD001", "packshots"))


async def test_a_run_that_begins_forgets_what_is_old_and_keeps_what_is_asked_of_it(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "sync.sqlite3"
    async with State(path, clock) as state:
        await fill(state)
        clock.now += KEPT_SECONDS - 1
        await state.begin_run("report")
        before = counts(path)
        clock.now += 86_400
        await state.begin_run("report")

        assert [before[name] - counts(path)[name] for name in TABLES] == [2, 1, 0, 1, 1, 0]
        assert await state.last_successful_start("bynder import-assets", "bynder") == START
        assert [event.body for event in await state.new_events("cloudinary")] == [b"new"]
        assert await state.last_report_sent("r") == "2023-11-15"


async def test_a_server_without_any_run_forgets_with_each_event_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    clock, path = Clock(), tmp_path / "sync.sqlite3"
    row = "INSERT INTO written VALUES ('cloudinary', ?, 'linked', ?)"
    async with State(path, clock) as state:
        rows = [(str(number), START) for number in range(AT_ONCE + 5)]
        await state.database.run(lambda connection: connection.executemany(row, rows))
        clock.now += KEPT_SECONDS + 1
        left = []
        for body in (b"1", b"2"):
            await state.store_event("cloudinary", body)
            left.append(counts(path)["written"])

    assert left == [5, 0]
