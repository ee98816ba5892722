"""Texts that run to the left, and in both directions."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import ImageChops

from proxy.pixels.bidi import from_left, levels
from proxy.pixels.shaping import Run, runs, visual_runs
from proxy.pixels.text import write_text
from proxy.plan.steps import TextLayer
from tests.pixels.pictures import LIMITS
from tests.pixels.texts import FONTS, SIZE, cut, drawn, needs_fribidi, same, width_of, written


def shown(text: str) -> list[str]:
    return [run.text.strip() for run in visual_runs(cut(text)) if run.text.strip()]


@needs_fribidi
@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("abc אבג def", ["abc", "אבג", "def"]),
        ("אבג abc דהו", ["דהו", "abc", "אבג"]),
        ("مرحبا world سلام", ["سلام", "world", "مرحبا"]),
        ("سعر 120 يورو", ["يورو", "120", "سعر"]),
        ("price אבג 12 דהו end", ["price", "דהו", "12", "אבג", "end"]),
    ],
)
def test_parts_stand_where_their_direction_puts_them(text: str, seen: list[str]) -> None:
    assert shown(text) == seen


@needs_fribidi
def test_levels_are_those_of_the_whole_paragraph() -> None:
    assert levels("אבג (abc) 12") == [1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 2, 2]
    assert levels("abc (אבג)") == [0, 0, 0, 0, 0, 1, 1, 1, 0]


def test_higher_levels_are_turned_inside_of_lower_ones() -> None:
    parts = [Run(text, level, FONTS[0]) for text, level in (("a", 0), ("B", 1), ("1", 2), ("2", 2), ("C", 1), ("d", 0))]

    assert "".join(run.text for run in from_left(parts)) == "aC12Bd"


@needs_fribidi
def test_arabic_letters_are_joined() -> None:
    alone = sum(width_of(letter) for letter in "سلام")

    assert width_of("سلام") < 0.8 * alone


@needs_fribidi
def test_hebrew_runs_to_the_left() -> None:
    """Its first letter is at the right: the picture of the word is that of its letters in the order of seeing."""
    word, first = written("שה", size=SIZE), written("ש", size=SIZE)
    right = word.crop((word.width - first.width, 0, word.width, word.height))

    share = ImageChops.difference(right.convert("L"), first.convert("L").resize(right.size)).histogram()
    assert sum(share[128:]) < 0.05 * sum(share)


@needs_fribidi
def test_brackets_are_mirrored() -> None:
    (opening,) = runs(cut("("))

    mirrored, closing = Run("(", 1, opening.face), Run(")", 0, opening.face)

    assert drawn(mirrored).tobytes() == drawn(closing).tobytes()
    assert drawn(mirrored).tobytes() != drawn(opening).tobytes()


@needs_fribidi
def test_an_override_turns_letters_around() -> None:
    assert same(written("\u202eabc\u202c", size=SIZE), written("cba", size=SIZE))
    assert same(written("\u202dאבג\u202c", size=SIZE), written("גבא", size=SIZE))


@needs_fribidi
@pytest.mark.parametrize("text", ["שלום עולם", "سلام"])
def test_alignment_is_where_it_says_whatever_the_direction(text: str) -> None:
    ink = {}
    for align in ("left", "center", "right"):
        image = write_text(TextLayer(text, size=SIZE, width=400, align=align), {}, LIMITS, {})
        ink[align] = image.getchannel("A").getbbox()
        assert image.width == 400

    assert ink["left"] is not None
    assert ink["center"] is not None
    assert ink["right"] is not None
    assert ink["left"][0] < 5
    assert ink["right"][2] > 395
    assert abs(ink["center"][0] + ink["center"][2] - 400) < 5


def test_text_is_drawn_where_libfribidi_is_missing(tmp_path: Path) -> None:
    """A library of that name that is none, found before the real one."""
    for name in ("libfribidi.so", "libfribidi.so.0"):
        (tmp_path / name).write_text("no library")
    code = (
        "from proxy.pixels import bidi; from proxy.pixels.text import write_text; from proxy.pixels.job import Limits; "
        "from proxy.plan.steps import TextLayer; "
        "image = write_text(TextLayer('abc سلام शक्ति 東京 \\u200d\\u202eabc'), {}, Limits(10**8, 8192), {}); "
        "print(bidi.SHAPES, image.getbbox() is not None)"
    )
    environment = os.environ | {"LD_LIBRARY_PATH": str(tmp_path)}

    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "True"]
