"""What is read out of Bynder's documents, and the names of files."""

import pytest

from proxy.sync.bynder.documents import read_medium, read_schema
from proxy.sync.bynder.fingerprint import Fingerprint, file_name, id_of, short
from proxy.sync.outcomes import TransientError

ID = "8D1E4F60-52A7-4C0B-9F3A6B2C71D05E48"


@pytest.mark.parametrize(
    ("document", "version"),
    [
        ({"activeVersion": 7}, "7"),
        ({}, ""),
        ({"mediaItems": [{"version": 2, "active": "1"}, {"version": 10, "active": True}, {"version": 11}]}, "10"),
        ({"mediaItems": [], "idHash": "a", "fileSize": 3}, "f46dd28a"),
    ],
)
def test_the_version_is_the_active_one_or_a_mark_of_the_file(document: dict[str, object], version: str) -> None:
    assert read_medium({"id": ID, **document}).version == version


def test_a_file_name_tells_its_asset_after_akeneo_has_cleaned_it() -> None:
    medium = read_medium({"id": ID, "name": "Läufer, side view of the very long shoe", "activeVersion": 2})

    name = file_name(medium, "original", "jpg")

    assert name == "l-ufer-side-view-of-the-very-l__8D1E4F6052A74C0B9F3A6B2C71D05E48__original_v2.jpg"
    assert Fingerprint.named("1/2/3/4/abc_" + name.replace("-", "_")) == Fingerprint.of(medium, "original")
    assert id_of(name) == ID
    assert len(file_name(medium, "a derivative with a long name", "jpeg")) <= 95
    assert short("a derivative with a long name") != short("a derivative with a long names")


@pytest.mark.parametrize(
    "code", ["1/2/abc_shoe.jpg", "1/2/shoe__original_v2.jpg", "bag__front__web_v2.jpg", "a__b.jpg", ""]
)
def test_other_names_are_foreign(code: str) -> None:
    assert Fingerprint.named(code) is None


def test_a_number_that_is_absurdly_long_is_none() -> None:
    found = read_medium({"id": ID, "fileSize": "1" * 5000, "mediaItems": [{"version": "1" * 5000, "active": 1}]})

    assert found.size is None


@pytest.mark.parametrize("document", [None, [], {"name": "x"}])
def test_a_document_that_is_none_may_pass(document: object) -> None:
    with pytest.raises(TransientError):
        read_medium(document)


def test_an_option_that_is_switched_off_is_none() -> None:
    options = [{"id": "1", "name": "a", "active": "0"}, {"id": "2", "name": "b", "active": True}, {"name": "c"}]

    schema = read_schema({"x": {"id": "m", "type": "select2", "isApiField": "1", "options": options}})

    assert (schema["x"].options, schema["x"].is_select, schema["x"].multi) == ({"b": "2"}, True, False)


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("Spring, Summer,Winter", ("Spring, Summer", "Winter")),
        ("Winter,Spring, Summer", ("Winter", "Spring, Summer")),
        ("Spring,Autumn", ("Spring", "Autumn")),
        ("Spring, Summer, Autumn", ("Spring, Summer, Autumn",)),
    ],
)
def test_in_a_text_the_longest_known_name_is_taken_first(text: str, texts: tuple[str, ...]) -> None:
    medium = read_medium({"id": ID, "property_seasons": text})

    assert medium.texts("seasons", ("Spring", "Spring, Summer", "Spring, Summer, Autumn", "Winter")) == texts
