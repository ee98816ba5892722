"""The table, and the word that each wrong value gets."""

import pytest

from proxy.errors import InvalidTransformation
from proxy.imagekit.parameters import PARAMETERS, Parameter
from proxy.imagekit.reading import read_plan


def test_every_key_and_every_field_stands_once() -> None:
    assert len({row.key for row in PARAMETERS}) == len(PARAMETERS)
    assert len({(row.part, row.field) for row in PARAMETERS}) == len(PARAMETERS)
    assert " ".join(row.key for row in PARAMETERS) == "w h ar c cm fo x y xc yc dpr rt bg f q pr lo cp md orig"


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.key)
def test_every_parameter_is_described(row: Parameter) -> None:
    assert row.about
    assert row.accepts


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.key)
@pytest.mark.parametrize("value", ["what?", ""])
def test_a_wrong_value_is_named_with_what_was_expected(row: Parameter, value: str) -> None:
    with pytest.raises(InvalidTransformation) as caught:
        read_plan(f"{row.key}-{value}")

    assert caught.value.message == f"{row.key}-{value}: expected {row.accepts}"
    assert caught.value.status == 400


def test_the_message_is_a_sentence_for_people() -> None:
    with pytest.raises(InvalidTransformation, match=r"^w-abc: expected pixels \(1 to 65535\) or a share below 1"):
        read_plan("h-5,w-abc")
    with pytest.raises(InvalidTransformation, match=r"^q-900: expected a whole number from 1 to 100, or auto$"):
        read_plan("q-900")
