"""The cells that a picture is bent or displaced by, each a straight piece. Pure: sizes are priced without Pillow."""

from proxy.pixels.geometry import Size

BENT_CELLS, LEAST_BENT = 96, 2  # a bend is made of so many straight pieces along the longer side, or a few more
DISPLACED_CELLS, LEAST_DISPLACED = 160, 4  # between their corners a displacement is smooth


def bent_side(size: Size) -> int:
    """Pixels."""
    return max(LEAST_BENT, size.longest // BENT_CELLS)


def displaced_side(size: Size) -> int:
    """Pixels."""
    return max(LEAST_DISPLACED, -(-size.longest // DISPLACED_CELLS))


def cells_of(size: Size, side: int) -> int:
    """How many."""
    return -(-size.width // side) * -(-size.height // side)
