"""How a plan is written: ImageKit's own words."""

from collections.abc import Iterator


def word(key: str, value: object | None) -> Iterator[str]:
    if value is not None:
        yield f"{key}-{value}"


def signed(number: object) -> str:
    """ImageKit writes minus as N: `x-N20`."""
    return f"N{-number}" if isinstance(number, int) and number < 0 else str(number)


def decimal(number: float) -> str:
    """The shortest text without an exponent; six decimals are kept."""
    return f"{number:.6f}".rstrip("0").rstrip(".")
