"""A transformation as the SDKs' users write it, and the answer that ImageKit's reference predicts."""

from dataclasses import dataclass
from typing import Any

from tests.conformance.pictures import PHOTO

Options = dict[str, Any]
Pixel = tuple[tuple[int, int], tuple[int, int, int]]  # where, and its colour


@dataclass(frozen=True, slots=True)
class Case:
    """Steps by their names in JavaScript. `size` None: the reference predicts none; `status` 200: a picture."""

    name: str
    steps: list[Options]
    size: tuple[int, int] | None = None
    type: str = "jpeg"
    status: int = 200
    source: str = PHOTO
    pixel: Pixel | None = None
    accept: str = "*/*"


def case(name: str, steps: Options | list[Options], *facts: Any, **more: Any) -> Case:
    return Case(name, steps if isinstance(steps, list) else [steps], *facts, **more)


def png(name: str, steps: Options | list[Options], *facts: Any, **more: Any) -> Case:
    """Without loss, so that colours can be told."""
    plain = case(name, steps)
    return case(name, [*plain.steps[:-1], {**plain.steps[-1], "format": "png"}], *facts, type="png", **more)


def refused(name: str, steps: Options | list[Options], status: int = 400) -> Case:
    return case(name, steps, status=status)
