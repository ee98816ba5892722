"""The table, and the word that each wrong value gets."""

import pytest

from proxy.errors import InvalidTransformation
from proxy.imagekit.layer_parameters import CANVAS, IMAGE, POSITION, TEXT
from proxy.imagekit.parameter import Parameter
from proxy.imagekit.parameters import PARAMETERS
from proxy.imagekit.reading import read_plan

KEYS = (
    "w h ar c cm fo x y xc yc z dpr t rt fl bg b r o bl e-grayscale e-contrast e-sharpen e-usm e-shadow e-gradient cr "
    "e-colorize e-distort f q pr lo cp md dn pg di orig"
)
FLAGS = {"e-grayscale", "e-contrast", "e-sharpen", "e-usm", "e-shadow", "e-gradient", "e-colorize"}
MAY_SAY = {"what?": {"di"}, "": FLAGS}


def test_every_key_and_every_field_stands_once() -> None:
    assert len({row.key for row in PARAMETERS}) == len(PARAMETERS)
    assert len({(row.part, row.field) for row in PARAMETERS}) == len(PARAMETERS)
    assert " ".join(row.key for row in PARAMETERS) == KEYS


@pytest.mark.parametrize("rows", [(*IMAGE, *POSITION, *CANVAS), (*TEXT, *POSITION)])
def test_of_layers_too_every_key_and_every_field_stands_once(rows: tuple[Parameter, ...]) -> None:
    assert len({row.key for row in rows}) == len(rows)
    assert len({(row.part, row.field) for row in rows}) == len(rows)


@pytest.mark.parametrize("row", [*PARAMETERS, *IMAGE, *POSITION, *CANVAS, *TEXT], ids=lambda row: row.key)
def test_every_parameter_is_described(row: Parameter) -> None:
    assert row.about
    assert row.accepts


WRONG = [(row, value) for row in PARAMETERS for value in ("what?", "") if row.key not in MAY_SAY[value]]


@pytest.mark.parametrize(("row", "value"), WRONG, ids=lambda part: getattr(part, "key", part))
def test_a_wrong_value_is_named_with_what_was_expected(row: Parameter, value: str) -> None:
    with pytest.raises(InvalidTransformation) as caught:
        read_plan(f"{row.key}-{value}")

    assert caught.value.message == f"{row.key}-{value}: expected {row.accepts}"
    assert caught.value.status == 400


def test_the_message_is_a_sentence_for_people() -> None:
    with pytest.raises(
        InvalidTransformation,
        match=r"^w-abc: expected pixels \(1 to 65535\), a share below 1 such as 0.5, or an expression",
    ):
        read_plan("h-5,w-abc")
    with pytest.raises(InvalidTransformation, match=r"^q-900: expected a whole number from 1 to 100, or auto$"):
        read_plan("q-900")
