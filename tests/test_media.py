"""What is asked, held and given: paths that are none, keys that never meet, and packing that shows damage."""

import itertools
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from proxy.demo.files import DemoFile
from proxy.demo.pictures import sample_files
from proxy.errors import NoSuchPath
from proxy.formats import Content, Format
from proxy.media import CODE_LENGTH, FAMILIES, Family, MediaPath, MediaRequest, Original, Rendition, etag_of, key_of
from proxy.plan.frame import Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import Step
from proxy.plan.values import Length

HEX = "1a4f" + "0" * 36
CODE = f"1/a/4/f/{HEX}_red_bag.jpg"
PATH = MediaPath(Family.PRODUCT, CODE)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


# -- paths --


@pytest.mark.parametrize("family", FAMILIES.values())
def test_each_family_is_read_and_written_back(family: Family) -> None:
    path = MediaPath.parse(f"{family}/{CODE}")

    assert path == MediaPath(family, CODE)
    assert str(path) == f"{family}/{CODE}"


@pytest.mark.parametrize("file", sample_files(), ids=lambda file: file.original_filename)
def test_every_code_of_the_catalogue_is_a_path(file: DemoFile) -> None:
    assert MediaPath.parse(f"{file.family}/{file.code}").code == file.code


@pytest.mark.parametrize(
    "code", ["a", "swatch", "a/b.jpg", "a_b.c", ".hidden", "a/.b", "a..b", "..a", "0" * CODE_LENGTH]
)
def test_odd_codes_are_codes(code: str) -> None:
    assert MediaPath.parse(f"media-files/{code}").code == code


