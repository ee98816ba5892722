"""A raw request target -> what is asked for."""

import pytest

from proxy.errors import InvalidTransformation, LimitExceeded, NoSuchPath, ProxyError
from proxy.formats import Format
from proxy.imagekit.hints import Hints
from proxy.imagekit.url import NOWHERE, locate, safe_name
from proxy.media import FAMILIES, Family, MediaPath, MediaRequest
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.slices import OutputSettings
from tests.imagekit.urls import read_url

SETTINGS = OutputSettings()
CODE = "1/2/a/b/12ab_mug.jpg"
PATH = f"media-files/{CODE}"


def request(target: str, accept: str = "", settings: OutputSettings = SETTINGS) -> MediaRequest:
    return read_url(target, accept, settings).request


def plan_of(target: str) -> str:
    return str(request(target).plan)


@pytest.mark.parametrize("family", FAMILIES.values())
def test_a_plain_path_is_a_family_and_a_code(family: Family) -> None:
    asked = request(f"/{family}/{CODE}")

    assert asked.path == MediaPath(family, CODE)
    assert asked.plan == Plan(output=Output(OutputFormat.AUTO), orient=True)
    assert asked.attachment is False


TRANSFORMED = [
    f"/tr:w-300/{PATH}",
    f"/tr%3Aw-300/{PATH}",
    f"/tr%3aw-300/{PATH}",
    f"/media-files/tr:w-300/{CODE}",
    "/media-files/1/2/a/b/tr:w-300/12ab_mug.jpg",
    f"/{PATH}?tr=w-300",
    f"/{PATH}?v=42&tr=w-300&updatedAt=5",
    f"/{PATH}?tr=w-300&tr=w-500",
    f"/tr:/{PATH}?tr=w-300",
    f"/tr:w-300/{PATH}?tr=",
    f"/tr:w-300/{PATH}?tr",
    f"//{PATH}?tr=w-300",
    f"/tr:w-300//media-files///{CODE}",
    f"http://img.example.com/tr:w-300/{PATH}",
    f"HTTPS://img.example.com:8443/{PATH}?tr=w-300",
    f"http://img.example.com//{PATH}?tr=w-300",
    f"/tr:w-300/{PATH}#tr:w-500",
    f"/tr:w-300/{PATH.replace('/', '%2F')}",
    f"/tr:w-300/media%2dfiles/{CODE}",
]


@pytest.mark.parametrize("target", TRANSFORMED)
def test_every_form_of_a_url_asks_for_the_same(target: str) -> None:
    asked = request(target)

    assert asked == request(f"/tr:w-300/{PATH}")
    assert str(asked.plan) == "rt-auto:w-300,f-auto"


def test_the_path_comes_before_the_query() -> None:
    assert plan_of(f"/tr:w-300/{PATH}?tr=rt-90:h-5&tr=h-7") == "rt-auto:w-300:rt-90:h-5,f-auto"


def test_an_absolute_form_inside_a_target_is_left_alone() -> None:
    assert plan_of(f"/tr:w-300/{PATH}?back=http://shop.example.com/a?tr=w-1") == "rt-auto:w-300,f-auto"


NO_PATHS = [
    "",
    "/",
    "*",
    "/favicon.ico",
    "/tr:w-300/",
    "/tr:w-300",
    f"/prefix/{PATH}",
    f"/tr:w-300/tr:h-5/{PATH}",
    f"/{PATH}/",
    "/media-files/",
    "/media-files/tr:w-300",
    "/media-files/a/../b.jpg",
    "/media-files/a%2F..%2Fb.jpg",
    "/media-files/a%252Fb.jpg",
    "/media-files/a+b.jpg",
    "/media-files/caf%C3%A9.jpg",
    "/media-files/caf%E9.jpg",
    "/media-files/a%00.jpg",
    f"/TR:w-300/{PATH}",
    "http://img.example.com",
    "/media-files/\ud800.jpg",
]


@pytest.mark.parametrize("target", NO_PATHS)
def test_what_is_no_media_path_is_not_found(target: str) -> None:
    with pytest.raises(NoSuchPath):
        request(target)


def test_a_wrong_transformation_counts_only_on_a_media_path() -> None:
    with pytest.raises(NoSuchPath):
        request("/tr:w-abc/favicon.ico")
    with pytest.raises(InvalidTransformation):
        request(f"/tr:w-abc/{PATH}")


def test_a_target_has_a_limited_length() -> None:
    request(f"/{PATH}?v={'1' * 8000}")

    with pytest.raises(LimitExceeded):
        request(f"/{PATH}?v={'1' * 8192}")


ATTACHMENTS = {"": False, "?ik-attachment=true": True, "?v=1&ik-attachment=true": True, "?ik-attachment=false": False}


@pytest.mark.parametrize("query", ATTACHMENTS)
def test_an_attachment_is_asked_for_in_the_query(query: str) -> None:
    assert request(f"/{PATH}{query}").attachment is ATTACHMENTS[query]


def test_other_keys_of_the_query_change_nothing() -> None:
    assert request(f"/{PATH}?v=1&updatedAt=2&ik-sdk-version=x&ik-s=y&&=&%zz") == request(f"/{PATH}")


def test_settings_fill_in_what_the_url_leaves_open() -> None:
    settings = OutputSettings(auto_format=False, auto_orient=False, quality=55)

    asked = request(f"/tr:w-300/{PATH}", "image/webp", settings)

    assert str(asked.plan) == "w-300,f-orig"
    assert asked.default_quality == 55
    assert asked.accepts == frozenset()


