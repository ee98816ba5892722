"""Whatever the text, it is drawn or refused."""

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from proxy.errors import LimitExceeded
from proxy.pixels.shaping import Cluster, Ruler, Run
from proxy.pixels.text import write_text
from proxy.pixels.work import Work
from proxy.plan.steps import TextLayer
from tests.pixels.pictures import LIMITS
from tests.pixels.texts import SIZE, written

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