REFUSED = {
    "nothing": "",
    "no family": CODE,
    "a family alone": "media-files",
    "no code": "media-files/",
    "an unknown family": f"media-file/{CODE}",
    "another case": f"Media-Files/{CODE}",
    "a slash before": f"/media-files/{CODE}",
    "a slash after": f"media-files/{CODE}/",
    "an empty segment": "media-files/a//b.jpg",
    "an empty first segment": "media-files//a.jpg",
    "a climb": "media-files/../secret",
    "a climb in the middle": "media-files/a/../b.jpg",
    "a climb at the end": "media-files/a/..",
    "a dot": "media-files/.",
    "a dot in the middle": "media-files/a/./b",
    "more dots": "media-files/a/.../b",
    "a percent sign": "media-files/a%2e%2e/b.jpg",
    "an encoded slash": "media-files/a%2fb.jpg",
    "a backslash": "media-files/a\\b.jpg",
    "a NUL": "media-files/a\x00.jpg",
    "a line end": "media-files/a.jpg\n",
    "a line end in the middle": "media-files/a\r\nb.jpg",
    "a space": "media-files/a b.jpg",
    "a hyphen": "media-files/a-b.jpg",
    "an accent": "media-files/tasse_à_café.jpg",
    "a foreign digit": "media-files/٣.jpg",
    "a look-alike letter": "media-files/а.jpg",  # noqa: RUF001
    "a lone surrogate": "media-files/a\ud800.jpg",
    "a query": "media-files/a.jpg?b",
    "a fragment": "media-files/a.jpg#b",
    "a colon": "media-files/tr:w-100/a.jpg",
    "an @": "media-files/@host/a.jpg",
    "one sign too long": "media-files/" + "0" * (CODE_LENGTH + 1),
    "very long": "media-files/" + "a/" * 1_000_000 + "a",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_no_media_path_is_refused(text: str) -> None:
    with pytest.raises(NoSuchPath):
        MediaPath.parse(text)


def texts_near_paths() -> st.SearchStrategy[str]:
    words = st.sampled_from(
        ["media-files", "asset-media-files", "/", "..", ".", "a", "b.jpg", "%2e", "\x00", "\\", "_"]
    )
    return st.lists(words | st.text(max_size=2), max_size=12).map("".join)


@patient
@given(st.text() | texts_near_paths() | texts_near_paths().map("media-files/".__add__))
def test_any_text_is_a_path_or_politely_none(text: str) -> None:
    try:
        path = MediaPath.parse(text)
    except NoSuchPath:
        return

    assert str(path) == text
    assert re.fullmatch(r"[A-Za-z0-9_./]+", path.code)
    assert not {"", ".", ".."} & set(path.code.split("/"))
    assert Path("/root", path.code).resolve().is_relative_to("/root")


FILENAMES = [
    (CODE, "red_bag.jpg"),
    (f"{HEX}_red_bag.jpg", "red_bag.jpg"),
    (f"a/{HEX}_{HEX}_b.jpg", f"{HEX}_b.jpg"),
    (f"a/{HEX}_", f"{HEX}_"),
    (f"a/{HEX[:-1]}_b.jpg", f"{HEX[:-1]}_b.jpg"),
    ("a/swatch", "swatch"),
    ("plain.jpg", "plain.jpg"),
]


@pytest.mark.parametrize(("code", "filename"), FILENAMES)
def test_a_file_is_saved_under_the_name_that_it_was_uploaded_with(code: str, filename: str) -> None:
    assert MediaPath(Family.PRODUCT, code).filename == filename


# -- requests and keys --


def request_for(plan: Plan, **other: object) -> MediaRequest:
    return MediaRequest(PATH, plan, **other)  # type: ignore[arg-type]


def sized(width: int, **output: object) -> Plan:
    return Plan((Step(Frame(width=Length(width))),), Output(**output))  # type: ignore[arg-type]


WEBP = frozenset({Format.WEBP})
BOTH = frozenset({Format.WEBP, Format.AVIF})
DIFFERENT = [
    request_for(Plan()),
    request_for(Plan(original=True)),
    request_for(Plan(orient=True)),
    request_for(sized(300)),
    request_for(sized(301)),
    MediaRequest(MediaPath(Family.ASSET, CODE), sized(300)),
    MediaRequest(MediaPath(Family.PRODUCT, CODE + "g"), sized(300)),
    request_for(sized(300), accepts=WEBP),
    request_for(sized(300), accepts=BOTH),
    request_for(sized(300), accepts=BOTH, avif_max_pixels=1000),
    request_for(sized(300), default_quality=81),
    request_for(sized(300, quality=81)),
    request_for(sized(300, quality=80)),
    request_for(sized(300, format=OutputFormat.JPEG)),
    request_for(sized(300, format=OutputFormat.SAME)),
    request_for(sized(300, format=OutputFormat.GIF)),
    request_for(sized(300, lossless=True)),
]
ALIKE = [
    (request_for(sized(300)), request_for(sized(300), attachment=True)),
    (request_for(sized(300, quality=70)), request_for(sized(300, quality=70), default_quality=90)),
    (
        request_for(sized(300, format=OutputFormat.PNG)),
        request_for(sized(300, format=OutputFormat.PNG), accepts=BOTH),
    ),
    (
        request_for(sized(300, format=OutputFormat.SAME)),
        request_for(sized(300, format=OutputFormat.SAME), accepts=BOTH),
    ),
    (request_for(Plan(original=True)), request_for(Plan(original=True), accepts=BOTH)),
    (request_for(sized(300), accepts=BOTH), request_for(sized(300), accepts=BOTH, defers_avif=True)),
    (request_for(sized(300), accepts=WEBP), request_for(sized(300), accepts=WEBP, avif_max_pixels=1000)),
    (request_for(sized(300), accepts=WEBP), request_for(sized(300), accepts=BOTH, defers_avif=True).without_avif),
]


def test_different_pictures_have_different_identities() -> None:
    assert len({request.identity for request in DIFFERENT}) == len(DIFFERENT)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_does_not_change_the_bytes_is_not_in_the_identity(one: MediaRequest, other: MediaRequest) -> None:
    assert one.identity == other.identity


def test_the_order_of_accepted_formats_does_not_matter() -> None:
    formats = [Format.WEBP, Format.AVIF, Format.PNG, Format.JPEG]

    identities = {request_for(sized(300), accepts=frozenset(order)).identity for order in (formats, reversed(formats))}

    assert len(identities) == 1


def test_a_named_format_is_not_negotiated() -> None:
    named = {OutputFormat.JPEG, OutputFormat.PNG, OutputFormat.WEBP, OutputFormat.AVIF, OutputFormat.SAME}

    negotiated = {name for name in OutputFormat if request_for(sized(300, format=name)).negotiates}

    assert negotiated == set(OutputFormat) - named
    assert request_for(sized(300)).negotiates
    assert not request_for(Plan(original=True)).negotiates


facts = st.lists(st.text(max_size=6), max_size=4)


@patient
@given(facts, facts)
@example(["ab", "c"], ["a", "bc"])
@example(["a", ""], ["a"])
@example([], [""])
@example(['a", "b'], ["a", "b"])
@example(["a|b"], ["a", "b"])
@example(["\u00e9"], ["e\u0301"])
@example(["\\u0061"], ["a"])
@example(["\x00"], ["\\u0000"])
def test_two_lists_of_facts_share_a_key_only_if_they_are_the_same(one: list[str], other: list[str]) -> None:
    assert (key_of(*one) == key_of(*other)) == (one == other)


@patient
@given(facts)
def test_a_key_is_a_safe_name_for_a_file(facts: list[str]) -> None:
    assert re.fullmatch(r"[0-9a-f]{40}", key_of(*facts))


def test_a_key_is_the_same_in_every_process() -> None:
    assert key_of("pim.example", "media-files/a.jpg") == "d2ca00f28bfba51974387649a22497885e7333c6"


# -- packing --


contents = st.sampled_from(Format).map(Content.of) | st.text(max_size=30).map(Content)
codes = st.from_regex(r"[a-z0-9_]{1,8}(/[a-z0-9_]{1,8}){0,3}", fullmatch=True)
originals = st.builds(
    Original,
    path=st.builds(MediaPath, st.sampled_from(Family), codes),
    file=st.just(Path("/store/key")),
    size=st.integers(0, 2**40),
    digest=st.text(max_size=32),
    content=contents,
    confirmed=st.booleans(),
)
renditions = st.builds(
    lambda body, **facts: Rendition(body, etag=etag_of(body), **facts),
    st.binary(max_size=200),
    format=st.sampled_from(Format),
    width=st.integers(1, 65535),
    height=st.integers(1, 65535),
    engine=st.integers(0, 1000),
    negotiated=st.booleans(),
)
damaged = st.binary(max_size=60) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["path", "size", "digest", "mime", "picture", "confirmed", "length", "etag", "format"]),
            inner,
        )
    ),
    max_leaves=8,
).map(lambda facts: json.dumps(facts).encode())


