"""What a walk has found and done, in a file that outlives it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.commands.asking import Refused
from proxy.commands.catalogue.state import DONE, FAILED, WAITING, Place, State
from proxy.commands.catalogue.state_faults import faults_told
from proxy.errors import SettingsError

CUP, MUG, POT = (Place(f"media-files/{name}.jpg", "product", name, "picture") for name in ("cup", "mug", "pot"))


class Runs:
    """One run after the other with the same file; the one before is gone as after a kill."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.state: State | None = None

    def start(
        self, since: str | None = None, job: str = "job", restart: bool = False, now: str = "2026-01-31T03:00+00:00"
    ) -> State:
        self.end()
        self.state = State.open(self.file, job)
        self.state.begin(since, restart, now)
        return self.state

    def end(self) -> None:
        if self.state is not None:
            self.state.close()


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    runs = Runs(tmp_path / "state.sqlite")
    yield runs
    runs.end()


def paths(state: State) -> list[str]:
    return [path for _, path in state.waiting(after=0)]


def test_a_walk_goes_on_at_the_page_behind_the_last(runs: Runs) -> None:
    runs.start().read("products", [CUP], "page 2")

    assert runs.start().place_in("products") == ("page 2", False)


def test_a_file_that_is_done_is_not_waited_for_again(runs: Runs) -> None:
    first = runs.start()
    first.read("products", [CUP, MUG, CUP], None)
    first.settle(CUP.path, {"size": 1})

    second = runs.start()

    assert paths(second) == [MUG.path]
    assert second.tally == {WAITING: 1, DONE: 1, FAILED: 0} == second.counts()


def test_a_list_that_was_read_is_not_read_again_while_files_wait(runs: Runs) -> None:
    first = runs.start()
    first.read("products", [CUP], None)
    first.walked()

    assert runs.start().place_in("products") == (None, True)


def test_when_all_is_done_the_next_run_walks_anew_past_it(runs: Runs) -> None:
    first = runs.start()
    first.read("products", [CUP, MUG], None)
    first.walked()
    first.settle(CUP.path, {})
    first.settle(MUG.path, {}, failed=True)
    second = runs.start(since="later")

    assert (second.place_in("products"), second.since) == ((None, False), "later")
    assert paths(second) == [MUG.path]


def test_what_failed_is_tried_again(runs: Runs) -> None:
    first = runs.start()
    first.read("products", [CUP], None)
    first.settle(CUP.path, {"error": {}}, failed=True)

    assert paths(runs.start()) == [CUP.path]


def test_the_time_to_look_back_to_is_that_of_the_first_run(runs: Runs) -> None:
    runs.start(since="monday").read("products", [CUP], "page 2")

    assert runs.start(since="tuesday").since == "monday"


def test_a_walk_with_a_list_that_could_not_be_read_is_over_and_that_list_is_owed(runs: Runs) -> None:
    first = runs.start(since="2026-01-30T01:00+00:00")
    first.read("products", [CUP], None)
    first.settle(CUP.path, {})
    first.owe("assets", first.since_of("assets"))
    first.walked(whole=False)
    second = runs.start(since="2026-01-31T01:00+00:00")

    assert (second.place_in("products"), second.tally[DONE]) == ((None, False), 1)
    assert second.since_of("products") == "2026-01-31T01:00+00:00"
    assert second.since_of("assets") == second.since_of("assets cups", "assets") == "2026-01-30T01:00+00:00"

    second.pay("assets")
    assert second.since_of("assets") == "2026-01-31T01:00+00:00"


def test_a_walk_that_was_interrupted_is_walked_again_from_its_beginning_on(runs: Runs) -> None:
    first = runs.start(since="2026-01-30T01:00+00:00", now="2026-01-31T03:00+00:00")
    first.read("products", [CUP], None)
    second = runs.start(since="2026-01-31T01:00+00:00", now="2026-02-01T03:00+00:00")
    assert (first.is_behind, second.is_behind, second.since) == (False, True, "2026-01-30T01:00+00:00")

    second.again("2026-02-01T04:00+00:00")
    assert (second.is_behind, second.since) == (False, "2026-01-31T03:00+00:00")
    assert (second.place_in("products"), second.places(CUP.path)) == ((None, False), [CUP])

    third = runs.start(since="2026-02-01T01:00+00:00")
    assert (third.is_behind, third.began) == (True, "2026-02-01T04:00+00:00")


def test_files_that_are_named_no_more_are_forgotten_at_the_end_of_a_walk(runs: Runs) -> None:
    first = runs.start()
    first.read("products", [CUP, MUG], None)
    first.walked()
    for place in (CUP, MUG):
        first.settle(place.path, {})

    second = runs.start()
    second.read("products", [CUP, POT], None)
    second.walked()

    assert second.tally == {WAITING: 1, DONE: 1, FAILED: 0}


def test_jobs_with_other_words_do_not_know_of_each_other(runs: Runs) -> None:
    first = runs.start(job="one")
    first.read("products", [CUP], None)
    first.settle(CUP.path, {})

    assert runs.start(job="two").tally[DONE] == 0
    assert runs.start(job="two", restart=True).tally[DONE] == 0
    assert runs.start(job="one").tally[DONE] == 1


def test_damage_is_told_with_what_repairs_it(runs: Runs) -> None:
    state = runs.start()
    state.read("products", [Place(f"media-files/{number}.jpg", "product", "cup") for number in range(3000)], None)
    runs.end()
    size = runs.file.stat().st_size
    with runs.file.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff" * 20_000)

    with pytest.raises(SettingsError, match=r"--state: cannot use .* delete it"):
        State.open(runs.file, "job")


@pytest.mark.parametrize(("number", "words"), [(sqlite3.SQLITE_CORRUPT, "delete it"), (sqlite3.SQLITE_FULL, "full")])
def test_a_file_that_fails_later_is_told_in_one_line(number: int, words: str) -> None:
    error = sqlite3.OperationalError("database or disk is full" if number == sqlite3.SQLITE_FULL else "malformed")
    error.sqlite_errorcode = number

    with pytest.raises(Refused, match=words), faults_told("warm.sqlite"):
        raise error


def test_a_list_that_had_entries_is_known_until_a_restart(runs: Runs) -> None:
    runs.start().meet("products")

    assert runs.start().has_met("products")
    assert not runs.start(restart=True).has_met("products")


def test_a_file_that_is_no_state_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("something else " * 100)

    with pytest.raises(SettingsError, match="--state: cannot use"):
        State.open(tmp_path / "state", "job")


@pytest.mark.parametrize("name", ["", "no such directory/state"])
def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=r"--state: cannot use .*unable to open"):
        State.open(tmp_path / name, "job")


def test_after_a_purge_of_everything_nothing_is_done(runs: Runs) -> None:
    first = runs.start()
    first.fill_again(100.0)
    first.read("products", [CUP], None)
    first.walked()
    first.settle(CUP.path, {})

    for emptied, waiting in ((100.0, 0), (200.5, 1), (200.5, 1)):
        state = runs.start()
        state.fill_again(emptied)
        assert state.tally[WAITING] == waiting
