"""Bent and slanted pictures. The canvas keeps its size; where the picture does not reach, it is clear."""

import math
from collections.abc import Callable
from itertools import pairwise

from PIL import Image

from proxy.errors import InvalidTransformation
from proxy.pixels.geometry import Size
from proxy.pixels.mesh import bent_side
from proxy.plan.effects import Arc, Perspective

FURTHEST = 100_000  # pixels: corners beyond are no picture any more
WIDEST = 359.0  # degrees: a ring, nearly closed
SEAM = 0.95  # of the width: hardly any cell but those across the seam spans as much
Row = list[float]
Point = tuple[float, float]
Cell = tuple[int, int, int, int]
Quad = tuple[float, float, float, float, float, float, float, float]


def distorted(image: Image.Image, wish: Perspective | Arc) -> Image.Image:
    """RGBA."""
    weighed = image.convert("RGBA").convert("RGBa")
    if isinstance(wish, Perspective):
        return slanted(weighed, wish).convert("RGBA")
    if wish.degrees > 0:
        return bent(weighed, min(wish.degrees, WIDEST)).convert("RGBA")
    upside_down = bent(weighed.transpose(Image.Transpose.ROTATE_180), min(-wish.degrees, WIDEST))
    return upside_down.transpose(Image.Transpose.ROTATE_180).convert("RGBA")


def thinned(image: Image.Image, by: float) -> tuple[Image.Image, int]:
    """Averaged before it comes out so many times smaller, with a clear rim of one pixel so that the edges are smooth;
    and by what its sides are divided.
    """
    divisor = max(1, min(int(by), *image.size))
    reduced = image.reduce(divisor) if divisor > 1 else image
    return reduced.crop((-1, -1, reduced.width + 1, reduced.height + 1)), divisor


def slanted(image: Image.Image, wish: Perspective) -> Image.Image:
    if max(map(abs, wish.corners)) > FURTHEST:
        raise InvalidTransformation(f"e-distort-{wish}", f"corners within {FURTHEST} pixels")
    targets: list[Point] = list(zip(map(float, wish.corners[::2]), map(float, wish.corners[1::2]), strict=True))
    if not convex(targets):
        raise no_picture(wish)
    source, divisor = thinned(image, math.sqrt(image.width * image.height / area(targets)))
    right, bottom = image.width / divisor + 1, image.height / divisor + 1
    sources: list[Point] = [(1, 1), (right, 1), (right, bottom), (1, bottom)]
    matrix = solved([row for pair in zip(targets, sources, strict=True) for row in equations(*pair)])
    if matrix is None:
        raise no_picture(wish)
    return source.transform(image.size, Image.Transform.PERSPECTIVE, matrix, Image.Resampling.BILINEAR)


def no_picture(wish: Perspective) -> InvalidTransformation:
    return InvalidTransformation(f"e-distort-{wish}", "four corners, clockwise, no three of them on a line")


def area(corners: list[Point]) -> float:
    pairs = zip(corners, [*corners[1:], corners[0]], strict=True)
    return sum(a * d - b * c for (a, b), (c, d) in pairs) / 2


def equations(target: Point, source: Point) -> tuple[Row, Row]:
    """Of the eight unknowns: two for each corner."""
    (x, y), (u, v) = target, source
    return (
        [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
        [0, 0, 0, x, y, 1, -v * x, -v * y, v],
    )


def solved(rows: list[Row]) -> Row | None:
    """By Gauss and Jordan; None if the equations contradict each other."""
    for index in range(len(rows)):
        pivot = max(range(index, len(rows)), key=lambda row: abs(rows[row][index]))
        if abs(rows[pivot][index]) < 1e-9:
            return None
        rows[index], rows[pivot] = rows[pivot], rows[index]
        rows[index] = [value / rows[index][index] for value in rows[index]]
        for other in range(len(rows)):
            if other != index:
                by = rows[other][index]
                rows[other] = [value - by * own for value, own in zip(rows[other], rows[index], strict=True)]
    return [row[-1] for row in rows]


def convex(corners: list[Point]) -> bool:
    """Clockwise on a screen, and never back."""
    triples = [(corners[index], corners[(index + 1) % 4], corners[(index + 2) % 4]) for index in range(4)]
    return all((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]) > 0 for a, b, c in triples)


def bent(image: Image.Image, degrees: float) -> Image.Image:
    """The middle line becomes a part of a circle of its own length; the whole is fitted into the old canvas."""
    size = Size(*image.size)
    angle = math.radians(degrees)
    middle = size.width / angle
    outer, inner = middle + size.height / 2, max(0.0, middle - size.height / 2)
    half = outer * math.sin(min(angle, math.pi) / 2)
    lowest = min(inner * math.cos(angle / 2), outer * math.cos(angle / 2))  # above the centre of the circle
    by = max(2 * half / size.width, (outer - lowest) / size.height)
    straight, divisor = thinned(image, by)

    def source(x: float, y: float) -> Point:
        across = (x - size.width / 2) * by
        up = (outer + lowest) / 2 - (y - size.height / 2) * by
        turn = math.atan2(across, up)
        depth = (outer - math.hypot(across, up)) / (outer - inner)
        return (1 + (turn / angle + 0.5) * size.width / divisor, 1 + depth * size.height / divisor)

    mesh = mesh_of(size, source, size.width / divisor)
    return straight.transform(size.pair, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def mesh_of(size: Size, source: Callable[[float, float], Point], width: float) -> list[tuple[Cell, Quad]]:
    """Cells, row by row, and where each comes from, of a picture that wide."""
    side = bent_side(size)
    columns, rows = ([*range(0, length, side), length] for length in size.pair)
    points = [[source(x, y) for x in columns] for y in rows]
    mesh = []
    for (top, bottom), (upper, lower) in zip(pairwise(rows), pairwise(points), strict=True):
        for at, (left, right) in enumerate(pairwise(columns)):
            quad = quad_of((upper[at], lower[at], lower[at + 1], upper[at + 1]), width)
            if quad is not None:
                mesh.append(((left, top, right, bottom), quad))
    return mesh


def quad_of(points: tuple[Point, Point, Point, Point], width: float) -> Quad | None:
    """Where a cell comes from; None opposite of the picture, where left and right meet."""
    (a, b), (c, d), (e, f), (g, h) = points
    return None if max(a, c, e, g) - min(a, c, e, g) > SEAM * width else (a, b, c, d, e, f, g, h)
