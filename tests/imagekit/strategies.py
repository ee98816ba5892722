"""Plans as only the reader makes them: nothing in them that cannot change a pixel."""

from fractions import Fraction

from hypothesis import strategies as st

from proxy.imagekit.canonical import canonical_frame, canonical_output
from proxy.plan.frame import Crop, Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import Step
from proxy.plan.values import Color, Focus, Length

MILLIONTH = 1_000_000
ODD_WORDS = """
w- h- ar- c- cm- fo- x- y- xc- yc- dpr- q- f- pr- lo- cp- md- rt- bg- orig- l-text l-image l-end i- ie- if-
if-w_gt_5 if-else if-end n- e- e-sharpen e-upscale oi- fl- di- , : - _ N %2C %3A %2c %25 %zz %FF %00 + auto
300 0 0.5 1e5 70000 9999999999999999999999 true false force extract red FF0000 FF000050 iw_div_2 @@ tr: / ? & #
"""


def millionths(lowest: int, highest: int) -> st.SearchStrategy[float]:
    return st.integers(lowest, highest).map(lambda count: count / MILLIONTH)


def lengths() -> st.SearchStrategy[Length]:
    pixels = st.integers(1, 65535).map(lambda side: Length(float(side)))
    shares = millionths(1, MILLIONTH - 1).map(lambda share: Length(share, relative=True))
    return pixels | shares


def ratios() -> st.SearchStrategy[Fraction]:
    return st.builds(Fraction, st.integers(1, 9999), st.integers(1, 9999))


def frames() -> st.SearchStrategy[Frame]:
    """Any frame, whether or not all of it counts."""
    place = st.none() | st.integers(-65535, 65535)
    return st.builds(
        Frame,
        width=st.none() | lengths(),
        height=st.none() | lengths(),
        ratio=st.none() | ratios(),
        crop=st.sampled_from(Crop),
        focus=st.sampled_from(Focus),
        x=place,
        y=place,
        x_center=place,
        y_center=place,
        density=st.just(1.0) | st.sampled_from([0.1, 0.5, 1.5, 2.0, 3.0, 5.0]) | millionths(100_000, 5 * MILLIONTH),
    )


def colors() -> st.SearchStrategy[Color]:
    channel = st.integers(0, 255)
    return st.builds(Color, channel, channel, channel, st.integers(0, 100))


def steps() -> st.SearchStrategy[Step]:
    turns = st.just(0.0) | st.sampled_from([90.0, 180.0, 270.0]) | millionths(0, 360 * MILLIONTH - 1)
    return st.builds(Step, frames().map(canonical_frame), turns, st.none() | colors())


def outputs() -> st.SearchStrategy[Output]:
    flag = st.booleans()
    return st.builds(
        Output,
        format=st.none() | st.sampled_from(OutputFormat),
        quality=st.none() | st.integers(1, 100),
        progressive=flag,
        lossless=flag,
        keep_profile=flag,
        keep_metadata=flag,
    ).map(canonical_output)


def plans() -> st.SearchStrategy[Plan]:
    chains = st.lists(steps().filter(lambda step: step != Step()), max_size=4).map(tuple)
    drawn = st.builds(Plan, steps=chains, output=outputs(), orient=st.sampled_from([None, True]))
    return drawn | st.just(Plan(original=True))


def odd_texts() -> st.SearchStrategy[str]:
    """Texts that come near the language: its own words, badly put together."""
    words = st.sampled_from(ODD_WORDS.split())
    return st.lists(words | st.text(max_size=3), max_size=30).map("".join)
