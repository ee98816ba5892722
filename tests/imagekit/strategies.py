"""The smaller values of plans, and texts that come near the language."""

from fractions import Fraction
from functools import cache

from hypothesis import strategies as st

from proxy.imagekit.canonical import canonical_output
from proxy.plan.expressions import OPERATORS, Expression
from proxy.plan.frame import Crop, Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.values import Color, Focus, Length

MILLIONTH = 1_000_000
ODD_WORDS = """
w- h- ar- c- cm- fo- x- y- xc- yc- dpr- q- f- pr- lo- cp- md- rt- bg- orig- l-text l-image l-end i- ie- if- if-w_gt_5
if-ar_lte_4-3_and_ih_ne_5_or_w_eq_9 if-else if-end n- e- e-sharpen e-upscale oi- fl- di- , : - _ N %2C %3A %2c %25 %zz
%FF %00 + auto l-image,i-a.png l-image,ie-YS5wbmc l-image,i-ik_canvas l-text,i-hi,fs-bw_div_9 l-text,ie-aGk lx-N5
lyc-bh_div_2 lfo- lap- lm- t-true t-false b-5_red b-cw_mul_0.1_red r-max r-5_6_7_8 o-40 bl-5 fl-h e-shadow-bl-5_st-3
e-gradient-ld-top_sp-ih_div_2 bg-blurred_5_N9 bg-gradient_dominant_4 cr-red_5_blue e-colorize-co-red_in-5
e-distort-a-N5 e-usm-1-2-3-4 pa-5_6 tg-b_i n-a fs- ff- co- ia-left lh-20 al-5 pg-2 w-auto dpr-auto
dn-300 dn-idn_mul_2 z-2 pr-false md-false 300 0 0.5 1e5 70000
9999999999999999999999 true false force extract red FF0000 FF000050 iw_div_2 @@ tr: / ? & #
"""


@cache
def millionths(lowest: int, highest: int) -> st.SearchStrategy[float]:
    return st.integers(lowest, highest).map(lambda count: count / MILLIONTH)


@cache
def lengths() -> st.SearchStrategy[Length]:
    pixels = st.integers(1, 65535).map(lambda side: Length(float(side)))
    shares = millionths(1, MILLIONTH - 1).map(lambda share: Length(share, relative=True))
    return pixels | shares


@cache
def ratios() -> st.SearchStrategy[Fraction]:
    return st.builds(Fraction, st.integers(1, 9999), st.integers(1, 9999))


@cache
def expressions(*variables: str) -> st.SearchStrategy[Expression]:
    names = st.sampled_from(variables)
    operand = names | millionths(0, 10_000 * MILLIONTH)
    rest = st.lists(st.tuples(st.sampled_from(sorted(OPERATORS)), operand), max_size=4).map(tuple)
    longer = rest.filter(bool)
    return st.builds(Expression, names, rest) | st.builds(Expression, operand, longer)


@cache
def frames(sums: st.SearchStrategy[Expression] | None = None) -> st.SearchStrategy[Frame]:
    """Any frame, whether or not all of it counts; with `sums`, with expressions."""
    sums = st.nothing() if sums is None else sums
    place = st.none() | st.integers(-65535, 65535) | sums
    dense = st.sampled_from([0.1, 0.5, 1.5, 2.0, 3.0, 5.0]) | millionths(100_000, 5 * MILLIONTH)
    return st.builds(
        Frame,
        width=st.none() | lengths() | sums,
        height=st.none() | lengths() | sums,
        ratio=st.none() | ratios() | sums,
        crop=st.sampled_from(Crop),
        focus=st.sampled_from(Focus),
        x=place,
        y=place,
        x_center=place,
        y_center=place,
        density=st.just(1.0) | dense | sums,
    )


@cache
def colors() -> st.SearchStrategy[Color]:
    channel = st.integers(0, 255)
    return st.builds(Color, channel, channel, channel, st.integers(0, 100))


@cache
def rotations() -> st.SearchStrategy[float]:
    return st.just(0.0) | st.sampled_from([90.0, 180.0, 270.0]) | millionths(0, 360 * MILLIONTH - 1)


@cache
def words_of_output() -> st.SearchStrategy[Output]:
    """As a branch may say them."""
    flag = st.none() | st.booleans()
    return st.builds(
        Output,
        format=st.none() | st.sampled_from(OutputFormat),
        quality=st.none() | st.integers(1, 100),
        progressive=flag,
        lossless=flag,
        keep_profile=flag,
        keep_metadata=flag,
        density=st.none() | st.integers(1, 1200) | expressions("idn"),
    )


@cache
def outputs() -> st.SearchStrategy[Output]:
    return words_of_output().map(canonical_output)


@cache
def odd_texts() -> st.SearchStrategy[str]:
    """Texts that come near the language: its own words, badly put together."""
    words = st.sampled_from(ODD_WORDS.split())
    glue = st.sampled_from([",", ",", ":", ""])
    pieces = st.tuples(words | st.text(max_size=3), glue).map("".join)
    return st.lists(pieces, max_size=30).map("".join)
