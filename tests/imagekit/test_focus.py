"""Focus words."""

import pytest

from proxy.imagekit.focus import OBJECTS, focus
from proxy.imagekit.values import Fallback, Unwelcome
from proxy.plan.values import Focus


@pytest.mark.parametrize("place", Focus)
def test_the_nine_places_are_themselves(place: Focus) -> None:
    assert focus(str(place)) is place


@pytest.mark.parametrize("word", ["custom", "auto", "face", "person", "cellPhone"])
def test_words_that_need_a_model_fall_back_to_the_center(word: str) -> None:
    assert focus(word) == Fallback(Focus.CENTER)


def test_there_are_eighty_objects() -> None:
    assert len(set(OBJECTS.split())) == 80


@pytest.mark.parametrize("word", ["", "centre", "Center", "cellphone", "dragon"])
def test_unknown_words_are_refused(word: str) -> None:
    with pytest.raises(Unwelcome):
        focus(word)
