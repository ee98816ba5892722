"""Layers by the pixel: three hundred places written in a URL, against what the reference's words alone predict."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from proxy.imagekit.reading import read_plan
from proxy.plan.steps import Step
from tests.pixels.pictures import Studio

BASE, LAYER = (101, 70), (22, 14)  # odd and even sides, so that halves show
RED = (255, 0, 0)
WORDS = ["center", "top", "left", "bottom", "right", "top_left", "top_right", "bottom_left", "bottom_right"]
SIDES = (("left", "right"), ("top", "bottom"))
CASES = 300


@dataclass
class Axis:
    """What is said of one axis, and where the layer begins on it."""

    number: int
    words: list[str] = field(default_factory=list)
    start: int = 0

    @property
    def base(self) -> int:
        return BASE[self.number]

    @property
    def layer(self) -> int:
        return LAYER[self.number]

    def anchor(self, word: str) -> int:
        """Where on the base a word of the nine is."""
        return self.share(word, self.base)

    def share(self, word: str, room: int) -> int:
        near, far = SIDES[self.number]
        parts = word.split("_")
        return 0 if near in parts else room if far in parts else room // 2


def amount(random: Random, axis: Axis) -> tuple[str, int]:
    """Of an offset: how it is written, and how many pixels it means."""
    side = "wh"[axis.number]
    sums = {
        f"b{side}_div_5": round(axis.base / 5),
        f"b{side}_sub_c{side}": axis.base - axis.layer,
        f"c{side}_div_2": axis.layer // 2,
        f"b{side}_sub_c{side}_div_2": axis.base - axis.layer // 2,
        "10_add_2_pow_2": 144,
    }
    if random.random() < 0.5:
        return random.choice(list(sums.items()))
    pixels = random.choice([0, 1, 9, 40, 69, 500])
    return str(pixels), pixels


def by_corner(random: Random, axis: Axis, anchor: str) -> None:
    """`lx`, `ly`: kept inside of the base; with N counted from the far edge."""
    text, pixels = amount(random, axis)
    from_end = anchor == "top_left" and random.random() < 0.4
    start = axis.base - axis.layer - pixels if from_end else axis.anchor(anchor) + pixels
    axis.words.append(f"l{'xy'[axis.number]}-{'N' * from_end}{text}")
    axis.start = max(0, min(start, axis.base - axis.layer))


def by_center(random: Random, axis: Axis, anchor: str) -> None:
    """`lxc`, `lyc`: may stick out."""
    text, pixels = amount(random, axis)
    axis.words.append(f"l{'xy'[axis.number]}c-{text}")
    axis.start = axis.anchor(anchor) + pixels - axis.layer // 2


def by_nothing(random: Random, axis: Axis, anchor: str) -> None:
    """Beside a place on the other axis: 0."""
    axis.start = max(0, min(axis.anchor(anchor), axis.base - axis.layer))


def places() -> Iterator[tuple[str, tuple[int, int]]]:
    """What is said of a place, and the layer's top left corner."""
    random = Random(9)
    for _ in range(CASES):
        axes, focus = [Axis(0), Axis(1)], random.choice(WORDS)
        ways = [random.choice([by_corner, by_center, by_nothing]) for _ in axes]
        words = [f"lfo-{focus}"] if random.random() < 0.5 else []
        if ways == [by_nothing, by_nothing]:
            for axis in axes:
                axis.start = axis.share(focus if words else "center", axis.base - axis.layer)
        else:
            anchor = random.choice(WORDS) if random.random() < 0.4 else "top_left"
            words += [] if anchor == "top_left" else [f"lap-{anchor}"]
            for axis, way in zip(axes, ways, strict=True):
                way(random, axis, anchor)
                words += axis.words
        random.shuffle(words)
        yield ",".join(words), (axes[0].start, axes[1].start)


@pytest.fixture
def base(studio: Studio) -> Path:
    return studio.file(Image.new("RGB", BASE, "blue"), "base.png")


def test_layers_lie_where_the_reference_says(studio: Studio, base: Path) -> None:
    layer = studio.file(Image.new("RGB", LAYER, RED), "layer.png")
    wrong = []

    for words, (left, top) in places():
        plan = read_plan(f"l-image,i-layer.png,t-false,{words},l-end").plan
        [step] = plan.steps
        assert isinstance(step, Step)
        drawn = studio.picture(base, step, layers={"layer.png": layer})
        expected = Image.new("RGB", BASE, "blue")
        expected.paste(RED, (left, top, left + LAYER[0], top + LAYER[1]))
        if drawn.convert("RGB").tobytes() != expected.tobytes():
            wrong.append((words, left, top))

    assert not wrong
