"""What is remembered: whole or not there, whoever is killed in the middle."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.sync.leases import BEAT_SECONDS, Leases
from proxy.sync.outcomes import ConfigurationError, LeaseHeld, Outcome, Reason, Result, TransientError
from proxy.sync.state.rows import Kind, Link, LinkState, ReportState, RunResult, Subject, Tombstone
from proxy.sync.state.state import State
from tests.clock import Clock

LINK = Link("cloudinary", "3f9c", "PROD001", "packshots", code="PROD001__3f9c", attribute="link")
SUBJECT = Subject("cloudinary", "3f9c", "shoes/runner", "https://x/y.jpg", "PROD001")
FAILED = Result(Outcome.FAILED, Reason.MISSING_SKU, "akeneo_sku", "a SKU")


@pytest.fixture
def clock() -> Clock:
    return Clock(1_000_000.0)


@pytest.fixture
async def state(tmp_path: Path, clock: Clock) -> AsyncIterator[State]:
    async with State(tmp_path / "new" / "sync.sqlite3", clock) as state:
        yield state


async def test_an_event_is_stored_once_whatever_happens_to_it(state: State) -> None:
    assert await state.store_event("cloudinary", b"{}")
    assert not await state.store_event("cloudinary", b"{}")
    [event] = await state.new_events("cloudinary")
    await state.finish_event(event.id)

    assert await state.new_events("cloudinary") == []
    assert not await state.store_event("cloudinary", b"{}")


async def test_a_link_is_found_by_each_of_its_ends(state: State, clock: Clock) -> None:
    await state.save_link(LINK)
    clock.now += 5
    await state.save_link(replace(LINK, code="other", state=LinkState.REMOVED_IN_PIM))
    model = replace(LINK, kind=Kind.PRODUCT_MODEL)
    await state.save_link(model)

    found = await state.link_of("cloudinary", "3f9c", "PROD001", "packshots")

    assert found is not None
    assert (found.code, found.state) == ("other", LinkState.REMOVED_IN_PIM)
    assert (found.created_at, found.updated_at) == (1_000_000.0, 1_000_005.0)
    assert len(await state.links_of_asset("cloudinary", "3f9c")) == 2
    assert await state.links_of_slot("cloudinary", "PROD001", "packshots") == [found]
    assert await state.links_of_product("cloudinary", "PROD001") == [found]
    assert await state.links_of_code("cloudinary", "other") == [found]
    assert await state.count_links("cloudinary") == 2


async def test_a_link_takes_the_place_of_another_in_one_step(state: State) -> None:
    await state.save_link(LINK)
    await state.save_link(replace(LINK, slot="other"), instead_of=LINK)

    assert [link.slot for link in await state.links("cloudinary")] == ["other"]
    await state.delete_link(replace(LINK, slot="other"))
    assert await state.links("cloudinary") == []


async def test_what_we_wrote_last_is_known(state: State) -> None:
    await state.note_written("cloudinary", "3f9c", "linked", 1.0)
    await state.note_written("cloudinary", "3f9c", "", 2.0)

    written = await state.written("cloudinary", "3f9c")

    assert written is not None
    assert (written.value, written.read_at) == ("", 2.0)
    assert await state.written("cloudinary", "other") is None


async def test_an_attempt_that_was_cut_is_seen_all_the_same(state: State, clock: Clock) -> None:
    await state.add_attempt("retry", SUBJECT, FAILED)
    clock.now += 86_400
    row = await state.add_attempt("retry", SUBJECT)
    await state.add_attempt("retry", replace(SUBJECT, asset="other"), Result(Outcome.LINKED))

    [cut] = await state.seen_since(clock.now, "retry", failed_only=True)
    assert (cut.last.result, cut.attempts, cut.first_at) == (None, 2, clock.now - 86_400)

    await state.end_attempt(row, FAILED, replace(SUBJECT, product="P2"))
    [failed] = await state.seen_since(clock.now, failed_only=True)
    assert (failed.last.result, failed.last.subject.product) == (FAILED, "P2")
    assert len(await state.seen_since(clock.now)) == 2
    assert len(await state.attempts_since(clock.now)) == 2


async def test_only_a_successful_run_counts_for_the_next_window(state: State, clock: Clock) -> None:
    good = await state.begin_run("bynder import-assets", "bynder")
    await state.end_run(good, RunResult.OK, {"seen": 2})
    clock.now += 60
    bad = await state.begin_run("bynder import-assets", "bynder")
    await state.end_run(bad, RunResult.TRANSIENT, {}, "why")
    await state.begin_run("bynder import-assets", "bynder")

    assert await state.last_successful_start("bynder import-assets", "bynder") == 1_000_000.0
    assert await state.last_successful_start("bynder import-assets", "other") is None
    assert [run.result for run in await state.last_runs()] == [None, RunResult.TRANSIENT, RunResult.OK]
    last = await state.last_run("bynder import-assets", "bynder")
    assert last is not None
    assert last.ended_at is None


async def test_a_report_is_begun_until_it_is_sent(state: State) -> None:
    first, again = await state.begin_report("r", "2026-03-02"), await state.begin_report("r", "2026-03-02")
    await state.report_sent("r", "2026-03-02")
    sent = await state.begin_report("r", "2026-03-02")

    assert [(row.state, row.tries) for row in (first, again)] == [(ReportState.SENDING, 1), (ReportState.SENDING, 2)]
    assert (sent.state, sent.tries) == (ReportState.SENT, 2)


async def test_links_of_an_older_version_stay(tmp_path: Path) -> None:
    async with State(tmp_path / "s") as state:
        await state.save_link(LINK)
    connection = sqlite3.connect(tmp_path / "s", isolation_level=None)
    connection.executescript(
        "ALTER TABLE links DROP credential; DROP TABLE tombstones; ALTER TABLE attempts DROP credential;"
        "ALTER TABLE attempts DROP arguments; ALTER TABLE attempts DROP beside; ALTER TABLE leases DROP steady_at;"
        "DROP INDEX runs_by_time; DROP INDEX events_by_time; DROP INDEX written_by_time; PRAGMA user_version = 1"
    )
    connection.close()

    async with State(tmp_path / "s") as state:
        assert [(link.code, link.credential) for link in await state.links("cloudinary")] == [(LINK.code, "")]


async def test_a_file_that_is_none_of_ours_is_a_matter_for_the_operator(tmp_path: Path) -> None:
    other, newer = tmp_path / "other", tmp_path / "newer"
    other.write_bytes(b"no database" * 1000)
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    for path, expected in (
        (other, "the state of a sync"),
        (newer, "found 99"),
        (tmp_path, "the state"),
        (other / "x", "a directory"),
    ):
        state = State(path)
        with pytest.raises(ConfigurationError, match=expected):
            await state.open()
        await state.close()


async def test_a_file_that_another_has_locked_is_a_passing_fault(tmp_path: Path) -> None:
    async with State(tmp_path / "s", busy_seconds=0.05) as state:
        other = sqlite3.connect(tmp_path / "s", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TransientError):
            await state.store_event("cloudinary", b"{}")
        other.close()
        assert await state.store_event("cloudinary", b"{}")


KILLED = """
import asyncio, sys, os, signal
from pathlib import Path
from proxy.sync.state.state import State
async def main():
    state = State(Path(sys.argv[1]))
    await state.store_event("cloudinary", b"kept")
    def cut(connection):
        connection.execute("INSERT INTO events VALUES ('x', 'cloudinary', x'00', 1.0, 'new')")
        connection.execute("DELETE FROM events WHERE id != 'x'")
        os.kill(os.getpid(), signal.SIGKILL)
    await state.database.run(cut)
