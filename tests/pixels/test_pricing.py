"""What a job will cost: guesses that grow with the work, and learn."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.formats import Content, Format
from proxy.imagekit.reading import read_plan
from proxy.pixels.extent import Extent
from proxy.pixels.geometry import Size
from proxy.pixels.job import Inspection, Job, Limits
from proxy.pixels.memory import alone_if_large
from proxy.pixels.pricing import BASE_SECONDS, Price, Prices, price_of
from proxy.pixels.stages import plan_stages
from proxy.pixels.work import work_of
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
    return price.decode + price.draw + price.encode


@given(formats, sizes, outputs, sides, sides)
def test_every_job_has_its_price(
    source: Format, size: int, target: OutputFormat, width: Length | None, height: Length | None
) -> None:
    work = job(source, size, target, width, height)

    assert BASE_SECONDS < Prices().estimate(price_of(work)) < 20_000
    assert price_of(Inspection(work.source, work.content, LIMITS, size)).encode == 0


@given(st.sampled_from([Format.PNG, Format.WEBP, Format.TIFF]), st.integers(10**5, 10**8), outputs, st.integers(1, 50))
def test_more_work_never_costs_less(source: Format, size: int, target: OutputFormat, side: int) -> None:
    """Where the picture gets smaller, and a decoder cannot make it so by itself."""
    width, wider = Length(float(side)), Length(side * 2.0)

    assert seconds(job(source, size, target, width)) <= seconds(job(source, size * 2, target, width))
    assert seconds(job(source, size, target, width, width)) < seconds(job(source, size, target, wider, wider))
    with pytest.MonkeyPatch.context() as patch:  # our own C reads all of the window, and a wide one is a smaller part
        patch.setattr("proxy.pixels.pricing.CAN_RESAMPLE", False)
        assert seconds(job(source, size, target, width, width)) < seconds(job(source, size, target, wider, width))


def test_a_format_has_its_weight() -> None:
    small = Length(1000.0)
    prices = [seconds(job(Format.JPEG, 10**6, target, small)) for target in (OutputFormat.JPEG, OutputFormat.AVIF)]

    assert prices[0] * 2 < prices[1]


def test_prices_come_near_to_what_is_measured() -> None:
    prices, before = Prices(), price_of(job(Format.PNG, 10**6, OutputFormat.WEBP, Length(300.0)))
    other = replace(price_of(job(Format.JPEG, 10**6, OutputFormat.JPEG, Length(300.0))), draw=0.0)
    others = prices.estimate(other)

    for _ in range(5_000):
        prices.learn(before, {"decode": before.decode * 3, "draw": before.draw * 2, "encode": before.encode * 2})

    expected = BASE_SECONDS + before.decode * 3 + before.draw * 2 + before.encode * 2
    assert prices.estimate(before) == pytest.approx(expected, rel=0.01)
    assert prices.estimate(other) == others


def test_what_small_pictures_take_beside_their_pixels_says_nothing_about_large_ones() -> None:
    prices, icon = Prices(), priced("w-20,f-jpg", Format.PNG, Extent(20, 20))
    large = priced("w-3000,bl-9,f-jpg", Format.PNG, Extent(3000, 2000))
    before = prices.estimate(large)

    for _ in range(200):
        prices.learn(icon, dict.fromkeys(("decode", "draw", "encode"), 0.002))

    assert prices.estimate(large) < before * 1.1


def test_one_odd_measurement_does_not_turn_it_over() -> None:
    prices, price = Prices(), price_of(job(Format.PNG, 10**6, OutputFormat.WEBP, Length(300.0)))
    before = prices.estimate(price)

    prices.learn(price, {"decode": 1e9, "draw": 0.0, "encode": 0.0})

    assert prices.estimate(price) < before * 5


PHOTO = Extent(4000, 3000)


def priced(text: str, source: Format = Format.JPEG, extent: Extent | None = PHOTO, **changes: Any) -> Price:
    plan = read_plan(text).plan.with_defaults(OutputFormat.AUTO, orient=True)
    work = Job(Path("a"), Content.of(source), plan, frozenset({Format.WEBP}), 80, LIMITS, extent=extent)
    return price_of(replace(work, **changes))


MORE = [
    ("w-500", "w-500,bl-9"),
    ("w-500", "w-500,e-shadow"),
    ("w-500", "w-500,e-distort-p-50_0_450_50_450_300_0_300"),
    ("w-500", "w-500,l-text,i-Sale,l-end"),
    ("w-500", "w-500,l-image,i-logo.png,w-400,l-end"),
    ("w-500", "w-500,rt-30"),
    ("w-500", "w-500:w-900"),
    ("w-500,f-jpg", "w-500,f-avif"),
    ("w-500", "t-10,w-500"),
]


@pytest.mark.parametrize(("less", "more"), MORE)
def test_what_is_done_to_a_picture_has_its_price(less: str, more: str) -> None:
    logo: dict[str, Any] = {
        "layers": (("logo.png", Path("b"), Content.of(Format.PNG)),),
        "layer_extents": (Extent(900, 900),),
    }

    assert seconds_of(priced(less, **logo)) < seconds_of(priced(more, **logo))


def test_a_layer_costs_what_its_own_file_costs() -> None:
    small, large = (
        priced(
            "w-500,l-image,i-logo.png,w-400,l-end",
            layers=(("logo.png", Path("b"), Content.of(Format.PNG)),),
            layer_extents=(Extent(side, side),),
        )
        for side in (100, 5000)
    )

    assert seconds_of(small) * 3 < seconds_of(large)
    assert small.memory + 5000 * 5000 * 3 < large.memory


@pytest.mark.parametrize("source", [Format.GIF, Format.WEBP])
def test_frames_count_where_the_picture_goes_on_moving(source: Format) -> None:
    frames = Extent(400, 300, frames=50)
    moving, still = priced("w-200,f-webp", source, frames), priced("w-200,f-jpg", source, frames)
    alone = priced("w-200,f-webp", source, Extent(400, 300))

    assert seconds_of(still) * 20 < seconds_of(moving)
    assert seconds_of(alone) * 20 < seconds_of(moving)
    assert alone.memory < moving.memory


def test_a_jpeg_that_is_shrunk_while_it_is_read_takes_the_memory_of_what_comes_out() -> None:
    large, whole, scans = priced("w-400"), priced("f-jpg"), priced("w-400", extent=replace(PHOTO, progressive=True))

    assert large.memory < 40 * 2**20
    assert whole.memory > 12_000_000 * 4
    assert large.memory + 12_000_000 < scans.memory


@pytest.mark.parametrize("content", [Content("application/pdf"), Content.of(Format.SVG)])
def test_what_has_no_pixels_costs_by_what_is_asked_for(content: Content) -> None:
    small, large = (priced(f"w-{side}", content=content, extent=None) for side in (100, 3000))

    assert seconds_of(small) * 10 < seconds_of(large)


def test_what_does_not_fit_the_picture_costs_no_more_than_to_find_it_out() -> None:
    assert priced("cm-extract,w-100,h-100,x-9000").draw == 0


def seconds_of(price: Price) -> float:
    return Prices().estimate(price)


@pytest.mark.parametrize("text", ["w-9000", "w-5000,bl-50:w-5001:w-5000,e-distort-a-60", "w-6000:w-8000,b-300-red"])
def test_what_is_refused_at_once_takes_no_time(text: str) -> None:
    assert seconds_of(priced(text)) < 0.3
    assert seconds_of(priced(text, extent=None, source_bytes=4_000_000)) > 1  # which may be of another size
    assert seconds_of(priced(f"t-10,{text}")) > 1  # of which little may be left


@pytest.mark.parametrize(("text", "alone"), [("w-500,bl-9", False), ("w-8000,bl-9", True)])
def test_a_job_is_alone_that_may_need_more_than_half_of_a_workers_memory(text: str, alone: bool) -> None:
    work = job(Format.PNG, 10**6, OutputFormat.WEBP, None)

    marked = alone_if_large(work, priced(text).memory, most=2**30)

    assert marked == replace(work, alone=alone)


@pytest.mark.parametrize("quick", [True, False])
def test_what_is_compiled_makes_a_price_and_not_a_refusal(monkeypatch: pytest.MonkeyPatch, quick: bool) -> None:
    """Scaling is foretold to be quicker where it is; the same URL is refused everywhere or nowhere."""
    monkeypatch.setattr("proxy.pixels.pricing.CAN_RESAMPLE", quick)
    stage = plan_stages(read_plan("w-2000").plan.steps, Size(4000, 3000), LIMITS)[0]

    assert (priced("w-2000").draw < 0.2) is quick
    assert work_of(stage, clear=False)["scaling"] == pytest.approx(0.375)
