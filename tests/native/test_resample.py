"""Our own scaling, against Pillow's."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from proxy.native.arrow import pixels_of
from proxy.native.library import Filter, Window, resample
from tests.native.needs import needs_resample

pytestmark = needs_resample

MODES = ["L", "CMYK"]  # of Pillow's those with 1 and with 4 bytes a pixel, none of which counts for another
REACH = {Filter.LANCZOS: 3, Filter.BICUBIC: 2, Filter.BILINEAR: 1, Filter.HAMMING: 1}
ROUNDING = 2  # of 255: Pillow goes along rows first, ours along columns, and both round in between
CALM = bytes(64 + value // 2 for value in range(256))  # so far from black and white that no pass ends there
sides = st.integers(1, 90)
filters = st.sampled_from(Filter)
modes = st.sampled_from(MODES)


def scaled(image: Image.Image, size: tuple[int, int], filter: Filter, window: Window | None = None) -> Image.Image:
    result = Image.new(image.mode, size)
    with pixels_of(image) as source, pixels_of(result) as pixels:
        resample(source, window or (0.0, 0.0, float(image.width), float(image.height)), filter, pixels)
    return result


@st.composite
def pictures(draw: st.DrawFn) -> Image.Image:
    mode, width, height = draw(modes), draw(sides), draw(sides)
    chance = draw(st.randoms(use_true_random=False))
    return Image.frombytes(mode, (width, height), chance.randbytes(width * height * len(mode)))


@st.composite
def spans(draw: st.DrawFn, side: int) -> tuple[float, float]:
    """From and to; as 32 bits hold them, since Pillow does no better."""
    start, end = sorted(draw(st.tuples(*2 * [st.floats(0, side, width=32)])))
    return (start, end) if end - start > 0.01 else (0.0, float(side))


@given(st.data(), pictures(), sides, sides, filters)
def test_it_is_what_pillow_does(data: st.DataObject, image: Image.Image, wide: int, high: int, filter: Filter) -> None:
    (left, right), (top, bottom) = data.draw(spans(image.width)), data.draw(spans(image.height))
    window = (left, top, right, bottom)
    image = Image.frombytes(image.mode, image.size, image.tobytes().translate(CALM))

    ours = scaled(image, (wide, high), filter, window)

    theirs = image.resize((wide, high), Image.Resampling(filter), window)
    assert difference(ours, theirs) <= ROUNDING


def difference(one: Image.Image, other: Image.Image) -> int:
    return max(abs(a - b) for a, b in zip(one.tobytes(), other.tobytes(), strict=True))


@given(st.data(), modes, st.tuples(sides, sides), filters, st.tuples(*4 * [st.integers(0, 255)]))
def test_one_colour_stays_that_colour(
    data: st.DataObject, mode: str, size: tuple[int, int], filter: Filter, color: tuple[int, ...]
) -> None:
    image = Image.new(mode, (data.draw(sides), data.draw(sides)), color if mode == "CMYK" else color[0])
    (left, right), (top, bottom) = data.draw(spans(image.width)), data.draw(spans(image.height))

    drawn = scaled(image, size, filter, (left, top, right, bottom))

    assert drawn.tobytes() == size[0] * size[1] * image.tobytes()[: len(mode)]


@given(pictures(), filters)
def test_a_picture_in_its_own_size_is_itself(image: Image.Image, filter: Filter) -> None:
    assert scaled(image, image.size, filter).tobytes() == image.tobytes()


@given(st.data(), pictures(), sides, sides, filters)
def test_pixels_out_of_reach_do_not_count(
    data: st.DataObject, image: Image.Image, wide: int, high: int, filter: Filter
) -> None:
    across, down = data.draw(spans(image.width)), data.draw(spans(image.height))
    window, size = (across[0], down[0], across[1], down[1]), (wide, high)
    (left, right), (top, bottom) = reached(across, wide, filter), reached(down, high, filter)
    elsewhere = ImageChops.invert(image)
    box = (max(0, left), max(0, top), min(image.width, right), min(image.height, bottom))
    elsewhere.paste(image.crop(box), box)

    assert scaled(elsewhere, size, filter, window).tobytes() == scaled(image, size, filter, window).tobytes()


def reached(span: tuple[float, float], wanted: int, filter: Filter) -> tuple[int, int]:
    reach = REACH[filter] * max(1.0, (span[1] - span[0]) / wanted) + 1
    return math.floor(span[0] - reach), math.ceil(span[1] + reach)


@pytest.mark.parametrize("beyond", [1e-9, 1e-4])
@pytest.mark.parametrize("filter", Filter)
def test_a_rounding_error_beyond_the_edge_changes_nothing(filter: Filter, beyond: float) -> None:
    image = Image.linear_gradient("L").crop((0, 100, 50, 150))

    drawn = scaled(image, (20, 20), filter, (-beyond, -beyond, 50 + beyond, 50 + beyond))

    assert difference(drawn, scaled(image, (20, 20), filter)) <= 1


@pytest.mark.parametrize(
    "window",
    [
        (math.nan, 0.0, 9.0, 9.0),
        (0.0, 0.0, 9.0, math.nan),
        (0.0, 0.0, math.inf, 9.0),
        (-math.inf, 0.0, 9.0, 9.0),
        (0.0, -1.0, 9.0, 9.0),
        (0.0, 0.0, 9.1, 9.0),
        (20.0, 0.0, 29.0, 9.0),
        (3.0, 0.0, 3.0, 9.0),
        (0.0, 6.0, 9.0, 5.0),
        (0.0, 0.0, 2e9, 9.0),
    ],
    ids=str,
)
def test_what_is_no_window_is_refused(window: Window) -> None:
    with pytest.raises(ValueError, match="cannot become"):
        scaled(Image.new("L", (9, 9)), (4, 4), Filter.LANCZOS, window)


def test_far_too_many_weights_are_refused() -> None:
    """Whole numbers could not add up to one."""
    scaled(Image.new("L", (2500, 1)), (10, 1), Filter.LANCZOS)

    with pytest.raises(ValueError, match="cannot become"):
        scaled(Image.new("L", (2501, 1)), (10, 1), Filter.LANCZOS)


def test_other_channels_are_refused() -> None:
    gray, color = Image.new("L", (9, 9)), Image.new("RGB", (9, 9))

    with pixels_of(gray) as source, pixels_of(color) as result, pytest.raises(ValueError, match="channels"):
        resample(source, (0.0, 0.0, 9.0, 9.0), Filter.LANCZOS, result)
