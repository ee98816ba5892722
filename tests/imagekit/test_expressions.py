"""Expressions and conditions: text -> value."""

from fractions import Fraction

import pytest

from proxy.errors import InvalidTransformation
from proxy.imagekit.expressions import condition, expression
from proxy.imagekit.reading import read_plan
from proxy.imagekit.values import Unwelcome
from proxy.plan.output import Output, OutputFormat
from proxy.plan.steps import Branch, Choice, Comparison

SCOPE = {name: Fraction(value) for name, value in {"iw": 1000, "ih": 600, "cw": 500, "bw": 300}.items()}

VALUES = {
    "iw": 1000,
    "iw_div_2": 500,
    "ih_mul_0.8_add_iw_mul_0.4": 880,
    "10_add_2_pow_2": 144,
    "ih_div_6_add_10_mod_30": 20,
    "bw_sub_100": 200,
}


@pytest.mark.parametrize("text", VALUES)
def test_an_expression_has_the_value_that_the_reference_says(text: str) -> None:
    assert expression(text).value(SCOPE) == VALUES[text]
    assert str(expression(text)) == text


def test_what_is_too_large_for_any_picture_is_a_billion() -> None:
    assert expression("iw_mul_iw_mul_iw_mul_2").value(SCOPE) == 10**9
    assert expression("iw_mul_iw_mul_iw_mul_iw_div_iw_div_iw_div_iw").value(SCOPE) == 1000


@pytest.mark.parametrize(
    "text", ["iw_pow_iw", "iw_mul_1000000000_mul_1000000000", "iw_div_0", "iw_sub_iw", "iw_sub_2000"]
)
def test_a_sum_that_has_no_value_names_itself(text: str) -> None:
    with pytest.raises(InvalidTransformation) as caught:
        expression(text).value(SCOPE)

    assert caught.value.part == text


NO_EXPRESSIONS = [
    "",
    "7",
    "iw_",
    "iw_div",
    "_iw",
    "iw_foo_2",
    "idm",
    "iw_div_N2",
    "iw div 2",
    "IW",
    "iw_add_9999999999",
]


@pytest.mark.parametrize("text", [*NO_EXPRESSIONS, "iw" + "_add_1" * 17])
def test_anything_else_is_no_expression(text: str) -> None:
    with pytest.raises(Unwelcome):
        expression(text)


FOREIGN = [
    "w-bw",
    "x-bh_div_2",
    "b-bar_red",
    "l-text,i-a,w-iw_div_2,l-end",
    "l-text,i-a,lx-cw,l-end",
    "l-image,i-ik_canvas,w-iw,l-end",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_a_variable_that_means_nothing_there_is_refused(text: str) -> None:
    with pytest.raises(InvalidTransformation, match="variables that mean something here"):
        read_plan(text)


def test_an_image_layer_knows_itself_and_its_base() -> None:
    text = "l-image,ie-YQ,lx-cw_div_2,ly-0,t-10,w-bw_div_2,h-ih,l-end"

    assert str(read_plan(text).plan) == text


def test_and_binds_before_or() -> None:
    wide = (Comparison("ar", "gte", Fraction(4, 3)),)
    high = (Comparison("h", "gt", Fraction(700)), Comparison("w", "lt", Fraction(900)))

    assert condition("ar_gte_4-3_or_h_gt_700_and_w_lt_900") == (wide, high)


@pytest.mark.parametrize(
    "text", ["", "w", "w_gt", "w_gt_", "w_over_5", "cw_gt_5", "w_gt_4-3", "ar_gt_4-0", "w_gt_5_and_"]
)
def test_anything_else_is_no_condition(text: str) -> None:
    with pytest.raises(Unwelcome):
        condition(text)


def test_a_branch_may_be_a_chain_and_speak_of_the_output() -> None:
    plan = read_plan("if-w_gt_5,w-80:rt-90,if-else,f-webp,if-end:q-5").plan
    [choice] = plan.steps

    assert isinstance(choice, Choice)
    assert len(choice.then.links) == 2
    assert choice.otherwise == Branch(output=Output(OutputFormat.WEBP))
    assert plan.output == Output(quality=5)


def test_a_choice_between_nothing_and_nothing_vanishes() -> None:
    assert str(read_plan("if-w_gt_5,if-else,if-end:w-5").plan) == "w-5"


def test_an_if_block_has_one_else() -> None:
    with pytest.raises(InvalidTransformation, match="one if-else"):
        read_plan("if-w_gt_5,w-5,if-else,w-6,if-else,w-7,if-end")


def test_turning_upright_holds_for_the_whole_plan_wherever_it_is_said() -> None:
    assert str(read_plan("if-w_gt_5,w-5,rt-auto,if-end").plan) == "rt-auto:if-w_gt_5,w-5,if-end"
