"""What one letter is, and the font it is written in."""

import pytest

from proxy.pixels.shaping import MISSING, paragraphs, runs
from tests.pixels.texts import FAMILY, SIZE, cut, needs_fribidi, width_of


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("abc", ["a", "b", "c"]),
        ("a\u0323\u0302", ["\u1ead"]),
        ("x\u0301y", ["x\u0301", "y"]),
        ("\u0301", ["\u0301"]),
        ("\u200ba\u00adb\ufeff\x00\x07", ["a", "b"]),
        ("a\u200bb\u200b", ["a", "", "b", ""]),
        ("\u200d\ufe0fa", ["a"]),
        ("\u05e9\u05c1\u05b8a", ["\u05e9\u05b8\u05c1", "a"]),
        ("\ud800", ["\ufffd"]),
        ("", []),
        ("\U0001f44d\U0001f3fda", ["\U0001f44d\U0001f3fd", "a"]),
        ("a\U0001f3fd", ["a", "\U0001f3fd"]),
        (FAMILY * 2, [FAMILY] * 2),
        ("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", ["\U0001f1e9\U0001f1ea", "\U0001f1eb\U0001f1f7"]),
        ("1\ufe0f\u20e32", ["1\ufe0f\u20e3", "2"]),
    ],
)
def test_what_a_reader_takes_for_one_letter_is_one(text: str, letters: list[str]) -> None:
    (paragraph,) = paragraphs(text)

    assert [cluster.text for cluster in cut(paragraph)] == letters


@pytest.mark.parametrize("letter", list("Aé€ΩЖשعक√東あ한ก₹ł"))
def test_a_letter_is_written_in_a_font_that_has_it(letter: str) -> None:
    (cluster,) = cut(letter)

    assert cluster.text == letter
    assert ord(letter) in cluster.face.covers


@pytest.mark.parametrize("letter", ["\u13a0", "\U000e0fff", "\ue000"])
def test_a_letter_that_no_font_has_is_one_sign_for_what_is_missing(letter: str) -> None:
    (cluster,) = cut(letter)

    assert cluster.text == MISSING
    assert cluster.face.at(SIZE).getmask(MISSING).getbbox()


@pytest.mark.parametrize(
    ("text", "letters"),
    [("\ufb01", "fi"), ("\U0001d412\U0001d41a", "Sa"), ("\u3300", "アパート"), ("\u00bd", "\u00bd")],
)
def test_a_letter_that_no_font_has_is_written_in_plain_ones(text: str, letters: str) -> None:
    found = cut(text)

    assert "".join(cluster.text for cluster in found) == letters
    assert all(ord(letter) in cluster.face.covers for cluster in found for letter in cluster.text)


@needs_fribidi
@pytest.mark.parametrize("text", [FAMILY, "\U0001f44d\U0001f3fd", "\U0001f1e9\U0001f1ea", "1\ufe0f\u20e3"])
def test_an_emoji_of_several_characters_is_one_picture(text: str) -> None:
    assert width_of(text) == width_of("\U0001f525")


def test_a_space_behind_an_emoji_is_no_wider_than_others() -> None:
    assert width_of("\U0001f525 a") == width_of("\U0001f525") + width_of(" ") + width_of("a")


def test_words_of_one_font_are_one_run() -> None:
    assert [run.text for run in runs(cut("one two 東京 中国 three"))] == ["one two ", "東京 中国 ", "three"]


def test_accents_that_a_font_has_not_are_left_away() -> None:
    (cluster,) = cut("東\u0301\u0489")

    assert cluster.text == "東"
