"""What holds for every text and every plan."""

import random
from collections.abc import Callable
from functools import partial
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import ProxyError
from proxy.imagekit.accept import read_accept
from proxy.imagekit.reading import read_plan
from proxy.imagekit.syntax import Block, read_steps
from proxy.plan.plan import Plan
from proxy.slices import OutputSettings
from tests.imagekit.plans import plans
from tests.imagekit.strategies import ODD_WORDS, odd_texts
from tests.imagekit.urls import read_url

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
    """Layers keep theirs: the later one lies on top."""
    steps = []
    for raw in read_steps(str(plan)):
        params = [item.text for item in raw if not isinstance(item, Block)]
        blocks = [item.text for item in raw if isinstance(item, Block)]
        shuffler.shuffle(params)
        cut = shuffler.randint(0, len(params))
        steps.append(",".join([*params[:cut], *blocks, *params[cut:]]))

    assert read_plan(":".join(steps)).plan == plan


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


def test_five_thousand_mutated_urls_are_read_or_refused_without_delay() -> None:
    chance = random.Random(3)
    words = [*ODD_WORDS.split(), ",", ":", "-", "_", "N", "%2C"]
    seeds = [
        "w-iw_div_2,h-200,cm-pad_resize,bg-blurred_15_N20:rt-N90,fl-h,b-cw_mul_0.04_yellow,r-max",
        "l-image,i-a@@b.png,lx-N20,w-bw_div_2,l-text,i-hello,fs-40,pa-10_20,l-end,l-end:w-250,q-60",
        "if-ar_gte_4-3_or_h_gt_700_and_w_lt_900,w-80:rt-90,if-else,w-90,f-webp,if-end",
    ]
    for _ in range(5_000):
        text = chance.choice(seeds)
        for _ in range(chance.randint(1, 4)):
            at, gone = chance.randint(0, len(text)), chance.choice([0, 0, 1, 3, 9])
            text = text[:at] + chance.choice(words) + text[at + gone :]
        refusal = refusal_of(partial(read_url, f"/tr:{text}/media-files/a.jpg", "image/webp", SETTINGS))
        assert refusal is None or refusal.status in {400, 404}


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
