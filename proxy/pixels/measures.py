"""Lengths as they were written become pixels; halves are rounded up. Pure, and exact."""

import math
from fractions import Fraction

from proxy.errors import InvalidTransformation
from proxy.plan.expressions import Expression, Scope
from proxy.plan.frame import Offset, Side
from proxy.plan.values import MAX_SIDE


def value_of(key: str, expression: Expression, scope: Scope) -> Fraction:
    """Raises InvalidTransformation that names the whole parameter, of `key`."""
    try:
        return expression.value(scope)
    except InvalidTransformation as error:
        raise InvalidTransformation(f"{key}-{error.part}", error.expected) from None


def absolute(key: str, side: Side | None, source: int, scope: Scope) -> Fraction | None:
    """An expression gives whole pixels, even one below 1: a share is only what is written as one. As where a number is
    written, more than 65535 is no side at all.
    """
    if side is None:
        return None
    if isinstance(side, Expression):
        wanted = whole(value_of(key, side, scope))
        return Fraction(wanted) if wanted <= MAX_SIDE else None
    return exact(side.amount) * (source if side.relative else 1)


def pixels(key: str, offset: Offset | None, scope: Scope) -> int | None:
    return nearest(value_of(key, offset, scope)) if isinstance(offset, Expression) else offset


def whole(side: Fraction) -> int:
    """R(v) of the reference: half up to the nearest, at least 1."""
    return max(1, nearest(side))


def nearest(number: Fraction) -> int:
    """Half up."""
    return math.floor(number + Fraction(1, 2))


def exact(number: float) -> Fraction:
    """What was written: 0.3 is three tenths, not the nearest float."""
    return Fraction(str(number))
