"""Failures that are worth remembering: for how long, for how many, and at what price."""

import weakref

import pytest

from proxy.cache.refusals import LIMIT, LONGEST_SECONDS, STRIKE_SECONDS, STRIKES, Refusals
from proxy.errors import (
    InvalidTransformation,
    MediaForbidden,
    MediaMissing,
    MediaNotFound,
    OriginBroken,
    ProxyError,
    RenderTimeout,
    SourceTooLarge,
    Undecodable,
)
from proxy.metrics import Metrics
from tests.cache.bench import Clock, counted

MISSING = MediaNotFound("no such file")
GARBAGE = Undecodable("no picture")


@pytest.fixture
def refusals(metrics: Metrics, clock: Clock) -> Refusals:
    return Refusals(metrics, clock)


def is_refused(refusals: Refusals, key: str = "key") -> bool:
    try:
        refusals.check(key)
    except ProxyError:
        return True
    return False


def refused_for(refusals: Refusals, clock: Clock) -> float:
    """Seconds until it is tried again, to the nearest second."""
    since = clock.now
    for seconds in (5, 60, 300, 1200, 4800, 19200, LONGEST_SECONDS):
        clock.now = since + seconds - 1
        still = is_refused(refusals)
        clock.now = since + seconds + 1
        if still and not is_refused(refusals):
            return seconds
    raise AssertionError("refused for another time")


def test_what_is_not_remembered_is_not_refused(refusals: Refusals) -> None:
    refusals.check("key")


def test_a_remembered_error_is_raised_again(refusals: Refusals) -> None:
    refusals.remember("key", InvalidTransformation("w-x", "a number"))

    with pytest.raises(InvalidTransformation) as raised:
        refusals.check("key")

    assert raised.value.message == "w-x: expected a number"
    assert not is_refused(refusals, "another key")


@pytest.mark.parametrize("error", [MISSING, MediaMissing("lost"), GARBAGE, SourceTooLarge("huge")], ids=repr)
def test_it_is_refused_for_as_long_as_the_error_says(refusals: Refusals, clock: Clock, error: ProxyError) -> None:
    refusals.remember("key", error)

    assert refused_for(refusals, clock) == error.keep_seconds


@pytest.mark.parametrize("error", [OriginBroken("cut"), MediaForbidden("no right")], ids=repr)
def test_what_may_pass_at_any_moment_is_not_remembered(refusals: Refusals, error: ProxyError) -> None:
    refusals.remember("key", error)

    assert not is_refused(refusals)


def test_every_answer_from_memory_is_counted(refusals: Refusals, metrics: Metrics) -> None:
    refusals.remember("key", MISSING)

    for _ in range(3):
        is_refused(refusals)

    assert counted(metrics, "remembered_refusals_total", status="404") == 3


def test_pauses_grow_each_time_it_happens_again_up_to_a_limit(refusals: Refusals, clock: Clock) -> None:
    pauses = []
    for _ in range(6):
        refusals.remember("key", GARBAGE, growing=True)
        pauses.append(refused_for(refusals, clock))

    assert pauses == [300, 1200, 4800, 19200, LONGEST_SECONDS, LONGEST_SECONDS]


def test_pauses_do_not_grow_by_themselves(refusals: Refusals, clock: Clock) -> None:
    refusals.remember("key", MISSING)
    clock.now += 100
    refusals.remember("key", MISSING)

    assert refused_for(refusals, clock) == 60


def test_one_failure_that_many_meet_together_counts_once(refusals: Refusals, clock: Clock) -> None:
    """Eight widths in three formats of one broken picture are asked for together, and fail together."""
    for _ in range(24):
        refusals.remember("key", GARBAGE, growing=True)

    assert refused_for(refusals, clock) == GARBAGE.keep_seconds


def test_what_may_have_been_bad_luck_is_refused_from_the_third_time_on(refusals: Refusals, clock: Clock) -> None:
    refused = []
    for _ in range(STRIKES):
        refusals.strike("key", RenderTimeout("too slow"))
        refused.append(is_refused(refusals))

    assert refused == [False, False, True]
    assert refused_for(refusals, clock) == STRIKE_SECONDS


def test_what_was_forgotten_has_no_strikes_left(refusals: Refusals) -> None:
    for _ in range(STRIKES - 1):
        refusals.strike("key", RenderTimeout("too slow"))

    refusals.forget("key")
    refusals.strike("key", RenderTimeout("too slow"))

    assert not is_refused(refusals)


def test_strikes_cannot_fill_the_memory_either(refusals: Refusals) -> None:
    for number in range(LIMIT + 5):
        refusals.strike(str(number), RenderTimeout("too slow"))

    assert len(refusals.strikes) == LIMIT


def test_a_refusal_is_over_when_its_time_has_passed(refusals: Refusals, clock: Clock) -> None:
    over = [refusals.is_over("key")]
    refusals.remember("key", MISSING)
    over.append(refusals.is_over("key"))
    clock.now += 61
    over.append(refusals.is_over("key"))

    assert over == [False, False, True]


def test_what_is_forgotten_is_tried_again(refusals: Refusals) -> None:
    refusals.remember("key", MISSING)

    refusals.forget("key")
    refusals.forget("unknown")

    assert not is_refused(refusals)


def test_a_crawler_cannot_fill_the_memory(refusals: Refusals) -> None:
    for number in range(LIMIT + 5):
        refusals.remember(str(number), MISSING)

    assert len(refusals.entries) == LIMIT
    assert [is_refused(refusals, str(number)) for number in (0, 4, 5, LIMIT + 4)] == [False, False, True, True]


class Request:
    """Stands for all that a viewer's request holds on to: headers, buffers, a connection."""


def test_remembering_an_error_keeps_nothing_of_the_request_that_met_it(refusals: Refusals) -> None:
    def fetch() -> None:
        try:
            raise MediaNotFound("no such file")
        except MediaNotFound as error:
            refusals.remember("key", error)
            raise

    def answer() -> "weakref.ref[Request]":
        request = Request()
        try:
            fetch()
        except MediaNotFound:
            return weakref.ref(request)
        raise AssertionError

    assert answer()() is None


def test_refusing_keeps_nothing_of_the_request_that_is_refused(refusals: Refusals) -> None:
    refusals.remember("key", MediaNotFound("no such file"))

    def answer() -> "weakref.ref[Request]":
        request = Request()
        try:
            refusals.check("key")
        except MediaNotFound:
            return weakref.ref(request)
        raise AssertionError

    assert answer()() is None
