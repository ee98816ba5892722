"""Paths that stay where they belong, and keys that stand for one answer only, whatever is asked."""

from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from hypothesis import assume, example, given
from hypothesis import strategies as st

from proxy.akeneo.client import API, download_of
from proxy.cache.disk import Disk
from proxy.errors import NoSuchPath
from proxy.formats import Format
from proxy.media import FAMILIES, Family, MediaPath, MediaRequest, entry_key
from proxy.metrics import Metrics
from proxy.plan.frame import Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import Step
from proxy.plan.values import Length

PIECES = [
    "..",
    ".",
    "...",
    "/",
    "//",
    "\\",
    "%2e",
    "%2f",
    "%252e",
    "%00",
    "\0",
    "%c0%ae",
    "\u2025",
    "\uff0e",
    "\u2215",
    "a",
    "b.jpg",
    "a" * 300,
    "~",
    "?",
    "#",
    ";",
    " ",
    "\r\n",
    "@",
    ":",
    "media-files",
    "C:",
]
codes = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=12).map("".join)


@given(st.sampled_from(sorted(FAMILIES)), codes)
@example("media-files", "a" * 8192)
@example("media-files", "../../oauth/v1/token")
@example("media-files", "a/%2e%2e/%2e%2e/b")
def test_a_media_path_stays_below_its_family_and_below_the_store(family: str, code: str) -> None:
    try:
        path = MediaPath.parse(f"{family}/{code}")
    except NoSuchPath:
        return
    call = download_of(path).path
    assert call.startswith(f"{API}/{family}/")
    for spelling in (call, unquote(call), unquote(unquote(call))):
        assert not {"", ".", ".."} & set(spelling.strip("/").split("/"))
    assert call.isascii()
    assert not set(call) & set("?#\\ \r\n\0%")
    assert is_below(Path("/cache"), path)


@given(codes)
def test_a_path_of_a_folder_stays_below_it(text: str) -> None:
    try:
        path = MediaPath.parse_any(text)
    except NoSuchPath:
        return
    if path.family is Family.FOLDER:
        assert PurePosixPath("/folder", path.code).parts[:2] == ("/", "folder")
        assert not {"", ".", ".."} & set(path.code.split("/"))
        assert "\0" not in path.code
    assert is_below(Path("/cache"), path)


def is_below(root: Path, path: MediaPath) -> bool:
    file = Disk(root, 1, Metrics()).path_of("originals", entry_key("akeneo", path, path.revision))
    return file.resolve().is_relative_to(root) and file.name.isalnum()


paths = st.builds(
    MediaPath,
    st.sampled_from(sorted(Family)),
    st.sampled_from(["a", "a/b", "b", "a.jpg", "media-files/a", "a|quality 80", "a|accepts webp"]),
    st.sampled_from(["", "1", "2", "1|quality 80"]),
)
plans = st.builds(
    Plan,
    st.lists(st.builds(Step, frame=st.builds(Frame, st.sampled_from([None, Length(1), Length(11)]))), max_size=2).map(
        tuple
    ),
    st.builds(
        Output,
        st.sampled_from([None, *OutputFormat]),
        quality=st.sampled_from([None, 8, 80]),
        lossless=st.sampled_from([None, True]),
        density=st.sampled_from([None, 72]),
    ),
    orient=st.booleans(),
    original=st.booleans(),
    page=st.sampled_from([None, 1, 11]),
)
requests = st.builds(
    MediaRequest,
    paths,
    plans,
    st.frozensets(st.sampled_from([Format.AVIF, Format.WEBP, Format.GIF])),
    st.sampled_from([8, 80, 81]),
    revisions=st.lists(st.tuples(st.sampled_from(["l", "l l"]), st.sampled_from(["1", "1 1"])), max_size=2).map(tuple),
)


def meant(request: MediaRequest) -> tuple[object, ...]:
    """What of a request changes the bytes. What does not take part is left out, so that one picture has one key."""
    return (
        request.path,
        Plan(original=True) if request.plan.original else request.plan,
        request.accepts if request.negotiates else None,
        request.default_quality if request.plan.leaves_quality_open else None,
        request.revisions,
    )


@given(requests, requests)
def test_different_answers_have_different_keys(one: MediaRequest, other: MediaRequest) -> None:
    assume(meant(one) != meant(other))

    assert key_of(one) != key_of(other)


def key_of(request: MediaRequest) -> str:
    return entry_key("akeneo", request.path, request.identity)


@given(requests)
def test_what_an_answer_does_not_depend_on_gives_no_key_of_its_own(request: MediaRequest) -> None:
    if not request.negotiates:
        assert key_of(replace(request, accepts=frozenset())) == key_of(request)
    if not request.plan.leaves_quality_open:
        assert key_of(replace(request, default_quality=1)) == key_of(request)
    assert key_of(replace(request, attachment=True)) == key_of(request)
