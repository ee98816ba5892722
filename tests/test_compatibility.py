"""The page that compares us with ImageKit leaves nothing out, and what it says of refusals is so."""

import re
from pathlib import Path

import pytest
from imagekitio.lib.helper import SUPPORTED_TRANSFORMS

from proxy.errors import InvalidTransformation
from proxy.imagekit.parameter import SAME
from proxy.imagekit.parameters import PARAMETERS
from proxy.imagekit.reading import read_plan
from proxy.imagekit.refusals import PASSED_OVER, REFUSED, Absence
from tests.documentation import LAYERS, PAGES, TABLES

PAGE = Path("docs/imagekit-compatibility.md").read_text(encoding="utf-8")

# What ImageKit documents, by hand, so that a row that is lost from our tables is missed.
SIZE = "w h ar c cm fo x y xc yc z dpr"
OUTPUT = "q f pr lo cp md dn di pg orig"
LOOK = "rt fl bg b r o bl t e-grayscale e-contrast e-sharpen e-usm e-shadow e-gradient cr e-colorize e-distort"
MODELS = "e-bgremove e-removedotbg e-changebg e-edit e-upscale e-retouch e-genvar e-dropshadow bg-genfill"
POSITION = "lfo lx ly lxc lyc lap lm"
TEXT = "i ie fs ff co w ia pa tg lh bg r rt fl al"
OLD = "oi ot obg ox oy ofo ote"
VIDEO = "so eo du vc ac sr l-video l-subtitles"
LANGUAGE = "n-NAME ik-s ik-t ik-attachment-filename ik-seo /ik-thumbnail.jpg ik-sanitizeSvg"
DOCUMENTED = " ".join((SIZE, OUTPUT, LOOK, MODELS, POSITION, TEXT, OLD, VIDEO, LANGUAGE)).split()


def words_of(text: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", text))


@pytest.mark.parametrize("word", DOCUMENTED)
def test_whatever_imagekit_documents_is_on_the_page(word: str) -> None:
    assert word in words_of(PAGE)


def test_whatever_the_sdk_can_write_is_on_the_page() -> None:
    written = {word for word in SUPPORTED_TRANSFORMS.values() if word not in {"n", "raw"}}  # `n-NAME`; `raw` is no key

    assert not written - words_of(PAGE)


def test_every_parameter_is_compared() -> None:
    for row in PARAMETERS:
        assert f"| `{row.key}` | {row.about} | {row.verdict} |" in PAGE
    for layer, rows in LAYERS:
        for row in rows:
            assert f"| {layer} | `{row.key}` | {row.about} | {row.verdict} |" in PAGE


def test_a_verdict_that_is_not_the_same_says_how() -> None:
    everything = [*PARAMETERS, *(row for _, rows in LAYERS for row in rows)]

    assert all(row.verdict.note for row in everything if row.verdict is not SAME)


def test_every_table_has_its_place() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in PAGES)

    assert sorted(re.findall(r"<!-- made by make docs: (\S+) -->", pages)) == sorted(TABLES)


@pytest.mark.parametrize("word", [word for absence in REFUSED for word in absence.words])
def test_a_refused_word_is_answered_with_what_is_welcome(word: str) -> None:
    text = f"{word},l-end" if word.startswith("l-") else f"{word}-x" if len(word) < 6 else word
    instead = next(absence.instead for absence in REFUSED if word in absence.words)

    with pytest.raises(InvalidTransformation) as caught:
        read_plan(text)

    assert caught.value.expected == instead


@pytest.mark.parametrize("absence", PASSED_OVER, ids=lambda absence: absence.about)
def test_a_word_about_video_changes_nothing_and_is_told(absence: Absence) -> None:
    for word in absence.words:
        reading = read_plan(f"w-50,{word}-1")

        assert reading.plan == read_plan("w-50").plan
        assert reading.ignored == ((f"{word}-1", absence.verdict.note),)
