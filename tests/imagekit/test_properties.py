"""What holds for every text and every plan."""

import random
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import ProxyError
from proxy.imagekit.accept import read_accept
from proxy.imagekit.reading import read_plan
from proxy.imagekit.url import read_url
from proxy.plan import Plan
from proxy.settings import OutputSettings
from tests.imagekit.strategies import odd_texts, plans

SETTINGS = OutputSettings()


def refusal_of(read: Callable[[], object]) -> ProxyError | None:
    """None if the text was understood; anything but a ProxyError fails the test."""
    try:
        read()
    except ProxyError as refusal:
        return refusal
    return None


@given(st.text() | odd_texts(), st.text(max_size=20) | odd_texts())
def test_any_text_is_a_plan_or_a_polite_refusal(path: str, query: str) -> None:
    refusal = refusal_of(lambda: read_plan(path, query))

    if refusal is None:
        plan = read_plan(path, query).plan
        assert read_plan(str(plan)).plan == plan
    else:
        assert refusal.status == 400
        assert all(" " <= letter <= "~" for letter in refusal.message)


@given(st.text() | odd_texts(), st.text(max_size=40))
@pytest.mark.parametrize(
    "form", ["{}", "/{}/media-files/a.jpg", "/tr:{}/media-files/a.jpg", "/media-files/a.jpg?tr={}"]
)
def test_any_target_is_a_request_or_a_polite_refusal(form: str, text: str, accept: str) -> None:
    refusal = refusal_of(lambda: read_url(form.format(text), accept, SETTINGS))

    assert refusal is None or refusal.status in {400, 404}


@given(st.text())
def test_any_accept_header_is_read(header: str) -> None:
    read_accept(header)


@given(plans())
def test_a_plan_survives_being_written_and_read(plan: Plan) -> None:
    reading = read_plan(str(plan))

    assert reading.plan == plan
    assert str(reading.plan) == str(plan)
    assert (reading.ignored, reading.fallbacks) == ((), ())


@given(plans(), st.randoms(use_true_random=False))
def test_the_order_of_parameters_in_a_step_does_not_matter(plan: Plan, shuffler: random.Random) -> None:
    steps = [step.split(",") for step in str(plan).split(":")]
    for step in steps:
        shuffler.shuffle(step)

    assert read_plan(":".join(",".join(step) for step in steps)).plan == plan


@given(plans())
def test_every_way_of_encoding_gives_the_same_plan(plan: Plan) -> None:
    text = str(plan)
    wholly_encoded = "".join(f"%{byte:02x}" for byte in text.encode())

    assert read_plan("", quote_plus(text)).plan == plan
    assert read_plan(quote(text, safe="")).plan == plan
    assert read_plan(text.replace(",", "%2c").replace(":", "%3a")).plan == plan
    assert read_plan(wholly_encoded).plan == plan


@given(plans().filter(lambda plan: not plan.original), st.sampled_from(["", "w-300:rt-90", "q-5,f-png", "foo,fo-cat"]))
def test_the_query_goes_on_where_the_path_ends(plan: Plan, query: str) -> None:
    path = str(plan)

    assert read_plan(path, query) == read_plan(f"{path}:{query}")


HOSTILE = {
    "commas": "," * 8000,
    "colons": ":" * 8000,
    "digits": "w-" + "1" * 8000 + "x",
    "decimals": "ar-" + "1" * 4000 + "." + "1" * 4000 + "-1",
    "expression": "w-iw" + "_mul_iw" * 1100 + "_",
    "angle": "rt-N" + "9" * 8000,
    "open layers": "l-text," * 1100,
    "open conditions": "if-w_gt_1," * 800,
    "ends": "l-end," * 1300,
    "nested": "l-image," * 600 + "l-end," * 600,
    "long value": "x-" + "%41" * 2600,
    "text": "l-text,i-" + "%2C" * 2600,
    "colour": "bg-blurred" + "_1" * 4000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_read_or_refused_briefly(text: str) -> None:
    refusal = refusal_of(lambda: read_plan(text))

    assert refusal is None or len(refusal.message) < 500


def test_a_long_accept_header_names_nothing_behind_its_limit() -> None:
    assert read_accept("a;" * 500_000 + ",image/webp") == frozenset()