@patient
@given(originals)
def test_an_original_survives_being_packed_and_unpacked(original: Original) -> None:
    assert Original.unpack(original.pack(), original.file) == original


@patient
@given(renditions)
@example(Rendition(b"\n\n{}\n", Format.PNG, 1, 1, 1, False, etag_of(b"\n\n{}\n")))
def test_a_rendition_survives_being_packed_and_unpacked(rendition: Rendition) -> None:
    assert Rendition.unpack(rendition.pack()) == rendition


@patient
@given(damaged)
@example(b"")
@example(b"5")
@example(b'{"path": 5, "picture": null, "mime": "", "size": 1, "digest": "", "confirmed": false}')
@example(b'{"path": "../etc", "picture": null, "mime": "", "size": 1, "digest": "", "confirmed": false}')
def test_what_no_original_has_packed_is_a_value_or_key_error(packed: bytes) -> None:
    with pytest.raises((ValueError, KeyError)):
        Original.unpack(packed, Path("/store/key"))


@patient
@given(damaged, st.binary(max_size=20))
@example(b"5", b"")
@example(b"[]", b"body")
@example(b"null", b"")
def test_what_no_rendition_has_packed_is_a_value_or_key_error(head: bytes, body: bytes) -> None:
    with pytest.raises((ValueError, KeyError)):
        Rendition.unpack(head + b"\n" + body)


@patient
@given(renditions, st.data())
def test_a_cut_rendition_is_noticed(rendition: Rendition, data: st.DataObject) -> None:
    packed = rendition.pack()
    length = data.draw(st.integers(0, len(packed) - 1))

    with pytest.raises((ValueError, KeyError)):
        Rendition.unpack(packed[:length])


def test_not_one_damaged_bit_of_a_rendition_goes_unnoticed() -> None:
    rendition = Rendition(b"a picture", Format.WEBP, 300, 200, 1, True, etag_of(b"a picture"))
    unnoticed = []

    for at, bit in itertools.product(range(len(rendition.pack())), range(8)):
        packed = bytearray(rendition.pack())
        packed[at] ^= 1 << bit
        try:
            found = Rendition.unpack(bytes(packed))
        except (ValueError, KeyError):
            continue
        if found != rendition:
            unnoticed.append(found)

    assert unnoticed == []


def test_an_etag_is_of_the_bytes_alone() -> None:
    assert etag_of(b"a") == etag_of(b"a") != etag_of(b"b")
    assert re.fullmatch(r"[0-9a-f]{32}", etag_of(b""))
