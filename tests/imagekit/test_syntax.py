"""Text -> raw steps: separators, nesting, encodings, limits."""

import pytest

from proxy.errors import InvalidTransformation, LimitExceeded
from proxy.imagekit.syntax import MAX_DEPTH, MAX_ITEMS, MAX_STEPS, Block, Item, Param, read_steps


def outline(text: str, *, form: bool = False) -> list[list[object]]:
    """Steps as lists: a param as (key, value), a block as its head and its own outline."""

    def of(item: Item) -> object:
        if isinstance(item, Param):
            return (item.key, item.value)
        return (item.head.key, item.head.value, [[of(inner) for inner in step] for step in item.steps])

    return [[of(item) for item in step] for step in read_steps(text, form=form)]


SPLIT = {
    "": [],
    "w-300": [[("w", "300")]],
    "w-300,h-200:rt-90": [[("w", "300"), ("h", "200")], [("rt", "90")]],
    "ar-4-3": [[("ar", "4-3")]],
    "di-my-file.jpg": [[("di", "my-file.jpg")]],
    "w": [[("w", "")]],
    "w-": [[("w", "")]],
    "-5": [[("", "5")]],
    "e-grayscale": [[("e-grayscale", "")]],
    "e-sharpen-10": [[("e-sharpen", "10")]],
    "e-usm-2-2-0.8-0.024": [[("e-usm", "2-2-0.8-0.024")]],
    "e": [[("e", "")]],
    "l": [[("l", "")]],
    "w-1,,h-2,": [[("w", "1"), ("h", "2")]],
    "::w-1::h-2:": [[("w", "1")], [("h", "2")]],
    "w-1%2Ch-2%3art-90": [[("w", "1"), ("h", "2")], [("rt", "90")]],
}


@pytest.mark.parametrize("text", SPLIT)
def test_text_splits_into_steps_of_keys_and_values(text: str) -> None:
    assert outline(text) == SPLIT[text]


def test_a_param_remembers_how_it_was_written() -> None:
    assert read_steps("w-%33") == ((Param("w", "3", "w-%33"),),)


def test_a_layer_keeps_its_insides_to_itself() -> None:
    [[width, layer]] = read_steps("w-300,l-image,i-logo.png,w-100:rt-90,l-end")

    assert width == Param("w", "300", "w-300")
    assert isinstance(layer, Block)
    assert layer.text == "l-image,i-logo.png,w-100:rt-90,l-end"
    assert [[param.text for param in step if isinstance(param, Param)] for step in layer.steps] == [
        ["i-logo.png", "w-100"],
        ["rt-90"],
    ]


def test_an_if_block_keeps_its_branches_to_itself() -> None:
    inside = [[("w", "200"), ("if", "else"), ("w", "300")], [("h", "5")]]

    assert outline("if-ar_gt_1,w-200,if-else,w-300:h-5,if-end:rt-90") == [[("if", "ar_gt_1", inside)], [("rt", "90")]]


def test_blocks_stand_in_each_other() -> None:
    inner = ("l", "text", [[("i", "hi")]])

    assert outline("l-image,i-a.png,l-text,i-hi,l-end,l-end,w-5") == [
        [("l", "image", [[("i", "a.png"), inner]]), ("w", "5")]
    ]


def test_encoded_separators_are_letters_in_the_text_of_a_text_layer() -> None:
    assert outline("l-text,i-a%2C b%3A c,fs-40,l-end") == [[("l", "text", [[("i", "a, b: c"), ("fs", "40")]])]]


def test_encoded_separators_separate_in_an_image_layer() -> None:
    assert outline("l-image,i-a.png%2Cw-5,l-end") == [[("l", "image", [[("i", "a.png"), ("w", "5")]])]]


def test_in_a_wholly_encoded_query_every_separator_separates() -> None:
    assert outline("l-text%2Ci-hello%2Cfs-40%2Cl-end%3Aw-250", form=True) == [
        [("l", "text", [[("i", "hello"), ("fs", "40")]])],
        [("w", "250")],
    ]


def test_plus_is_a_space_in_a_query_only() -> None:
    assert outline("l-text,i-a+b,l-end", form=True) == [[("l", "text", [[("i", "a b")]])]]
    assert outline("l-text,i-a+b,l-end") == [[("l", "text", [[("i", "a+b")]])]]


def test_plus_in_base64_stays_a_plus() -> None:
    assert outline("l-text,ie-a+b%2B,l-end", form=True) == [[("l", "text", [[("ie", "a+b+")]])]]


def test_values_are_decoded_once() -> None:
    assert outline("di-a%2520b%40%40%C3%A9") == [[("di", "a%20b@@é")]]


BROKEN = ["l-end", "if-end", "if-else", "l-text,if-else,l-end", "l-text,i-a", "if-w_gt_1,w-5", "if-a,l-b,if-end,l-end"]


@pytest.mark.parametrize("text", [*BROKEN, "w-%FF", "w-%C3", "w-\ud800"])
def test_what_cannot_be_split_is_refused(text: str) -> None:
    with pytest.raises(InvalidTransformation):
        read_steps(text)


def test_what_is_refused_is_repeated_shortly_and_in_printable_letters() -> None:
    with pytest.raises(InvalidTransformation) as caught:
        read_steps("l-\r\nSet-Cookie: é" + "x" * 8000)

    assert caught.value.part == "l-??Set-Cookie"
    with pytest.raises(InvalidTransformation) as caught:
        read_steps("l-" + "x" * 8000)
    assert caught.value.part == "l-" + "x" * 78 + "..."


def test_steps_items_and_depth_are_limited() -> None:
    assert len(read_steps("w-1:" * MAX_STEPS)) == MAX_STEPS
    assert len(read_steps("w-1," * MAX_ITEMS)[0]) == MAX_ITEMS
    read_steps("l-image," * MAX_DEPTH + "l-end," * MAX_DEPTH)

    for text in ("w-1:" * (MAX_STEPS + 1), "w-1," * (MAX_ITEMS + 1), "l-image," * (MAX_DEPTH + 1)):
        with pytest.raises(LimitExceeded):
            read_steps(text)
