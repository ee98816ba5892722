"""Arithmetic on sides, and conditions on them: text -> value (ImageKit reference, section 4)."""

from fractions import Fraction

from proxy.imagekit.values import FINEST_RATIO, RATIO, Unwelcome, number
from proxy.plan.effects import Border, Gradient
from proxy.plan.expressions import LARGEST, OPERATORS, VARIABLES, Expression
from proxy.plan.steps import Comparison, Offset
from proxy.plan.values import MAX_SIDE

MAX_OPERATORS = 16
# What an expression may name: on the picture itself, in an image layer, and in a layer that is drawn from nothing.
OF_PICTURE = frozenset({"iw", "ih", "iar", "cw", "ch", "car"})
OF_DRAWN_LAYER = frozenset({"bw", "bh", "bar"})
OF_IMAGE_LAYER = OF_PICTURE | OF_DRAWN_LAYER
OF_DENSITY = frozenset({"idn"})

SUBJECTS = {"w", "h", "ar", "iw", "ih", "iar"}
RELATIONS = {"eq", "ne", "gt", "gte", "lt", "lte"}


def expression(text: str) -> Expression:
    """`ih_mul_0.5_add_10`; a number alone is none. Any variable is taken here, `variables` tells which there are."""
    first, *rest = text.split("_")
    operators, operands = rest[::2], rest[1::2]
    if len(operators) != len(operands) or len(operators) > MAX_OPERATORS or not OPERATORS.keys() >= set(operators):
        raise Unwelcome(text)
    if not rest and first not in VARIABLES:
        raise Unwelcome(text)
    return Expression(operand(first), tuple(zip(operators, map(operand, operands), strict=True)))


def operand(text: str) -> str | float:
    return text if text in VARIABLES else bounded(text)


def bounded(text: str) -> float:
    value = number(text)
    if value > LARGEST:
        raise Unwelcome(text)
    return value


def variables(value: object) -> frozenset[str]:
    """What a value of a parameter needs to know of pictures."""
    match value:
        case Expression():
            words = (value.first, *(operand for _, operand in value.rest))
            return frozenset(word for word in words if isinstance(word, str))
        case Border():
            return variables(value.width)
        case Gradient():
            return variables(value.stop)
        case Offset():
            return variables(value.amount)
        case tuple():
            return frozenset().union(*map(variables, value))
    return frozenset()


def condition(text: str) -> tuple[tuple[Comparison, ...], ...]:
    """`ar_gte_4-3_or_h_gt_700_and_w_lt_900`: groups of which one has to hold as a whole."""
    return tuple(tuple(map(comparison, group.split("_and_"))) for group in text.split("_or_"))


def comparison(text: str) -> Comparison:
    subject, _, claim = text.partition("_")
    relation, _, wanted = claim.partition("_")
    if subject not in SUBJECTS or relation not in RELATIONS:
        raise Unwelcome(text)
    return Comparison(subject, relation, compared_ratio(wanted) if subject.endswith("ar") else exact(wanted))


def exact(text: str) -> Fraction:
    return Fraction(f"{bounded(text):.6f}")


def compared_ratio(text: str) -> Fraction:
    """A number, or `4-3`."""
    match = RATIO.fullmatch(text)
    width, height = map(Fraction, match.groups()) if match else (exact(text), Fraction(1))
    if not height or width / height > MAX_SIDE:
        raise Unwelcome(text)
    return (width / height).limit_denominator(FINEST_RATIO)
