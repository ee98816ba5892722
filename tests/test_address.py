"""The grammar of addresses: what is read is written the same, and nothing leads out of Akeneo's lists."""

from contextlib import suppress
from urllib.parse import quote, unquote

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from proxy.address import LEGACY, ROOTS, Entry, EntryAddress, Kind, climbs
from proxy.catalogue.paths import path_of
from proxy.errors import InvalidTransformation, MediaNotFound, NoSuchPath
from proxy.imagekit.url import NOWHERE, locate
from proxy.media import Family

PIECES = [
    "..",
    ".",
    "/",
    "//",
    "\\",
    "%2e",
    "%2f",
    "%252e",
    "%252f",
    "%",
    "%41",
    "tr:",
    "?",
    "#",
    "&",
    " ",
    "é☕",
    "a[1]",
]
NAMES = st.one_of(
    st.text(min_size=1, max_size=20), st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)
)
CODES = NAMES.filter(lambda it: "/" not in it)
ATTRIBUTES = st.one_of(st.just(""), st.text("abzAZ09_", min_size=1, max_size=8))
LOCALES = st.sampled_from([None, "en_US", "fr", "zh_Hant_TW"])
SCOPES = st.sampled_from([None, "ecommerce", "print_2"])


def is_name(text: str) -> bool:
    try:
        EntryAddress.parse(["products", quote(text, safe="")])
    except (NoSuchPath, UnicodeError):
        return False
    return True


@st.composite
def addresses(draw: st.DrawFn) -> EntryAddress:
    kind = draw(st.sampled_from(list(Kind)))
    locale, scope = draw(LOCALES), draw(SCOPES)
    if kind in LEGACY:
        scope = (scope or "print") if kind is Kind.VARIATION else None
        return EntryAddress(Entry(kind, draw(CODES)), locale=locale, scope=scope)
    position = draw(st.integers(0, 9999))
    attribute = draw(ATTRIBUTES)
    if kind is Kind.RECORD:
        code = draw(st.one_of(st.just(""), CODES))
        inside = (attribute or "image", position) if code else ("", 0)
        return EntryAddress(Entry(kind, code, draw(CODES)), *inside, locale, scope)
    owner = draw(CODES) if kind is Kind.ASSET else ""
    code = draw(CODES if kind is Kind.ASSET else NAMES)
    return EntryAddress(Entry(kind, code, owner), attribute, position, locale, scope)


@given(addresses())
def test_an_address_that_is_written_is_read_to_the_same(address: EntryAddress) -> None:
    assume(all(is_name(name) for name in (address.entry.code, address.entry.owner) if name))
    assume(address.entry.code not in {"reference-files", "variation-files"} or address.entry.kind is not Kind.ASSET)
    assume(not (address.entry.kind is Kind.ASSET and address.entry.code == "variations"))

    located = locate(f"/tr:/{address}")  # so that no name is taken for a transformation

    assert located.entry == address
    assert located.path.family is Family.ADDRESS
    assert str(located.entry) == str(address) == located.path.code


@given(st.sampled_from(sorted(ROOTS)), NAMES, st.booleans(), st.sampled_from(["", "picture", "a[1]", ".."]))
@example("products", "%252e%252e/x", False, "picture")
def test_any_path_is_an_address_or_a_polite_refusal(root: str, name: str, raw: bool, attribute: str) -> None:
    encoded = name if raw else quote(name, safe="", errors="replace")

    try:
        located = locate(f"/{root}/{encoded}/{attribute}")
    except (NoSuchPath, InvalidTransformation):
        return

    entry = located.entry
    if entry is None:  # a root of `..` that a client has not resolved, or a transformation in its place
        assert located.path.family is not Family.ADDRESS
        return
    assert all(segment not in {"", "."} and not climbs(segment) for segment in entry.entry.code.split("/") if segment)
    for text in (entry.entry.code, unquote(entry.entry.code), unquote(unquote(entry.entry.code))):
        assert not {"..", "."} & set(text.replace("\\", "/").split("/"))


@pytest.mark.parametrize(
    "path",
    [
        "products/..",
        "products/../picture",
        "products/%2e%2e/picture",
        "products/%2E%2e%2fchannels/picture",
        "products/%252e%252e/picture",
        "products/%25252e%25252e%25252fx/picture",
        "products/a%2f..%2f..%2fchannels/picture",
        "products/a%5c..%5cchannels/picture",
        "products/%00/picture",
        "products/a%0d%0ab/picture",
        "products/%ff/picture",
        "products/%ed%a0%80/picture",
        f"products/{'a' * 256}/picture",
        "assets/../assets",
        "assets/packshots/%2e%2e/media",
        "assets/pack%2fshots/rocket",
        "reference-entities/%2e%2e",
        "reference-entities/brands/%2e%2e/image",
        "assets/%2e%2e/reference-files",
        "assets/mug/variation-files",
        "products/",
        "products",
        "products/a/b-c",
        "products/a/picture%2f",
        "products/a/picture[x]",
        "products/a/picture[12345]",
    ],
)
def test_what_is_no_address_is_refused_without_a_call(path: str) -> None:
    with suppress(NoSuchPath, InvalidTransformation):
        assert locate(f"/{path}").path == NOWHERE


@given(NAMES)
def test_no_identifier_leads_out_of_akeneos_products(name: str) -> None:
    assume(is_name(name))

    try:
        path = path_of("products", last=name)
    except MediaNotFound:
        return

    assert path.startswith("/api/rest/v1/products/")
    assert unquote(path.removeprefix("/api/rest/v1/products/")) == name
    assert not {".", ".."} & set(path.split("/"))


@pytest.mark.parametrize(
    ("path", "code", "attribute", "position"),
    [
        ("products/cup", "cup", "", 0),
        ("products/cup/", "cup", "", 0),
        ("products/cup/red/", "cup/red", "", 0),
        ("products/cup%2Fred", "cup/red", "", 0),
        ("products/cup/red/picture", "cup/red", "picture", 0),
        ("products/cup/red%20tall/picture%5B2%5D", "cup/red tall", "picture", 2),
        ("products/a%2F%2Fb/[3]", "a//b", "", 3),
        ("products/50%25/picture", "50%", "picture", 0),
        ("products/50%2541/picture", "50%41", "picture", 0),
        ("products/%C3%A9%E2%98%95/picture", "é☕", "picture", 0),
        ("products/..a/picture", "..a", "picture", 0),
        ("tr:/products/tr:odd/picture", "tr:odd", "picture", 0),
        ("tr:w-30/product-models/cup/picture", "cup", "picture", 0),
        ("ik-seo/products/cup/picture/red-cup.webp", "cup", "picture", 0),
        ("products/cup/manual/ik-thumbnail.jpg", "cup", "manual", 0),
    ],
)
def test_the_last_segment_is_the_attribute(path: str, code: str, attribute: str, position: int) -> None:
    entry = locate(f"/{path}").entry

    assert entry is not None
    assert (entry.entry.code, entry.attribute, entry.position) == (code, attribute, position)


def test_assets_of_before_4_0_are_told_from_those_of_today() -> None:
    read = {path: locate(f"/assets/{path}").entry for path in ("a/variations/b", "a/variations/b/en_US", "a/b/c")}

    assert [it and it.entry.kind for it in read.values()] == [Kind.ASSET, Kind.VARIATION, Kind.ASSET]


def test_a_folder_keeps_what_is_no_address() -> None:
    assert locate("/assets-old/new.png", folder=True).entry is None
    assert locate("/assets/logos/new.png", folder=True, entries=False).path.family is Family.FOLDER
