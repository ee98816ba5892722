"""Lengths as they were written become pixels; halves are rounded up. Pure, and exact."""

import math
from fractions import Fraction

from proxy.plan.expressions import Expression, Scope
from proxy.plan.frame import Offset, Side
from proxy.plan.values import MAX_SIDE


def absolute(side: Side | None, source: int, scope: Scope) -> Fraction | None:
    """An expression gives whole pixels, even one below 1: a share is only what is written as one. As where a number is
    written, more than 65535 is no side at all.
    """
    if side is None:
        return None
    if isinstance(side, Expression):
        wanted = whole(side.value(scope))
        return Fraction(wanted) if wanted <= MAX_SIDE else None
    return exact(side.amount) * (source if side.relative else 1)


def pixels(offset: Offset | None, scope: Scope) -> int | None:
    return nearest(offset.value(scope)) if isinstance(offset, Expression) else offset


def whole(side: Fraction) -> int:
    """R(v) of the reference: half up to the nearest, at least 1."""
    return max(1, nearest(side))


def nearest(number: Fraction) -> int:
    """Half up."""
    return math.floor(number + Fraction(1, 2))


def exact(number: float) -> Fraction:
    """What was written: 0.3 is three tenths, not the nearest float."""
    return Fraction(str(number))
