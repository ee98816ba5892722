"""Files that end workers: how many failures it takes, how long they rest, and what wipes it out."""

import pytest

from proxy.cache.quarantine import FIRST_PAUSE_SECONDS, LIMIT, LONGEST_PAUSE_SECONDS, REMEMBERED_SECONDS, Quarantine
from proxy.errors import Quarantined
from proxy.metrics import Metrics
from tests.cache.bench import Clock


@pytest.fixture
def quarantine(metrics: Metrics, clock: Clock) -> Quarantine:
    return Quarantine(metrics, clock)


def rests(quarantine: Quarantine) -> int:
    """Seconds; 0 if the file may be drawn."""
    try:
        quarantine.check("file")
    except Quarantined as error:
        return error.retry_after_seconds or 0
    return 0


def fails(quarantine: Quarantine, *renditions: str) -> None:
    for rendition in renditions:
        quarantine.failed("file", rendition, "media-files/a.jpg")


def test_three_renditions_have_to_fail(quarantine: Quarantine) -> None:
    fails(quarantine, "a", "b")
    assert rests(quarantine) == 0

    fails(quarantine, "c")
    assert rests(quarantine) == FIRST_PAUSE_SECONDS


def test_one_rendition_that_asks_too_much_says_nothing_against_the_file(quarantine: Quarantine) -> None:
    fails(quarantine, *["a"] * 10)

    assert rests(quarantine) == 0


def test_failures_that_lie_apart_do_not_add_up(quarantine: Quarantine, clock: Clock) -> None:
    fails(quarantine, "a", "b")
    clock.now += REMEMBERED_SECONDS + 1
    fails(quarantine, "c")

    assert rests(quarantine) == 0


def test_the_pause_grows_up_to_a_limit(quarantine: Quarantine, clock: Clock) -> None:
    fails(quarantine, "a", "b", "c")
    pauses = []
    for _ in range(7):
        pauses.append(rests(quarantine))
        clock.now += pauses[-1] + 1
        fails(quarantine, "a")

    assert pauses == [60, 240, 960, 3840, 15360, LONGEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS]


def test_those_that_fail_together_count_as_one(quarantine: Quarantine) -> None:
    fails(quarantine, *"abcdefgh")

    assert rests(quarantine) == FIRST_PAUSE_SECONDS


def test_a_success_wipes_it_out(quarantine: Quarantine, clock: Clock) -> None:
    fails(quarantine, "a", "b", "c")
    clock.now += FIRST_PAUSE_SECONDS
    quarantine.succeeded("file")
    fails(quarantine, "a", "b")

    assert rests(quarantine) == 0


def test_records_cannot_fill_the_memory(quarantine: Quarantine) -> None:
    for number in range(LIMIT + 10):
        quarantine.failed(str(number), "a", "media-files/a.jpg")

    assert len(quarantine.records) == LIMIT


def test_it_is_counted_and_pardoned(quarantine: Quarantine, metrics: Metrics) -> None:
    fails(quarantine, "a", "b", "c")
    assert metrics.registry.get_sample_value("media_proxy_quarantined_files") == 1

    quarantine.pardon(lambda file: file == "file")
    assert rests(quarantine) == 0
    assert metrics.registry.get_sample_value("media_proxy_quarantined_files") == 0
