"""Named transformations."""

import pytest

from proxy.errors import InvalidTransformation, LimitExceeded
from proxy.imagekit.reading import read_plan

NAMES = {
    "thumb": "w-100,h-100,c-at_max",
    "tr": "tr:w-7",
    "chain": "w-500,q-30:rt-90:h-50",
    "choice": "if-w_gt_5,w-80,if-end",
    "stored": "orig-true",
    "empty": "",
    "again": "w-5,n-thumb",
    "hidden": "l-image,i-a,n-hidden,l-end",
    "long": ":".join(["rt-5"] * 20),
}

EXPANDED = {
    "n-thumb": "w-100,h-100,c-at_max",
    "n-tr": "w-7",
    "rt-5:n-thumb:rt-6": "rt-5:w-100,h-100,c-at_max:rt-6",
    "n-thumb,w-50": "w-50,h-100,c-at_max",
    "w-50,n-thumb": "w-50,h-100,c-at_max",
    "cm-extract,n-thumb": "w-100,h-100,cm-extract",
    "n-chain": "w-500:rt-90:h-50,q-30",
    "w-40,n-chain": "w-40:rt-90:h-50,q-30",
    "bl-5,q-9,n-chain": "w-500:rt-90:h-50,bl-5,q-9",
    "n-thumb,n-chain": "w-500,h-100,c-at_max:rt-90:h-50,q-30",
    "n-choice,rt-5": "if-w_gt_5,w-80,if-end:rt-5",
    "n-empty,w-5": "w-5",
    "n-stored,w-5": "orig-true",
    "if-w_gt_5,n-thumb,w-50,if-else,w-9,if-end": "if-w_gt_5,w-50,h-100,c-at_max,if-else,w-9,if-end",
    "l-image,ie-YQ,n-thumb,t-false,l-end": "l-image,ie-YQ,t-false,w-100,h-100,c-at_max,l-end",
}


@pytest.mark.parametrize("text", EXPANDED)
def test_a_name_expands_in_place_and_explicit_words_win(text: str) -> None:
    assert str(read_plan(text, "", NAMES).plan) == EXPANDED[text]
    assert str(read_plan("", text, NAMES).plan) == EXPANDED[text]


@pytest.mark.parametrize("text", ["n-unknown", "n-", "n", "l-image,i-a,n-nobody,l-end"])
def test_an_unknown_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidTransformation, match="name"):
        read_plan(text, "", NAMES)


@pytest.mark.parametrize("name", ["again", "hidden"])
def test_a_named_transformation_names_no_other(name: str) -> None:
    with pytest.raises(InvalidTransformation, match="names no other"):
        read_plan(f"n-{name}", "", NAMES)


def test_what_comes_of_names_is_limited_too() -> None:
    with pytest.raises(LimitExceeded):
        read_plan("n-long:n-long", "", NAMES)


@pytest.mark.parametrize("text", ["n-thumb,w-5", "w-5", "orig-true", "l-text,i-a,l-end", "n-thumb:foo-bar"])
def test_where_only_names_are_taken_everything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidTransformation, match="named"):
        read_plan(text, "", NAMES, named_only=True)


def test_where_only_names_are_taken_names_are() -> None:
    assert str(read_plan("n-thumb:n-tr", "", NAMES, named_only=True).plan) == "w-100,h-100,c-at_max:w-7"
    assert str(read_plan("", "", NAMES, named_only=True).plan) == ""
