"""Chains are resolved link by link; the reference's rows of expressions and conditions, as plans."""

import json
from contextlib import nullcontext
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from proxy.errors import InvalidTransformation, LimitExceeded
from proxy.formats import Format
from proxy.imagekit.reading import read_plan
from proxy.pixels.drawing import Artist
from proxy.pixels.geometry import Size
from proxy.pixels.job import Limits
from proxy.pixels.made import Ready
from proxy.pixels.stages import merged, plan_stages
from proxy.plan.effects import Border, Radius
from proxy.plan.expressions import Expression
from proxy.plan.frame import Crop, Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.steps import Branch, Choice, Comparison, ImageLayer, Link, Look, Step, TextLayer
from proxy.plan.values import Color, Length
from tests.pixels.pictures import LIMITS, Studio, file_of_places, places, sized

YELLOW = Color(255, 240, 0)
TABLE: list[dict[str, Any]] = json.loads((Path(__file__).parent.parent / "vectors" / "imagekit.json").read_text())[
    "rows"
]
ROWS = {row["id"]: row for row in TABLE}


def value(text: str) -> Expression:
    """`iw_div_2`, of numbers and variables."""
    first, *rest = (float(word) if word[0].isdigit() else word for word in text.split("_"))
    pairs = tuple((str(operator), operand) for operator, operand in zip(rest[::2], rest[1::2], strict=True))
    return Expression(first, pairs)


def wide(text: str, height: str | None = None, **frame: Any) -> Step:
    return Step(frame=Frame(value(text), None if height is None else value(height), **frame))


def comparison(subject: str, relation: str, number: float | Fraction) -> Comparison:
    return Comparison(subject, relation, Fraction(number))


def when(*groups: tuple[Comparison, ...], then: Step, otherwise: Step | None = None) -> Choice:
    return Choice(groups, Branch((then,)), Branch((otherwise,) if otherwise else ()))


LANDSCAPE = when((comparison("ar", "gt", 1),), then=sized(200), otherwise=sized(300))
PLANS: dict[str, tuple[Link, ...]] = {
    "51": (wide("iw_div_2", "ih_div_2", crop=Crop.EXTRACT, x=value("iw_mul_0.2"), y=value("ih_mul_0.2")),),
    "61": (sized(400, 300), Step(rotation=90.0)),
    "62": (Step(rotation=90.0), sized(400, 300)),
    "63": (Step(frame=sized(400, 300).frame, rotation=90.0),),
    "64": (Step(rotation=270.0),),
    "65": (Step(frame=sized(300).frame, rotation=45.0),),
    "66": (Step(frame=sized(300).frame, border=Border(5, YELLOW)),),
    "67": (Step(border=Border(20, YELLOW)), sized(500)),
    "68": (wide("iw_div_4", "ih_div_2"), Step(border=Border(value("cw_mul_0.04"), YELLOW))),
    "69": (sized(500), wide("cw_div_2")),
    "70": (sized(500), wide("iw_div_2")),
    "71": (wide("ih_div_6_add_10_mod_30"),),
    "72": (wide("10_add_2_pow_2"),),
    "73": (LANDSCAPE,),
    "74": (LANDSCAPE,),
    "75": (when((comparison("w", "lt", 500),), then=sized(100)),),
    "76": (
        when(
            (comparison("ar", "gte", Fraction(4, 3)),),
            (comparison("h", "gt", 700), comparison("w", "lt", 900)),
            then=sized(80),
            otherwise=sized(90),
        ),
    ),
    "77": (sized(height=200), when((comparison("h", "eq", 200),), then=sized(100)), Step(rotation=90.0)),
    "79": (Step(frame=sized(300).frame, layers=(ImageLayer("logo.png", links=(sized(100),)),)),),
    "80": (Step(layers=(TextLayer("hello", size=40),)), sized(250)),
    "81": (Step(frame=sized(300, 300).frame, radius=Radius(None)),),
    "82": (Step(frame=sized(250).frame, look=Look(grayscale=True, blur=10)),),
    "84": (sized(100, 100, crop=Crop.AT_MAX),),
}


def expected(row: str) -> list[int]:
    found: list[int] = ROWS[row]["expected"]["size"]
    return found


