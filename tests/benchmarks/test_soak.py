"""The soak's book and its verdict: each bar can break."""

from typing import Any

import pytest

from benchmarks.soak.catalogue import Ask
from benchmarks.soak.holdings import Holdings
from benchmarks.soak.ledger import Answer, Ledger
from benchmarks.soak.report import markdown, verdict

MUG = Ask("cold", "/tr:w-90/media-files/mug.png")
WARM = Holdings("warm", parent=100_000_000, workers=50_000_000, descriptors=40, threads=20)


@pytest.fixture
def ledger() -> Ledger:
    """A picture was drawn, and came from the cache."""
    ledger = Ledger(patience_seconds=15)
    ledger.take(MUG, Answer(200, 0.1, b"mug", "MISS"), was_cached=False)
    ledger.take(MUG, Answer(200, 0.001, b"mug", "HIT"), was_cached=True)
    return ledger


def judge(ledger: Ledger, end: Holdings = WARM, **more: Any) -> list[str]:
    return verdict(ledger, WARM, end, more.get("faults", []), more.get("left", []))


def test_a_quiet_soak_is_passed(ledger: Ledger) -> None:
    assert judge(ledger) == []


def test_a_wrong_byte_breaks_a_bar(ledger: Ledger) -> None:
    ledger.take(MUG, Answer(200, 0.1, b"mag", "HIT"), was_cached=False)

    assert judge(ledger) == ["wrong bytes: 1"]


def test_the_same_picture_for_another_accept_may_differ(ledger: Ledger) -> None:
    other = Ask(MUG.kind, MUG.path, "image/webp,*/*")

    ledger.take(other, Answer(200, 0.1, b"mug as webp", "MISS"), was_cached=False)

    assert judge(ledger) == []


def test_an_error_though_it_is_cached_breaks_a_bar(ledger: Ledger) -> None:
    ledger.take(MUG, Answer(503, 0.1, said="EOVERLOAD"), ledger.is_cached(MUG))

    assert judge(ledger) == ["error though cached: 1"]


def test_an_error_for_what_is_not_cached_is_counted_only(ledger: Ledger) -> None:
    ledger.fault = "Akeneo: 500"
    other = Ask("cold", "/tr:w-91/media-files/mug.png")

    ledger.take(other, Answer(502, 0.1, said="EORIGIN"), ledger.is_cached(other))

    assert judge(ledger) == []
    assert ledger.statuses["Akeneo: 500"] == {"502 EORIGIN": 1}


def test_what_a_lost_disk_held_is_not_promised_any_more(ledger: Ledger) -> None:
    hot = Ask("hot", "/tr:w-90/media-files/cup.png", never_lost=True)
    ledger.take(hot, Answer(200, 0.1, b"cup", "MISS"), was_cached=False)

    ledger.lose(all_but=frozenset({hot.name}))

    assert (ledger.is_cached(hot), ledger.is_cached(MUG)) == (True, False)


def test_what_was_drawn_amid_a_fault_of_the_disk_or_may_be_purged_is_not_promised(ledger: Ledger) -> None:
    unsteady = Ask("cold", "/tr:w-92/media-files/mug.png")
    purged = Ask("purged", "/tr:w-93/media-files/mug.png", purged=True)

    ledger.take(unsteady, Answer(200, 0.1, b"a", "MISS", steady=False), was_cached=False)
    ledger.take(purged, Answer(200, 0.1, b"b", "MISS"), was_cached=False)

    assert not ledger.is_cached(unsteady)
    assert not ledger.is_cached(purged)