asyncio.run(main())
"""


async def test_a_kill_in_the_middle_of_a_write_leaves_what_was_there_before(tmp_path: Path) -> None:
    path = tmp_path / "sync.sqlite3"
    command = [sys.executable, "-c", KILLED, str(path)]
    ended = await asyncio.to_thread(subprocess.run, command, env={**os.environ, "PYTHONPATH": os.getcwd()}, check=False)

    async with State(path) as state:
        assert ended.returncode == -signal.SIGKILL
        assert [event.body for event in await state.new_events("cloudinary")] == [b"kept"]


async def test_a_buried_link_leaves_a_tombstone_until_the_asset_is_linked_again(state: State) -> None:
    link = Link("cloudinary", "3f9c", "PROD001", "packshots", code="PROD001__3f9c")
    await state.save_link(link)
    await state.bury_link(link)
    assert await state.links("cloudinary") == []
    assert await state.tombstone("cloudinary", "3f9c") == Tombstone("cloudinary", "3f9c", "packshots", "PROD001__3f9c")

    await state.save_link(replace(link, product="PROD002"))
    assert await state.tombstone("cloudinary", "3f9c") is None


# -- leases --


async def test_a_lease_ends_two_minutes_after_the_last_heartbeat(state: State, clock: Clock) -> None:
    assert await state.acquire_lease("run", "a")
    clock.now += 119
    assert not await state.acquire_lease("run", "b")
    assert await state.heartbeat_lease("run", "a")
    clock.now += 120
    assert await state.leases() == []
    assert await state.acquire_lease("run", "b")
    assert not await state.heartbeat_lease("run", "a")
    await state.release_lease("run", "a")
    assert [lease.owner for lease in await state.leases()] == ["b"]


async def test_one_at_a_time_and_the_next_at_once(state: State) -> None:
    leases = Leases(state)

    async with leases.hold("run"):
        with pytest.raises(LeaseHeld):
            async with leases.hold("run"):
                pass
    async with leases.lock("run"):
        assert len(await state.leases()) == 1
    assert await state.leases() == []


class Sleeper:
    """Each sleep ends when the test says so."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[float] = asyncio.Queue()
        self.go = asyncio.Semaphore(0)

    async def __call__(self, seconds: float) -> None:
        self.asked.put_nowait(seconds)
        await self.go.acquire()


async def test_whoever_lost_the_lease_is_stopped(state: State, clock: Clock) -> None:
    sleeper = Sleeper()

    async def losing() -> None:
        async with Leases(state, sleep=sleeper).hold("run"):
            assert await sleeper.asked.get() == BEAT_SECONDS
            clock.now += 1000
            assert await state.acquire_lease("run", "another")
            sleeper.go.release()
            await asyncio.Event().wait()

    with pytest.raises(TransientError, match="the lease"):
        await losing()
    assert [lease.owner for lease in await state.leases()] == ["another"]


async def test_a_heartbeat_keeps_the_lease(state: State, clock: Clock) -> None:
    sleeper = Sleeper()

    async with Leases(state, sleep=sleeper).hold("run"):
        for _ in range(5):
            await sleeper.asked.get()
            clock.now += 100
            sleeper.go.release()
        await sleeper.asked.get()
        assert not await state.acquire_lease("run", "another")


async def test_a_lock_waits_until_the_other_has_done(state: State) -> None:
    sleeper = Sleeper()
    first = Leases(state, sleep=lambda seconds: asyncio.Event().wait())

    async def second() -> str:
        async with Leases(state, sleep=sleeper).lock("asset:cloudinary:3f9c"):
            return "done"

    async with first.hold("asset:cloudinary:3f9c"):
        waiting = asyncio.create_task(second())
        await sleeper.asked.get()
    sleeper.go.release()

    assert await waiting == "done"
