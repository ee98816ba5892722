"""Purges of before: what they tell of entries that were written late."""

from dataclasses import replace

import pytest

from proxy.cache.purges.past import Past, stamp_in
from proxy.cache.purges.scope import Files
from proxy.media import place_of
from tests.cache.test_purge import CUP, GROUP, MUG, below, key_of


def test_a_purge_takes_what_was_stamped_before_it_and_nothing_later() -> None:
    past = Past(lambda: None)
    past.remember((5, 0), Files((place_of(GROUP, MUG),), ()))
    past.remember((7, 0), below("media-files/1/2/c"))

    stamps = [(4, 9), (5, 0), (6, 0), (7, 0)]
    assert [past.hides_rendition(stamp, key_of(MUG), str(MUG)) for stamp in stamps] == [True, False, False, False]
    assert [past.hides_rendition(stamp, key_of(CUP), str(CUP)) for stamp in stamps] == [True, True, True, False]


def test_of_the_past_not_too_much_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxy.cache.purges.past.MOST_PLACES", 2)
    monkeypatch.setattr("proxy.cache.purges.past.MOST_WIDE", 2)
    past = Past(lambda: None)
    for number in range(1, 9):
        past.remember((number, 0), Files((place_of(GROUP, replace(MUG, code=f"{number}.jpg")),), ()))
        past.remember((number, 0), below(f"media-files/{number}"))

    assert (len(past.places), len(past.wide)) == (2, 2)
    assert past.hides_rendition((0, 0), key_of(MUG), str(MUG))  # the joined ones take more


@pytest.mark.parametrize("text", ["", "x", "1-x", None])
def test_what_is_no_stamp_is_the_earliest(text: object) -> None:
    assert stamp_in(text) == (0, 0)