@pytest.mark.parametrize(
    ("ask", "answer", "bar"),
    [
        (MUG, Answer(200, 16.0, b"mug", "HIT"), "late: 1"),
        (MUG, Answer(0, 1.0, said="ClientPayloadError"), "no answer: 1"),
        (Ask("cold", "/x"), Answer(404, 0.1, said="ENOENT"), "told that there is no such file: 1"),
        (Ask("refused", "/x", right=frozenset({400})), Answer(502, 0.1), "wrong status: 1"),
        (Ask("refused", "/x", right=frozenset({401})), Answer(200, 0.1, b"mug"), "wrong status: 1"),
        (Ask("cold", "/x"), Answer(302, 0.1), "wrong status: 1"),
    ],
)
def test_an_answer_that_nobody_promised_breaks_a_bar(ledger: Ledger, ask: Ask, answer: Answer, bar: str) -> None:
    ledger.take(ask, answer, was_cached=False)

    assert judge(ledger) == [bar]


def test_a_file_may_break_off_with_akeneo_unless_it_is_cached(ledger: Ledger) -> None:
    file = Ask("file", "/media-files/manual.pdf")
    broken = Answer(0, 1.0, said="ClientPayloadError")

    ledger.take(file, broken, was_cached=False)
    assert judge(ledger) == []

    ledger.take(file, broken, was_cached=True)
    assert judge(ledger) == ["no answer: 1"]


def test_a_part_of_a_file_has_to_be_that_part(ledger: Ledger) -> None:
    part = Ask("file", "/media-files/manual.pdf", right=frozenset({206}))

    ledger.take_part(part, Answer(206, 0.1, b"anua"), b"anua", was_cached=False)
    ledger.take_part(part, Answer(502, 0.1), b"anua", was_cached=False)
    assert judge(ledger) == []

    ledger.take_part(part, Answer(206, 0.1, b"manu"), b"anua", was_cached=False)
    assert judge(ledger) == ["wrong bytes: 1"]


def test_of_a_target_of_the_storm_no_bytes_are_learned(ledger: Ledger) -> None:
    ledger.take(Ask("storm", "/any"), Answer(200, 0.1, steady=False), was_cached=False)

    assert ("/any", "*/*") not in ledger.known


def test_bytes_that_are_known_beforehand_are_held_to(ledger: Ledger) -> None:
    file = Ask("file", "/media-files/manual.pdf")
    ledger.know(file, b"manual")

    ledger.take(file, Answer(200, 0.1, b"manua"), was_cached=False)

    assert judge(ledger) == ["wrong bytes: 1"]


@pytest.mark.parametrize(
    ("end", "more", "word"),
    [
        (Holdings("end", 105_100_000, 0, 40, 20), {}, "memory"),
        (Holdings("end", 100_000_000, 0, 60, 20), {}, "descriptors"),
        (WARM, {"faults": [b"Traceback"]}, "log"),
        (WARM, {"left": ["cache/tmp/1-ab"]}, "temporary"),
    ],
)
def test_what_the_server_keeps_can_break_a_bar(ledger: Ledger, end: Holdings, more: dict[str, Any], word: str) -> None:
    [broken] = judge(ledger, end, **more)

    assert word in broken


def test_a_little_drift_and_less_memory_break_no_bar(ledger: Ledger) -> None:
    assert judge(ledger, Holdings("end", 104_000_000, 0, 44, 20)) == []
    assert judge(ledger, Holdings("end", 60_000_000, 0, 30, 20)) == []


def test_a_soak_that_asked_for_nothing_is_not_passed() -> None:
    assert judge(Ledger(patience_seconds=15))


def test_the_report_tells_errors_by_fault_and_memory_by_time(ledger: Ledger) -> None:
    ledger.fault = "Akeneo: 500"
    ledger.take(Ask("cold", "/x"), Answer(502, 0.1, said="EORIGIN"), was_cached=False)

    text = markdown(ledger, [WARM, Holdings("end", 98_000_000, 1, 40, 20)], WARM, ["late: 1"], "A soak")

    assert "Broken: late: 1." in text
    assert "| Akeneo: 500 | 1 | 0 | 0.0 | 0.0 | 502 EORIGIN: 1 |" in text
    assert "| end | 93.5 | 0 | 40 | 20 |" in text
    assert "-2.0%" in text
