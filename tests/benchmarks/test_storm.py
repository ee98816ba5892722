"""What the storm counts as a failure, and how it says so."""

import pytest

from benchmarks.storm.client import Answer
from benchmarks.storm.shots import Shot
from benchmarks.storm.tally import Tally, verdict

SHOT = Shot(7, "GET", "/tr:w-5/media-files/a.png", ())
DRAWN = 'cache;desc="MISS", render;dur={render}, decode;dur=100.0, draw;dur={draw}, encode;dur=200.0, total;dur=9'


def judged(*answers: Answer, restarts: dict[str, int] | None = None) -> list[str]:
    tally = Tally()
    for answer in answers:
        tally.take(SHOT, answer)
    return verdict(tally, restarts or {}, [])


@pytest.mark.parametrize("status", [200, 304, 400, 404, 413, 422])
def test_an_answer_and_a_polite_refusal_are_no_failure(status: int) -> None:
    assert judged(Answer(status, 0.1)) == []


def test_each_failure_is_told_by_its_kind() -> None:
    said = judged(Answer(503, 0.1), Answer(503, 0.1), Answer(504, 10.1), Answer(200, 12.0), Answer(0, 0.1, "reset"))

    assert said == ["2 x 503", "1 x 504", "1 x late", "1 x no answer"]


def test_who_waits_for_others_pictures_is_not_late_by_that() -> None:
    waited = Answer(200, 14.0, timing=DRAWN.format(render=13_900.0, draw=5_000.0))
    slow = Answer(200, 14.0, timing=DRAWN.format(render=13_900.0, draw=11_500.0))

    assert judged(waited) == []
    assert judged(slow) == ["1 x late"]


def test_a_worker_that_retires_is_not_lost() -> None:
    assert judged(restarts={"age": 3}) == []
    assert judged(restarts={"age": 3, "timeout": 1}) == ["workers lost: {'timeout': 1}"]
