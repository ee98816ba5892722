"""Text as a picture: shaped, broken into lines, in both directions."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from proxy.errors import LimitExceeded
from proxy.pixels.bidi import SHAPES, from_left, levels
from proxy.pixels.fonts import fonts_of
from proxy.pixels.job import Limits
from proxy.pixels.shaping import MISSING, Cluster, Ruler, Run, clusters, paragraphs, runs, visual_runs
from proxy.pixels.text import write_text
from proxy.pixels.work import Work
from proxy.pixels.wrapping import wrapped
from proxy.plan.steps import TextLayer
from proxy.plan.values import Color
from tests.pixels.pictures import LIMITS

FONTS = fonts_of(None, False, False)
SIZE = 30
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # one picture of a man, a woman and a girl
WHITE = Color(255, 255, 255)

needs_fribidi = pytest.mark.skipif(not SHAPES, reason="libfribidi is not installed")


def cut(text: str) -> list[Cluster]:
    return clusters(text, FONTS)


def lines(text: str, width: float | None) -> list[str]:
    found = wrapped(cut(text), width, Ruler(SIZE).advance)
    return ["".join(cluster.text for cluster in line) for line in found]


def width_of(text: str) -> float:
    return Ruler(SIZE).advance(cut(text))


def written(text: str, limits: Limits = LIMITS, **options: object) -> Image.Image:
    return write_text(TextLayer(text, background=WHITE, **options), {}, limits, {})  # type: ignore[arg-type]


def drawn(run: Run) -> Image.Image:
    image = Image.new("L", (80, 80))
    run.draw(ImageDraw.Draw(image), (20, 50), SIZE, 0)
    return image


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one, other).getbbox(alpha_only=False) is None


# Letters and their fonts


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


# Directions


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


# Lines


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


# Whatever the text


LETTERS = st.characters() | st.sampled_from(
    "\u202e\u202d\u2067\u2069\u200d\u200f\u0301\ufe0f\u0e33\u0915\u094dשع東\n \t\x00"
)


@settings(max_examples=150, deadline=None)
@given(
    st.text(LETTERS, max_size=60),
    st.none() | st.integers(1, 200),
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
    st.sampled_from([None, "Lobster", "PT Mono", "Droid Sans Fallback"]),
)
@example("\ufdfd", None, (True, False, False), None)
@example("\ud800\udfff", 10, (True, True, True), None)
def test_any_text_is_drawn_or_politely_refused(
    text: str, width: int | None, marks: tuple[bool, bool, bool], font: str | None
) -> None:
    bold, italic, strikethrough = marks
    layer = TextLayer(
        text, font=font, size=14, width=width, bold=bold, italic=italic, strikethrough=strikethrough, padding=(3,)
    )
    try:
        image = write_text(layer, {}, LIMITS, {})
    except LimitExceeded:
        return
    assert image.mode == "RGBA"
    assert width is None or image.width == max(1, width - 6) + 6


def test_a_text_in_many_fonts_is_dear() -> None:
    one, many = Work(), Work()
    for work, text in ((one, "a" * 60), (many, "aह" * 30)):
        write_text(TextLayer(text, size=12, width=300), {}, LIMITS, {}, work)

    assert many.spent["text"] > one.spent["text"] + 0.05


@pytest.mark.parametrize("text", ["\ufe07", "\u206a", "\U000e0100", "\ufe82\ufe89", "\u0316"])
def test_a_text_that_takes_no_room_is_a_picture_all_the_same(text: str) -> None:
    assert min(written(text, size=20).size) >= 1


@pytest.mark.parametrize(
    "text",
    [
        "lorem ipsum dolor " * 139,
        "字" * 2500,
        "a" * 2500,
        "שלום עולם " * 250,
        "".join(map(chr, range(0x4E00, 0x4E00 + 2500))),
        "e\u0301" * 1250,
        "a" + "\u0316" * 2499,
        "\u202e\u2067" * 1250,
        "aא" * 1250,
        "👩\u200d" * 1250,
        "ह" * 2500,
        "हिन्दी में लिखा " * 150,
    ],
    ids=range(12),
)
def test_no_letter_of_a_long_text_is_measured_again_and_again(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """To try each line anew with every letter would take minutes."""
    measured: list[int] = []
    advance = Ruler.advance

    def counted(ruler: Ruler, line: Sequence[Cluster]) -> float:
        measured.append(len(line))
        return advance(ruler, line)

    monkeypatch.setattr(Ruler, "advance", counted)
    with suppress(LimitExceeded):
        written(text, size=12, width=300)

    assert measured
    assert sum(measured) <= 4 * len(text)


def test_every_run_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[Run] = []
    advance = Run.advance

    def counted(run: Run, size: int) -> float:
        measured.append(run)
        return advance(run, size)

    monkeypatch.setattr(Run, "advance", counted)

    written("aक" * 40, width=SIZE, size=SIZE)

    assert len(measured) < 10  # the letters, the words that they make and what no line ends with
