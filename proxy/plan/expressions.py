"""Arithmetic on the sides of pictures, known only when they are (ImageKit reference, section 4)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from proxy.errors import InvalidTransformation
from proxy.plan.words import decimal

# The original, what the previous step gave, inside a layer the picture below it, and the original's dots per inch.
VARIABLES = ("iw", "ih", "iar", "cw", "ch", "car", "bw", "bh", "bar", "idn")
Scope = Mapping[str, Fraction]
LARGEST = 10**9  # of a number that is written, and of any result: far beyond every picture
HUGEST = 10**18  # on the way to a result; no work to compute


@dataclass(frozen=True, slots=True)
class Expression:
    """`ih_mul_0.5`: an operand, then operators with theirs, in the order of writing."""

    first: str | float
    rest: tuple[tuple[str, str | float], ...] = ()

    def value(self, scope: Scope) -> Fraction:
        """Exactly; raises InvalidTransformation for a variable that is not known here or a result not above 0. What is
        beyond a billion is a billion.
        """
        terms = [("", self.operand(self.first, scope))]
        terms += [(operator, self.operand(operand, scope)) for operator, operand in self.rest]
        for rank in PRECEDENCE:
            terms = self.fold(terms, rank)
        [(_, result)] = terms
        if result <= 0:
            raise InvalidTransformation(str(self), "a result above 0")
        return min(result, Fraction(LARGEST))

    def operand(self, operand: str | float, scope: Scope) -> Fraction:
        if not isinstance(operand, str):
            return Fraction(decimal(operand))
        if operand not in scope:
            raise InvalidTransformation(str(self), f"variables that mean something here: {', '.join(scope)}")
        return scope[operand]

    def fold(self, terms: list[tuple[str, Fraction]], rank: frozenset[str]) -> list[tuple[str, Fraction]]:
        """Apply the operators of one rank, left to right."""
        folded = [terms[0]]
        for operator, right in terms[1:]:
            if operator in rank:
                before, left = folded[-1]
                folded[-1] = (before, self.apply(operator, left, right))
            else:
                folded.append((operator, right))
        return folded

    def apply(self, operator: str, left: Fraction, right: Fraction) -> Fraction:
        try:
            result = OPERATORS[operator](left, right)
        except (ZeroDivisionError, OverflowError):
            raise InvalidTransformation(str(self), "no division by zero and no number without end") from None
        if abs(result) > HUGEST:
            raise InvalidTransformation(str(self), "numbers of at most 18 digits")
        return result.limit_denominator(LARGEST)

    def __str__(self) -> str:
        words = [self.first, *(word for pair in self.rest for word in pair)]
        return "_".join(word if isinstance(word, str) else decimal(word) for word in words)


def power(base: Fraction, exponent: Fraction) -> Fraction:
    result = float(base) ** float(exponent)
    if isinstance(result, complex):
        raise OverflowError
    return Fraction(result)


OPERATORS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "mul": lambda left, right: left * right,
    "div": lambda left, right: left / right,
    "add": lambda left, right: left + right,
    "sub": lambda left, right: left - right,
    "mod": lambda left, right: left % right,
    "pow": power,
}
# Unlike anywhere else, powers come last.
PRECEDENCE = (frozenset({"mul", "div"}), frozenset({"add", "sub"}), frozenset({"mod"}), frozenset({"pow"}))
