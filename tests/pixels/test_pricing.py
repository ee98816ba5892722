"""What a job will cost: guesses that grow with the work, and learn."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.formats import Content, Format
from proxy.pixels.job import Inspection, Job, Limits
from proxy.pixels.pricing import BASE_SECONDS, Prices, price_of
from proxy.plan.frame import Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import Step
from proxy.plan.values import Length

LIMITS = Limits(max_source_pixels=100_000_000, max_output_side=8192)
formats = st.sampled_from(Format)
outputs = st.sampled_from(OutputFormat)
sizes = st.integers(0, 10**10)
sides = st.none() | st.integers(1, 8192).map(lambda side: Length(float(side))) | st.just(Length(0.5, relative=True))


def job(source: Format, size: int, target: OutputFormat, width: Length | None, height: Length | None = None) -> Job:
    plan = Plan((Step(frame=Frame(width, height)),), Output(format=target))
    accepts = frozenset({Format.WEBP})
    return Job(Path("a"), Content.of(source), plan, accepts, 80, LIMITS, source_bytes=size)


def seconds(work: Job | Inspection) -> float:
    price = price_of(work)
    return price.decode + price.output


@given(formats, sizes, outputs, sides, sides)
def test_every_job_has_its_price(
    source: Format, size: int, target: OutputFormat, width: Length | None, height: Length | None
) -> None:
    work = job(source, size, target, width, height)

    assert BASE_SECONDS < Prices().estimate(work) < 100
    assert price_of(Inspection(work.source, work.content, LIMITS, size)).output == 0


@given(formats, st.integers(1, 10**9), outputs, st.integers(1, 8192))
def test_more_work_never_costs_less(source: Format, size: int, target: OutputFormat, side: int) -> None:
    width, wider = Length(float(side)), Length(side * 2.0)

    assert seconds(job(source, size, target, width)) <= seconds(job(source, size * 2, target, width))
    assert seconds(job(source, size, target, width, width)) < seconds(job(source, size, target, wider, width))


def test_a_format_has_its_weight() -> None:
    small = Length(1000.0)
    prices = [seconds(job(Format.JPEG, 10**6, target, small)) for target in (OutputFormat.JPEG, OutputFormat.AVIF)]

    assert prices[0] * 2 < prices[1]


def test_prices_come_near_to_what_is_measured() -> None:
    prices, work = Prices(), job(Format.PNG, 10**6, OutputFormat.WEBP, Length(300.0))
    other = job(Format.JPEG, 10**6, OutputFormat.JPEG, Length(300.0))
    before, others = price_of(work), prices.estimate(other)

    for _ in range(200):
        prices.learn(work, {"decode": before.decode * 3, "draw": before.output, "encode": before.output})

    expected = BASE_SECONDS + before.decode * 3 + before.output * 2
    assert prices.estimate(work) == pytest.approx(expected, rel=0.01)
    assert prices.estimate(other) == others


def test_one_odd_measurement_does_not_turn_it_over() -> None:
    prices, work = Prices(), job(Format.PNG, 10**6, OutputFormat.WEBP, Length(300.0))
    before = prices.estimate(work)

    prices.learn(work, {"decode": 1e9, "draw": 0.0, "encode": 0.0})

    assert prices.estimate(work) < before * 5
