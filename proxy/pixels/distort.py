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
Row = list[float]
Point = tuple[float, float]
Cell = tuple[int, int, int, int]
Quad = tuple[float, float, float, float, float, float, float, float]


def distorted(image: Image.Image, wish: Perspective | Arc) -> Image.Image:
    """RGBA."""
    clear = image.convert("RGBA").convert("RGBa").crop((-1, -1, image.width + 1, image.height + 1))  # smooth edges
    if isinstance(wish, Perspective):
        return slanted(clear, wish).convert("RGBA")
    if wish.degrees % 360 == 0:
        return image
    if wish.degrees > 0:
        return bent(clear, min(wish.degrees, 359.0)).convert("RGBA")
    upside_down = bent(clear.transpose(Image.Transpose.ROTATE_180), min(-wish.degrees, 359.0))
    return upside_down.transpose(Image.Transpose.ROTATE_180).convert("RGBA")


def slanted(image: Image.Image, wish: Perspective) -> Image.Image:
    """`image` has a rim of one pixel on every side."""
    if max(map(abs, wish.corners)) > FURTHEST:
        raise InvalidTransformation(f"e-distort-{wish}", f"corners within {FURTHEST} pixels")
    width, height = image.width - 2, image.height - 2
    sources: list[Point] = [(1, 1), (width + 1, 1), (width + 1, height + 1), (1, height + 1)]
    targets: list[Point] = list(zip(map(float, wish.corners[::2]), map(float, wish.corners[1::2]), strict=True))
    matrix = solved([row for pair in zip(targets, sources, strict=True) for row in equations(*pair)])
    if matrix is None or not convex(targets):
        raise InvalidTransformation(f"e-distort-{wish}", "four corners, clockwise, no three of them on a line")
    return image.transform((width, height), Image.Transform.PERSPECTIVE, matrix, Image.Resampling.BILINEAR)


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
    size = Size(image.width - 2, image.height - 2)
    angle = math.radians(degrees)
    middle = size.width / angle
    outer, inner = middle + size.height / 2, max(0.0, middle - size.height / 2)
    half = outer * math.sin(min(angle, math.pi) / 2)
    lowest = min(inner * math.cos(angle / 2), outer * math.cos(angle / 2))  # above the centre of the circle
    by = max(2 * half / size.width, (outer - lowest) / size.height)

    def source(x: float, y: float) -> Point:
        across = (x - size.width / 2) * by
        up = (outer + lowest) / 2 - (y - size.height / 2) * by
        turn = math.atan2(across, up)
        depth = (outer - math.hypot(across, up)) / (outer - inner)
        return (1 + (turn / angle + 0.5) * size.width, 1 + depth * size.height)

    return image.transform(size.pair, Image.Transform.MESH, mesh_of(size, source), Image.Resampling.BILINEAR)


def mesh_of(size: Size, source: Callable[[float, float], Point]) -> list[tuple[Cell, Quad]]:
    """Cells, row by row, and where each comes from."""
    side = bent_side(size)
    columns, rows = ([*range(0, length, side), length] for length in size.pair)
    points = [[source(x, y) for x in columns] for y in rows]
    mesh = []
    for (top, bottom), (upper, lower) in zip(pairwise(rows), pairwise(points), strict=True):
        for at, (left, right) in enumerate(pairwise(columns)):
            quad = quad_of((upper[at], lower[at], lower[at + 1], upper[at + 1]), size)
            if quad is not None:
                mesh.append(((left, top, right, bottom), quad))
    return mesh


def quad_of(points: tuple[Point, Point, Point, Point], size: Size) -> Quad | None:
    """Where a cell comes from; None opposite the picture, where left and right meet."""
    (a, b), (c, d), (e, f), (g, h) = points
    return None if max(a, c, e, g) - min(a, c, e, g) > size.width else (a, b, c, d, e, f, g, h)