def test_the_url_turns_on_what_the_settings_leave_off() -> None:
    settings = OutputSettings(auto_format=False, auto_orient=False)

    asked = request(f"/tr:f-auto,rt-auto/{PATH}", "image/webp", settings)

    assert asked.plan == Plan(output=Output(OutputFormat.AUTO), orient=True)
    assert asked.accepts == {Format.WEBP}


def test_formats_are_counted_only_where_they_can_change_the_answer() -> None:
    accept = "image/avif,image/webp,*/*"

    assert request(f"/{PATH}", accept).accepts == {Format.WEBP}
    assert request(f"/tr:f-gif/{PATH}", accept).accepts == {Format.WEBP}
    for words in ("f-jpg", "f-orig", "orig-true"):
        assert request(f"/tr:{words}/{PATH}", accept).accepts == frozenset()


def test_an_original_is_asked_for_without_defaults() -> None:
    assert request(f"/tr:orig-true,w-300/{PATH}").plan == Plan(original=True)


def test_what_was_ignored_or_replaced_is_told() -> None:
    reading = read_url(f"/tr:foo-bar,fo-cat,w-3,h-4/{PATH}?tr=z-2", "", SETTINGS)

    assert [note.text for note in reading.ignored] == ["foo-bar", "z-2"]
    assert [note.text for note in reading.fallbacks] == ["fo-cat"]


def test_equal_pictures_have_one_identity() -> None:
    one = request(f"/tr:h-200,w-300,dpr-2,fo-custom/{PATH}?v=1", "image/avif,image/webp")
    other = request(f"//{PATH}?tr=w-600%2Ch-400", "image/webp")

    assert one == other
    assert isinstance(one.path, MediaPath)


def test_a_refusal_is_safe_in_a_header() -> None:
    with pytest.raises(ProxyError) as caught:
        request(f"/tr:w-\r\nX é/{PATH}")

    assert caught.value.message.startswith("w-??X ?: expected")


SEO = {
    "/ik-seo/media-files/1/2/a/b/12ab_mug/a-blue-mug.jpg": "",
    "/ik-seo/tr:w-5/media-files/1/2/a/b/12ab_mug/a-blue-mug.jpg": "w-5",
    "/ik-seo/media-files/1/2/a/b/12ab_mug/a-blue-mug.jpg?tr=w-5": "w-5",
    "//ik-seo//media-files/1/2/a/b/12ab_mug/x.y.jpg": "",
}


@pytest.mark.parametrize("target", SEO)
def test_a_file_may_be_asked_for_by_another_name(target: str) -> None:
    address = locate(target)

    assert (str(address.path), address.arguments.get("tr", address.transformation)) == (PATH, SEO[target])


@pytest.mark.parametrize(
    "target", ["/ik-seo", "/ik-seo/", "/ik-seo/a.jpg", "/ik-seo/media-files/a/b", "/ik-seo//a.jpg"]
)
def test_what_hides_no_media_path_is_not_found(target: str) -> None:
    assert locate(target).path == NOWHERE


THUMBNAILS = {
    f"/{PATH}/ik-thumbnail.jpg": "rt-auto,pg-1:f-auto",
    f"/tr:w-5,pg-3/{PATH}/ik-thumbnail.jpg": "rt-auto,pg-3:w-5,f-auto",
    f"/{PATH}/ik-thumbnail.jpg?tr=pg-2": "rt-auto,pg-2:f-auto",
    f"/tr:w-5,pg-3/{PATH}": "rt-auto:w-5,f-auto",
    f"/tr:orig-true/{PATH}/ik-thumbnail.jpg": "orig-true",
}


@pytest.mark.parametrize("target", THUMBNAILS)
def test_a_page_is_drawn_for_a_thumbnail_only(target: str) -> None:
    assert request(target).path == MediaPath.parse(PATH)
    assert plan_of(target) == THUMBNAILS[target]


FILENAMES = {
    "mug.jpg": "mug.jpg",
    "blue+mug%20%C3%A9.jpg": "blue mug é.jpg",
    "..%2F..%2Fetc%2Fpasswd": "_.._etc_passwd",
    "a%22%0D%0Ab%00.jpg": "a_b_.jpg",
    "": None,
    "%2E": None,
    "%FF": "\ufffd",
    "a" * 500: "a" * 150,
}


@pytest.mark.parametrize("encoded", FILENAMES)
def test_a_name_to_save_under_is_made_safe(encoded: str) -> None:
    assert safe_name(encoded) == FILENAMES[encoded]


def test_a_name_counts_for_an_attachment() -> None:
    named = f"/{PATH}?ik-attachment-filename=mug.jpg"

    assert read_url(named, "", SETTINGS).filename is None
    assert read_url(f"{named}&ik-attachment=true", "", SETTINGS).filename == "mug.jpg"


def test_names_hints_and_a_default_image_go_the_same_way() -> None:
    target = f"/tr:n-auto,di-@@media-files@@none.png/{PATH}"

    url = read_url(target, "", SETTINGS, names={"auto": "w-auto"}, hints=Hints(212, 2.0))

    assert str(url.request.plan) == "rt-auto:w-300,f-auto"
    assert url.default_image == "media-files/none.png"
    assert url.hints.content_dpr(300) == "2.83"
    with pytest.raises(InvalidTransformation):
        read_url(target, "", SETTINGS, named_only=True)


@pytest.mark.parametrize("text", ["e-usm-1-2-3-4", "if-w_gt_5,e-usm-1-2-3-4,if-end"])
def test_avif_is_no_choice_behind_an_unsharp_mask(text: str) -> None:
    settings = OutputSettings(auto_avif=True)

    assert request(f"/tr:{text}/{PATH}", "image/avif,image/webp", settings).accepts == {Format.WEBP}
    assert request(f"/tr:w-5/{PATH}", "image/avif", settings).accepts == {Format.AVIF}
