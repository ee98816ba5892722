from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from proxy.errors import InvalidTransformation, LimitExceeded
from proxy.imagekit.reading import read_plan
from proxy.pixels.geometry import NEVER_ENLARGES, PADS, Placement, Size, place, turned
from proxy.pixels.job import Limits
from proxy.pixels.stages import plan_stages
from proxy.plan.frame import Crop, Frame
from proxy.plan.steps import Step
from proxy.plan.values import Focus, Length
from tests.pixels.pictures import LIMITS, sized

SIDES = st.integers(1, 3000)
SIZES = st.builds(Size, SIDES, SIDES)
FOCUSES = st.sampled_from(Focus)
CROPS = st.sampled_from(Crop)


@st.composite
def frames(draw: st.DrawFn, crops: st.SearchStrategy[Crop] = CROPS) -> Frame:
    """Frames of both sides, in pixels or in shares."""
    share = st.integers(1, 999).map(lambda part: Length(part / 1000, relative=True))
    side = st.integers(1, 4000).map(lambda pixels: Length(float(pixels))) | share
    return Frame(draw(side), draw(side), crop=draw(crops), focus=draw(FOCUSES))


@given(frames(), SIZES)
def test_nothing_ever_leaves_the_source_or_the_canvas(frame: Frame, source: Size) -> None:
    try:
        placement = place(frame, source)
    except InvalidTransformation:
        assume(False)
    left, top, right, bottom = placement.window

    assert 0 <= left < right <= source.width
    assert 0 <= top < bottom <= source.height
    assert all(start >= 0 for start in (*placement.cut, *placement.at))
    assert placement.cut[0] + placement.part.width <= placement.scaled.width
    assert placement.cut[1] + placement.part.height <= placement.scaled.height
    assert placement.at[0] + placement.part.width <= placement.canvas.width
    assert placement.at[1] + placement.part.height <= placement.canvas.height


@given(frames(st.sampled_from(sorted(NEVER_ENLARGES))), SIZES)
def test_some_modes_never_enlarge(frame: Frame, source: Size) -> None:
    scaled = place(frame, source).scaled

    assert scaled.width <= source.width
    assert scaled.height <= source.height


@given(SIZES, SIZES, FOCUSES)
def test_at_max_fits_inside_and_keeps_the_ratio(source: Size, wanted: Size, focus: Focus) -> None:
    canvas = place(Frame(Length(wanted.width), Length(wanted.height), crop=Crop.AT_MAX, focus=focus), source).canvas

    assert canvas.width <= min(wanted.width, source.width)
    assert canvas.height <= min(wanted.height, source.height)
    assert abs(canvas.width * source.height - canvas.height * source.width) <= max(source.pair)


@given(SIZES, SIZES)
def test_at_least_covers_with_one_side_exact(source: Size, wanted: Size) -> None:
    canvas = place(Frame(Length(wanted.width), Length(wanted.height), crop=Crop.AT_LEAST), source).canvas

    assert canvas.width >= wanted.width
    assert canvas.height >= wanted.height
    assert canvas.width == wanted.width or canvas.height == wanted.height


@given(SIZES, SIZES, st.sampled_from([Crop.MAINTAIN_RATIO, Crop.FORCE, Crop.PAD_RESIZE, Crop.PAD_EXTRACT]))
def test_most_modes_deliver_what_was_asked_for(source: Size, wanted: Size, crop: Crop) -> None:
    assert place(Frame(Length(wanted.width), Length(wanted.height), crop=crop), source).canvas == wanted


@given(SIZES, SIZES, FOCUSES)
def test_only_padding_modes_pad(source: Size, wanted: Size, focus: Focus) -> None:
    for crop in set(Crop) - PADS - {Crop.EXTRACT}:
        assert not place(Frame(Length(wanted.width), Length(wanted.height), crop=crop, focus=focus), source).padded


@given(SIZES, st.integers(1, 4000), st.sampled_from(Crop))
def test_one_side_alone_keeps_the_whole_picture(source: Size, side: int, crop: Crop) -> None:
    for frame in (Frame(width=Length(side), crop=crop), Frame(height=Length(side), crop=crop)):
        placement = place(frame, source)

        assert placement == Placement.whole(source, placement.canvas)


@given(frames(), SIZES, st.integers(1, 8))
def test_a_placement_survives_being_stored_another_way(frame: Frame, source: Size, orientation: int) -> None:
    """Mirrored twice, turned back and forth: the same picture."""
    try:
        placement = place(frame, source)
    except InvalidTransformation:
        assume(False)
    back = {6: 8, 8: 6}.get(orientation, orientation)
    stored = placement.as_stored(orientation)

    again = stored.as_stored(back)

    assert (again.scaled, again.cut, again.part) == (placement.scaled, placement.cut, placement.part)
    assert (stored.source == source) == (orientation < 5 or source.width == source.height)


