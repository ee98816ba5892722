"""How many dots make an inch: a word to whoever prints a picture, and the scale of what has no pixels of its own."""

from fractions import Fraction
from typing import Any

from proxy.errors import InvalidTransformation
from proxy.pixels.measures import nearest
from proxy.plan.expressions import Expression

UNTOLD = 72  # of a picture that says nothing about it
LARGEST = 1200
MOST_TOLD = 100_000


def dots_of(density: int | Expression | None, own: int) -> int | None:
    """Dots per inch, from 1 to 1200, as `dn` asks for them of a source that has `own` (`idn`); None if it does not ask.

    Raises InvalidTransformation for a sum that comes out elsewhere.
    """
    if not isinstance(density, Expression):
        return density
    dots = nearest(density.value({"idn": Fraction(own)}))
    if not 1 <= dots <= LARGEST:
        raise InvalidTransformation(f"dn-{density}", f"a density from 1 to {LARGEST}")
    return dots


def told_density(told: Any) -> int:
    """What a picture's file says, across; much of that is nonsense."""
    try:
        across = float(told[0])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return UNTOLD
    return round(across) if 1 <= across <= MOST_TOLD else UNTOLD
