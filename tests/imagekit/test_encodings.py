"""What the wire looks like: the numbered list of the reference's section 1, item by item."""

from urllib.parse import quote, urlencode

import pytest

from proxy.errors import InvalidTransformation
from proxy.imagekit.syntax import Block, Param, read_steps
from proxy.slices import OutputSettings
from tests.imagekit.urls import read_url

PATH = "media-files/1/2/a/b/12ab_mug.jpg"


def plan_of(target: str) -> str:
    return str(read_url(target, "", OutputSettings(auto_orient=False)).request.plan)


def inside(text: str, *, form: bool = False) -> list[str]:
    """Values inside the one layer of a text."""
    [[layer]] = read_steps(text, form=form)
    assert isinstance(layer, Block)
    return [param.value for step in layer.steps for param in step if isinstance(param, Param)]


def test_1_separators_stand_readable() -> None:
    assert plan_of(f"/{PATH}?tr=w-300,h-210:rt-90") == "w-300,h-210:rt-90,f-auto"


def test_2_a_value_may_be_form_encoded_as_a_whole() -> None:
    text = "w-300,h-210:rt-90"

    assert plan_of(f"/{PATH}?tr=w-300%2Ch-210%3Art-90") == f"{text},f-auto"
    assert plan_of(f"/{PATH}?{urlencode({'tr': text})}") == f"{text},f-auto"
    assert plan_of(f"/tr:w-300%2ch-210%3art-90/{PATH}") == f"{text},f-auto"


def test_2_form_encoding_makes_plus_of_a_space_and_encodes_the_at_sign() -> None:
    assert inside("l-image%2Ci-my+logo%40%40a.png%2Cl-end", form=True) == ["my logo@@a.png"]
    assert inside("l-text%2Ci-two+words%2Cfs-9%2Cl-end", form=True) == ["two words", "9"]


def test_3_the_text_of_a_layer_may_hold_encoded_separators() -> None:
    assert inside("l-text,i-plain%2C%20text,fs-9,l-end", form=True) == ["plain, text", "9"]
    assert inside("l-text,i-plain%2C%20text,fs-9,l-end") == ["plain, text", "9"]


def test_3_a_plus_is_a_space_in_the_query_but_not_in_base64() -> None:
    assert inside("l-text,i-a+b,ie-c+d,l-end", form=True) == ["a b", "c+d"]


def test_4_base64_is_decoded_from_percent_encoding_once() -> None:
    assert inside(f"l-text,ie-{quote('a+b/c==', safe='')},l-end", form=True) == ["a+b/c=="]


def test_4_an_encoded_slash_does_not_split_the_path() -> None:
    assert plan_of(f"/tr:l-text,ie-Pz8%2FPw%3D%3D,l-end:w-300/{PATH}") == "l-text,ie-Pz8_Pw,l-end:w-300,f-auto"


@pytest.mark.parametrize("space", [" ", "%20"])
def test_5_a_space_may_be_encoded_or_not(space: str) -> None:
    assert inside(f"l-text,i-a,ff-Open{space}Sans,l-end") == ["a", "Open Sans"]


def test_6_repeated_slashes_are_one() -> None:
    assert plan_of(f"http://host//{PATH}?tr=w-300") == "w-300,f-auto"


def test_7_a_raw_ampersand_is_a_letter_in_the_path_only() -> None:
    assert inside("l-text,i-a & b,l-end") == ["a & b"]
    assert plan_of(f"/tr:l-text,i-a&b,l-end:w-300/{PATH}") == "l-text,ie-YSZi,l-end:w-300,f-auto"
    with pytest.raises(InvalidTransformation, match="l-end"):
        plan_of(f"/{PATH}?tr=l-text,i-a&b,l-end:w-300")


@pytest.mark.parametrize("text", ["w-100,,h-50", "w-100,h-50:", ":w-100,h-50", "w-100,h-50,::,"])
def test_7_empty_items_are_skipped(text: str) -> None:
    assert plan_of(f"/tr:{text}/{PATH}") == "w-100,h-50,f-auto"


def test_8_sdks_may_write_the_default_out_or_leave_it_away() -> None:
    assert plan_of(f"/tr:w-5,md-false/{PATH}") == plan_of(f"/tr:w-5/{PATH}")


def test_2_and_3_a_layers_text_is_encoded_once_more_in_a_value_that_is_encoded_as_a_whole() -> None:
    plain, packed = "l-text,i-100%25%20plain%2C%20text,fs-9,l-end", f"l-text,ie-{quote('Pz8/Pw==', safe='')},l-end"

    assert inside(quote(plain, safe=""), form=True) == ["100% plain, text", "9"]
    assert inside(quote(packed, safe=""), form=True) == ["Pz8/Pw=="]
    assert inside(quote("l-text,ie-a+b/c==,l-end", safe=""), form=True) == ["a+b/c=="]