def source_of(row: str) -> Size:
    return Size(ROWS[row]["source"]["w"], ROWS[row]["source"]["h"])


@pytest.mark.parametrize("row", PLANS)
def test_a_row_has_its_size(row: str) -> None:
    assert list(plan_stages(PLANS[row], source_of(row), LIMITS)[-1].size.pair) == expected(row)


@pytest.mark.parametrize("row", PLANS)
def test_a_row_is_drawn_in_its_size(row: str, studio: Studio) -> None:
    path = studio.bytes(file_of_places(*source_of(row).pair, "PNG"), "a.png")
    logo = studio.bytes(file_of_places(50, 50, "PNG"), "logo.png")

    assert list(studio.picture(path, *PLANS[row], layers={"logo.png": logo}).size) == expected(row)


@pytest.mark.parametrize("row", sorted(PLANS.keys() - {"84"}))  # a name means nothing without its settings
def test_a_row_as_it_is_read_has_its_size(row: str) -> None:
    plan = read_plan(ROWS[row]["tr"]).plan

    assert list(plan_stages(plan.steps, source_of(row), LIMITS)[-1].size.pair) == expected(row)


def test_a_window_by_expressions_is_where_they_say() -> None:
    [stage] = plan_stages(PLANS["51"], Size(1000, 600), LIMITS)

    assert (stage.placement.cut, stage.placement.part) == ((200, 120), Size(500, 300))


@pytest.mark.parametrize("text", ["bw_div_2", "iw_sub_1000", "iw_div_0", "iw_sub_2000"])
def test_an_expression_without_a_meaning_is_refused(text: str) -> None:
    with pytest.raises(InvalidTransformation):
        plan_stages([wide(text)], Size(1000, 600), LIMITS)


@pytest.mark.parametrize(("words", "refused"), [
    ("w-2000,h-1000,e-shadow", False), ("w-2001,h-1000,e-shadow", True), ("w-2500,e-shadow:w-100", True),
    ("w-100,e-shadow", False), ("w-100:e-shadow", False), ("e-shadow:w-100", True),
    ("w-2000,h-1000,e-shadow,b-9_red", False),
])  # fmt: skip
def test_a_shadow_of_too_many_pixels_is_refused_before_anything_is_drawn(words: str, refused: bool) -> None:
    with pytest.raises(LimitExceeded) if refused else nullcontext():
        plan_stages(read_plan(words).plan.steps, Size(2000, 1200), LIMITS)


def test_a_ratio_and_a_density_may_be_computed() -> None:
    frame = Frame(Length(100), ratio=value("iar"), density=value("iw_div_500"))

    assert plan_stages([Step(frame=frame)], Size(1000, 500), LIMITS)[-1].size == Size(200, 100)


def test_conditions_look_at_the_picture_so_far_or_at_the_original() -> None:
    now = when((comparison("w", "eq", 100),), then=sized(50))
    first = when((comparison("iw", "eq", 1000),), then=sized(20))

    assert plan_stages([sized(100), now, first], Size(1000, 1000), LIMITS)[-1].size.width == 20
    assert plan_stages([sized(100), first, now], Size(1000, 1000), LIMITS)[-1].size.width == 20


def test_choices_may_hold_choices_and_end_in_nothing() -> None:
    inner = when((comparison("h", "gt", 10),), then=sized(30))
    outer = Choice(((comparison("w", "gt", 10),),), Branch((sized(60), inner)))

    assert plan_stages([outer], Size(90, 90), LIMITS)[-1].size.width == 30
    assert [stage.size for stage in plan_stages([outer], Size(9, 9), LIMITS)] == [Size(9, 9)]


def test_the_branch_that_is_taken_decides_about_the_output(studio: Studio) -> None:
    jpeg, webp = Output(OutputFormat.JPEG, quality=40), Output(OutputFormat.WEBP)
    choice = Choice(((comparison("w", "gt", 50),),), Branch((sized(40),), jpeg), Branch((), webp))

    assert studio.draw(studio.file(places(60, 60), "a.png"), choice).format is Format.JPEG
    assert studio.draw(studio.file(places(50, 50), "b.png"), choice).format is Format.WEBP


