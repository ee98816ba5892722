"""Where a text is broken, and how its lines stand."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import LimitExceeded
from proxy.pixels.shaping import Ruler, paragraphs, runs
from proxy.pixels.text import write_text
from proxy.pixels.wrapping import wrapped
from proxy.plan.steps import TextLayer
from tests.pixels.pictures import LIMITS
from tests.pixels.texts import SIZE, cut, lines, same, width_of, written


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("one two three", ["one two", "three"]),
        ("a  b", ["a  b"]),
        ("onetwo  three", ["onetwo", "three"]),
        (" one", ["one"]),
        ("one ", ["one"]),
        ("", [""]),
        ("   ", [""]),
        ("one\u00a0two three", ["one\u00a0two", "three"]),
        ("abcdefghijklm", ["abcdefg", "hijklm"]),
        ("no abcdefghijklm", ["no", "abcdefg", "hijklm"]),
        ("one t-three", ["one t-", "three"]),
        ("o t\u2014three", ["o t\u2014", "three"]),
        ("one -three", ["one", "-three"]),
        ("one 10-20", ["one", "10-20"]),
        ("one\u200btwo\u200bthree", ["onetwo", "three"]),
    ],
)
def test_lines_are_broken_between_words(text: str, found: list[str]) -> None:
    assert lines(text, width_of("one two") + 5) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("東京大阪", ["東京大", "阪"]),
        ("東京大。阪", ["東京", "大。阪"]),
        ("東京「大阪」", ["東京", "「大", "阪」"]),
        ("東京ABC", ["東京", "ABC"]),
        ("あいうえお", ["あいう", "えお"]),
        ("한국어 글", ["한국어", "글"]),
    ],
)
def test_languages_without_spaces_break_between_letters(text: str, found: list[str]) -> None:
    assert lines(text, 3.2 * SIZE) == found


def test_a_text_without_a_width_is_one_line() -> None:
    assert lines("one two " * 50, None) == ["one two " * 50]


def test_line_breaks_are_kept() -> None:
    assert paragraphs("one\ntwo\r\n\nthree") == ["one", "two", "", "three"]
    assert paragraphs("") == [""]


@given(st.text(st.sampled_from("ab éש東あ。「 \u0301"), max_size=40), st.integers(20, 300))
def test_no_line_is_wider_than_its_box(text: str, width: int) -> None:
    (paragraph,) = paragraphs(text)
    found = wrapped(cut(paragraph), width, Ruler(SIZE).advance)

    assert all(Ruler(SIZE).advance(line) <= width + 1 or len(line) == 1 for line in found)
    kept = [cluster.text for line in found for cluster in line if not cluster.is_space]
    assert kept == [cluster.text for cluster in cut(paragraph) if not cluster.is_space]


def test_lines_stand_at_their_height() -> None:
    image = write_text(TextLayer("I\nI\nI", size=20, line_height=50), {}, LIMITS, {}).getchannel("A")
    rows = [image.crop((0, y, image.width, y + 1)).getextrema()[1] for y in range(image.height)]

    starts = [y for y, (before, now) in enumerate(pairwise([0, *rows])) if now and not before]
    assert [b - a for a, b in pairwise(starts)] == [50, 50]


def test_the_height_of_a_line_is_nothing_to_a_text_of_one_line() -> None:
    assert same(written("one", size=20, line_height=16_383), written("one", size=20))
    with pytest.raises(LimitExceeded):
        written("one\ntwo", size=20, line_height=16_383)


def test_runs_of_different_fonts_stand_on_one_line() -> None:
    """The feet of letters that have no descender, in three fonts."""
    feet = []
    for text in ("H", "Η", "Н"):  # noqa: RUF001 (Latin, Greek, Cyrillic)
        (run,) = runs(cut(text))
        feet.append(run.face.at(60).getbbox(run.text, anchor="ls")[3])

    assert feet == [0, 0, 0]
