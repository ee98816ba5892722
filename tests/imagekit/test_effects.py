"""Effects: text -> value, and what is beyond their ranges."""

import pytest

from proxy.imagekit import effects
from proxy.imagekit.reading import read_plan
from proxy.imagekit.values import Reader, Unwelcome
from proxy.plan.effects import (
    Arc,
    BlurredBackground,
    Border,
    Colorize,
    ColorReplace,
    DominantBackground,
    Gradient,
    Perspective,
    Radius,
    Shadow,
    Unsharp,
)
from proxy.plan.expressions import Expression
from proxy.plan.values import Color, Length

RED, BLUE = Color(255, 0, 0), Color(0, 0, 255)

MEANINGS: list[tuple[Reader, str, object]] = [
    (effects.trim, "true", 10),
    (effects.trim, "false", None),
    (effects.trim, "99", 99),
    (effects.sharpen, "", 0.0),
    (effects.sharpen, "12.5", 12.5),
    (effects.opacity, "0", 0),
    (effects.opacity, "100", None),
    (effects.unsharp, "", Unsharp(2, 2, 0.8, 0.024)),
    (effects.unsharp, "1-2.5-3-0", Unsharp(1, 2.5, 3, 0)),
    (effects.shadow, "", Shadow(10, 30, 2, 2)),
    (effects.shadow, "y-N7_st-100_bl-0", Shadow(0, 100, 2, -7)),
    (effects.gradient, "", Gradient()),
    (effects.gradient, "to-red_from-0000FF50_ld-top_right", Gradient(45, Color(0, 0, 255, 50), RED)),
    (effects.gradient, "ld-350_sp-0.4", Gradient(350, stop=Length(0.4, relative=True))),
    (effects.gradient, "sp-200", Gradient(stop=Length(200))),
    (effects.gradient, "sp-1", Gradient()),
    (effects.gradient, "sp-ih_mul_0.3_ld-left", Gradient(270, stop=Expression("ih", (("mul", 0.3),)))),
    (effects.color_replace, "red", ColorReplace(RED)),
    (effects.color_replace, "red_50", ColorReplace(RED, 50)),
    (effects.color_replace, "red_50_blue", ColorReplace(RED, 50, BLUE)),
    (effects.colorize, "", Colorize(Color(128, 128, 128), 100)),
    (effects.colorize, "in-20_co-red", Colorize(RED, 20)),
    (effects.distort, "p-0_0_90_N10_90_80_0_100", Perspective((0, 0, 90, -10, 90, 80, 0, 100))),
    (effects.distort, "a-N45.5", Arc(-45.5)),
    (effects.radius, "max", Radius(None)),
    (effects.radius, "0", None),
    (effects.radius, "1_2_3_4", Radius((1, 2, 3, 4))),
    (effects.border, "5_FF0000", Border(5, RED)),
    (effects.border, "5-FF0000", Border(5, RED)),
    (effects.border, "0_red", None),
    (effects.border, "iw_div_20_red", Border(Expression("iw", (("div", 20.0),)), RED)),
    (effects.background, "blurred", BlurredBackground(None, 0)),
    (effects.background, "blurred_auto", BlurredBackground(None, 0)),
    (effects.background, "blurred_15_N255", BlurredBackground(15, -255)),
    (effects.background, "dominant", DominantBackground(1)),
    (effects.background, "gradient_dominant", DominantBackground(2)),
    (effects.background, "gradient_dominant_4", DominantBackground(4)),
    (effects.background, "FF0000", RED),
]


@pytest.mark.parametrize(("read", "text", "value"), MEANINGS, ids=lambda part: str(getattr(part, "__name__", part)))
def test_a_text_means_an_effect(read: Reader, text: str, value: object) -> None:
    assert read(text) == value


REFUSED: list[tuple[Reader, str]] = [
    (effects.flag, "true"),
    (effects.flip, "v_v"),
    (effects.trim, "0"),
    (effects.trim, "100"),
    (effects.sharpen, "0"),
    (effects.opacity, "101"),
    (effects.unsharp, "1-2-3"),
    (effects.unsharp, "0-2-3-4"),
    (effects.shadow, "bl-16"),
    (effects.shadow, "st-101"),
    (effects.shadow, "x-N101"),
    (effects.shadow, "bl-5_zz-5"),
    (effects.gradient, "red"),
    (effects.gradient, "ld-360"),
    (effects.gradient, "ld-up"),
    (effects.gradient, "sp-0.001"),
    (effects.gradient, "sp-0.995"),
    (effects.gradient, "from-FFF"),
    (effects.color_replace, "red_101"),
    (effects.color_replace, "red_5_blue_6"),
    (effects.colorize, "in-101"),
    (effects.distort, "p-1_2_3_4_5_6_7"),
    (effects.distort, "a-0"),
    (effects.distort, "q-5"),
    (effects.radius, "1_2"),
    (effects.radius, "N5"),
    (effects.border, "red"),
    (effects.border, "5_FFF"),
    (effects.border, "_red"),
    (effects.background, "blurry"),
    (effects.background, "blurred_101"),
    (effects.background, "blurred_5_N256"),
    (effects.background, "gradient_dominant_3"),
    (effects.background, "dominant_2"),
]


@pytest.mark.parametrize(("read", "text"), REFUSED, ids=lambda part: str(getattr(part, "__name__", part)))
def test_what_is_beyond_its_range_is_refused(read: Reader, text: str) -> None:
    with pytest.raises(Unwelcome):
        read(text)


@pytest.mark.parametrize(
    "key", ["e-grayscale", "e-contrast", "e-sharpen", "e-usm", "e-shadow", "e-gradient", "e-colorize"]
)
def test_a_boolean_turns_an_effect_on_and_off(key: str) -> None:
    assert str(read_plan(f"{key}-true").plan) == str(read_plan(key).plan) != ""
    assert str(read_plan(f"{key},{key}-false").plan) == ""
