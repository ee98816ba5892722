"""Words that were read before mean the same as when they are read anew."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.errors import InvalidTransformation, ProxyError
from proxy.imagekit.endpoints import dialect_of, read
from proxy.imagekit.hints import Hints
from proxy.imagekit.meaning import LONGEST, MOST, Dialect, Meanings, Words
from proxy.imagekit.signature import signed
from proxy.imagekit.url import ReadUrl
from proxy.settings import Endpoint, Settings
from proxy.slices import OutputSettings
from tests.imagekit.plans import plans
from tests.imagekit.strategies import odd_texts

KEY = "private_example_key"
PATHS = ["media-files/1/2/ab_mug.jpg", "media-files/3/4/cd_pot.png", "media-files/5/6/ef_film.mp4/ik-thumbnail.jpg"]
TABLE = {
    "akeneo": {"url": "http://pim", "access_token": "t"},
    "named_transformations": {"tile": "w-99,f-auto", "fluid": "w-auto"},
    "output": {"auto_avif": True, "save_data_quality": 40},
    "signing": {"private_key": KEY},
    "abuse": {"width_ladder": [160, 320, 640]},
}
(ENDPOINT,) = Settings.model_validate(TABLE).all_endpoints
MEANINGS = Meanings(dialect_of(ENDPOINT))  # one for all examples: each meets what the others have left
WORDS = [
    "",
    "w-300",
    "w-auto",
    "n-tile",
    "n-fluid,dpr-auto",
    "w-300,f-png",
    "orig-true",
    "pg-2,w-50",
    "w-x",
    "e-usm-1-2-3-4",
]

transformations = st.sampled_from(WORDS) | odd_texts() | plans().map(str)
hints = st.builds(
    Hints, st.none() | st.integers(1, 3000), st.none() | st.sampled_from([0.5, 1.0, 2.0]), st.booleans(), st.just(8192)
)
accepts = st.sampled_from(["", "*/*", "image/webp", "image/avif,image/webp,*/*;q=0.8", "image/webp;q=0"])


def outcome(read: Callable[[], ReadUrl]) -> ReadUrl | tuple[type[ProxyError], str]:
    try:
        return read()
    except ProxyError as error:
        return type(error), error.message


targets = st.builds("tr:{}/{}?tr={}".format, transformations, st.sampled_from(PATHS), transformations)
targets |= targets.map(lambda target: signed(target, KEY))


@settings(max_examples=60)
@given(targets, accepts, hints)
def test_what_is_remembered_is_what_would_be_read(target: str, accept: str, hints: Hints) -> None:
    anew = outcome(partial(read, ENDPOINT, target, accept, hints))
    first, second = (outcome(partial(remembering, ENDPOINT, target, accept, hints)) for _ in range(2))

    assert first == second == anew
    if isinstance(anew, ReadUrl) and isinstance(second, ReadUrl):
        assert second.request.identity == anew.request.identity


def remembering(endpoint: Endpoint, target: str, accept: str, hints: Hints) -> ReadUrl:
    return read(endpoint, target, accept, hints, meaning_of=MEANINGS.of)


def test_the_same_words_are_read_once_for_many_pictures() -> None:
    meanings = Meanings(Dialect(OutputSettings()))

    assert meanings.of(Words("w-300")) is meanings.of(Words("w-300"))
    assert meanings.of(Words("w-300")) is not meanings.of(Words("w-301"))


def test_what_is_remembered_has_its_bounds() -> None:
    meanings = Meanings(Dialect(OutputSettings()))

    meanings.of(Words("zzz-" + "1" * LONGEST))
    remembered = meanings.remembered.cache_info()
    assert (remembered.currsize, remembered.maxsize) == (0, MOST)


def test_a_refusal_is_read_each_time() -> None:
    meanings = Meanings(Dialect(OutputSettings()))

    for _ in range(2):
        with pytest.raises(InvalidTransformation):
            meanings.of(Words("w-x"))

    assert meanings.remembered.cache_info().currsize == 0