@pytest.mark.parametrize("width", [Length(0.5, relative=True), Expression("iw", (("div", 2.0),))])
def test_a_share_is_one_of_the_original_before_it_is_trimmed(studio: Studio, width: Length | Expression) -> None:
    margined = Image.new("RGB", (100, 80), "white")
    margined.paste("red", (20, 20, 70, 60))
    path = studio.file(margined, "margined.png")

    assert studio.picture(path, Step(trim=10, frame=Frame(width))).size == (50, 40)


def test_what_is_trimmed_counts_for_the_steps_behind(studio: Studio) -> None:
    picture = Image.new("RGB", (100, 80), "white")
    picture.paste((200, 0, 0), (10, 20, 60, 60))
    path = studio.file(picture, "a.png")

    assert studio.picture(path, Step(trim=10)).size == (50, 40)
    assert studio.picture(path, Step(trim=10), Step(frame=Frame(Length(0.5, relative=True)))).size == (25, 20)
    assert studio.picture(path, Step(trim=10), wide("cw_mul_2")).size == (100, 80)
    assert studio.picture(path, Step(trim=10), when((comparison("h", "eq", 40),), then=sized(5))).size == (5, 4)
    assert plan_stages([sized(50), Step(trim=10), sized(20)], Size(100, 80), LIMITS)[-1].size.width == 50


NO = Output(progressive=False, lossless=False, keep_profile=False, keep_metadata=False)
YES = Output(progressive=True, lossless=True, keep_profile=True, keep_metadata=True)


def test_a_branch_may_take_back_what_was_said() -> None:
    assert merged(YES, [NO]) == NO
    assert merged(YES, [NO, Output(OutputFormat.PNG), YES]) == replace(YES, format=OutputFormat.PNG)
    assert merged(YES, [Output(quality=5, density=300)]) == replace(YES, quality=5, density=300)
    assert merged(YES, []) == YES


def test_a_jpeg_is_not_progressive_where_a_branch_says_so(studio: Studio) -> None:
    path = studio.file(places(60, 40), "a.png")
    choice = Choice(((comparison("w", "gt", 50),),), Branch(output=Output(progressive=False)))
    options: dict[str, Any] = {"format": OutputFormat.JPEG, "progressive": True}

    assert "progression" in studio.picture(path, **options).info
    assert "progression" not in studio.picture(path, choice, **options).info
    assert "progression" in studio.picture(path, sized(40), choice, **options).info


SIDES = st.integers(1, 300).map(lambda side: Length(float(side))) | st.sampled_from(
    [value(text) for text in ("iw_div_3", "cw_mul_0.7", "ih_sub_40", "ch_add_9_mod_50", "cw_pow_2")]
)
STEPS = st.builds(
    Step,
    frame=st.builds(Frame, st.none() | SIDES, st.none() | SIDES, crop=st.sampled_from(Crop)),
    border=st.none() | st.builds(Border, st.integers(1, 9), st.just(YELLOW)),
    rotation=st.sampled_from([0.0, 90.0, 33.0]),
)
RELATIONS, NUMBERS = st.sampled_from(["gt", "lte"]), st.integers(0, 200)
GROUPS = st.builds(comparison, st.sampled_from(["w", "ih", "ar"]), RELATIONS, NUMBERS).map(lambda one: ((one,),))


def chains(depth: int = 2) -> st.SearchStrategy[tuple[Link, ...]]:
    if not depth:
        return st.lists(STEPS, max_size=2).map(tuple)
    branches = chains(depth - 1).map(Branch)
    return st.lists(STEPS | st.builds(Choice, GROUPS, branches, branches), max_size=3).map(tuple)


@given(chains(), st.builds(Size, st.integers(1, 90), st.integers(1, 90)))
def test_a_chain_is_drawn_as_it_was_foreseen_or_refused(links: tuple[Link, ...], source: Size) -> None:
    limits = Limits(max_source_pixels=250_000, max_output_side=400)
    artist, picture = Artist(limits), Ready(Image.new("RGB", source.pair, "red"))
    try:
        stages = plan_stages(links, source, limits)
    except (InvalidTransformation, LimitExceeded) as refusal:
        with pytest.raises(type(refusal)):
            artist.draw(picture, links)
        return

    drawing = artist.draw(picture, links)

    assert [stage.size for stage in drawing.stages] == [stage.size for stage in stages]
    assert drawing.picture.size == stages[-1].size
