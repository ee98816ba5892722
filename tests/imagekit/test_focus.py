"""Focus words."""

import pytest

from proxy.imagekit.focus import NO_AREA, NO_MODEL, OBJECTS, focus, position
from proxy.imagekit.reading import read_plan
from proxy.imagekit.values import Fallback, Unwelcome
from proxy.plan.values import Focus


@pytest.mark.parametrize("place", Focus)
def test_the_nine_places_and_auto_are_themselves(place: Focus) -> None:
    assert focus(str(place)) is place


@pytest.mark.parametrize("word", ["face", *OBJECTS.split()])
def test_words_that_need_a_model_fall_back_to_where_most_is_to_see(word: str) -> None:
    assert focus(word) == Fallback(Focus.AUTO, NO_MODEL)


def test_an_area_stored_elsewhere_falls_back_to_the_center() -> None:
    assert focus("custom") == Fallback(Focus.CENTER, NO_AREA)


def test_a_layer_has_a_place_and_no_automatic_one() -> None:
    assert position("top_left") is Focus.TOP_LEFT
    for word in ("auto", "face", "custom", ""):
        with pytest.raises(Unwelcome):
            position(word)


def test_there_are_eighty_objects() -> None:
    assert len(set(OBJECTS.split())) == 80
    assert all(word.isascii() and word.isalpha() and word[0].islower() for word in OBJECTS.split())


@pytest.mark.parametrize("word", ["auto", "custom", "face", *OBJECTS.split()])
def test_no_word_of_imagekit_costs_a_page_its_picture(word: str) -> None:
    reading = read_plan(f"w-3,h-4,fo-{word},z-0.8")

    assert str(reading.plan) == ("w-3,h-4" if word == "custom" else "w-3,h-4,fo-auto")
    assert [note.text for note in reading.fallbacks] == ([] if word == "auto" else [f"fo-{word}"])
    assert [note.text for note in reading.ignored] == ["z-0.8"]


@pytest.mark.parametrize("word", ["", "centre", "Center", "cellphone", "dragon"])
def test_unknown_words_are_refused(word: str) -> None:
    with pytest.raises(Unwelcome):
        focus(word)