@given(st.lists(frames().map(lambda frame: Step(frame=frame)), max_size=3), SIZES)
def test_a_chain_stays_within_the_limits_or_is_refused(steps: list[Step], source: Size) -> None:
    limits = Limits(max_source_pixels=9_000_000, max_output_side=2000)
    try:
        stages = plan_stages(steps, source, limits)
    except (LimitExceeded, InvalidTransformation):
        return

    assert all(stage.size.longest <= max(2000, source.longest) for stage in stages)
    assert all(stage.size.pixels <= limits.max_source_pixels for stage in stages)


@pytest.mark.parametrize(
    ("frame", "at"),
    [
        (Frame(x=10), (10, 0)),
        (Frame(y=10), (0, 10)),
        (Frame(x=10, y=20, x_center=500, y_center=300), (10, 20)),
        (Frame(x_center=300), (150, 200)),
        (Frame(y_center=300, focus=Focus.LEFT), (0, 200)),
        (Frame(x=700, y=400), (700, 400)),
    ],
)
def test_an_extract_is_placed(frame: Frame, at: tuple[int, int]) -> None:
    placement = place(replace(frame, width=Length(300), height=Length(200), crop=Crop.EXTRACT), Size(1000, 600))

    assert placement.cut == at


@pytest.mark.parametrize("frame", [Frame(x=701), Frame(y=-1), Frame(x_center=149), Frame(y_center=501)])
def test_an_extract_that_leaves_the_picture_names_itself(frame: Frame) -> None:
    with pytest.raises(InvalidTransformation) as caught:
        place(replace(frame, width=Length(300), height=Length(200), crop=Crop.EXTRACT), Size(1000, 600))

    assert caught.value.part.startswith("w-300,h-200,cm-extract,")


@pytest.mark.parametrize("key", ["w", "h", "ar", "dpr", "x", "yc", "b"])
def test_a_sum_that_is_nothing_names_its_parameter(key: str) -> None:
    text = {"w": "", "h": "w-5,", "b": ""}.get(key, "w-5,cm-extract,h-6," if key in {"x", "yc"} else "w-5,")
    value = "iw_sub_5000_red" if key == "b" else "iw_sub_5000"
    plan = read_plan(f"{text}{key}-{value}").plan

    with pytest.raises(InvalidTransformation) as caught:
        plan_stages(plan.steps, Size(1000, 600), LIMITS)

    assert (caught.value.part, caught.value.expected) == (f"{key}-iw_sub_5000", "a result above 0")


def test_sides_are_rounded_half_up() -> None:
    assert place(Frame(width=Length(1)), Size(2, 1)).canvas == Size(1, 1)
    assert place(Frame(width=Length(25)), Size(50, 5)).canvas == Size(25, 3)
    assert place(Frame(width=Length(0.35, relative=True)), Size(30, 30)).canvas == Size(11, 11)
    assert place(Frame(width=Length(1)), Size(5000, 1)).canvas == Size(1, 1)


def test_a_ratio_comes_before_the_density() -> None:
    frame = Frame(width=Length(101), ratio=Fraction(1, 2), density=1.5)

    assert place(frame, Size(1000, 1000)).canvas == Size(152, 303)


@pytest.mark.parametrize(
    ("width", "density", "expected"), [(2500, 2, 5000), (2501, 2, 2501), (5, 0.1, 5), (10, 0.1, 1)]
)
def test_a_density_that_leads_too_far_is_dropped(width: int, density: float, expected: int) -> None:
    assert place(Frame(width=Length(width), density=density), Size(1000, 1000)).canvas.width == expected


def test_shares_in_a_chain_are_shares_of_the_step_before() -> None:
    stages = plan_stages([sized(500), Step(frame=Frame(Length(0.5, relative=True)))], Size(1000, 600), LIMITS)

    assert [stage.size for stage in stages] == [Size(500, 300), Size(250, 150)]


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [
        (0, (300, 180)),
        (90, (180, 300)),
        (180, (300, 180)),
        (270, (180, 300)),
        (45, (339, 339)),
        (30, (350, 306)),
        (135, (339, 339)),
    ],
)
def test_a_turned_picture_fits_its_canvas(degrees: float, expected: tuple[int, int]) -> None:
    assert turned(Size(300, 180), degrees).pair == expected


def test_a_large_side_is_refused() -> None:
    with pytest.raises(LimitExceeded, match="8193"):
        plan_stages([sized(8193)], Size(1000, 600), LIMITS)
    assert plan_stages([sized(8192)], Size(1000, 600), LIMITS)[-1].size.width == 8192


def test_a_source_may_keep_its_own_size_and_no_more() -> None:
    assert plan_stages([], Size(20_000, 4000), LIMITS)[-1].size == Size(20_000, 4000)
    with pytest.raises(LimitExceeded):
        plan_stages([sized(20_001)], Size(20_000, 4000), LIMITS)
    with pytest.raises(LimitExceeded):
        plan_stages([sized(20_000, 5000, crop=Crop.FORCE)], Size(20_000, 4000), LIMITS)


def test_a_step_between_is_limited_too() -> None:
    with pytest.raises(LimitExceeded):
        plan_stages([sized(9000), sized(100)], Size(1000, 600), LIMITS)
    with pytest.raises(LimitExceeded):
        plan_stages([Step(rotation=45.0)], Size(8000, 8000), LIMITS)
