"""Which endpoint a request is for."""

import pytest

from proxy.errors import NoSuchPath, SignatureRefused
from proxy.imagekit.endpoints import find, in_order, read
from proxy.imagekit.signature import signed
from proxy.settings import EndpointSettings, Settings
from proxy.slices import SigningSettings

PATH = "media-files/1/2/a/b/12ab_mug.jpg"
AKENEO = {"url": "http://pim", "access_token": "t"}


def settings(*endpoints: EndpointSettings) -> Settings:
    return Settings.model_validate({"akeneo": AKENEO, "endpoints": endpoints})


ENDPOINTS = in_order(
    settings(
        EndpointSettings(),
        EndpointSettings(prefix="/shop/"),
        EndpointSettings(prefix="shop/outlet"),
        EndpointSettings(host="IMG.example.com"),
        EndpointSettings(host="img.example.com", prefix="brand"),
        EndpointSettings(host="[::1]", prefix="six"),
    ).all_endpoints
)

FOUND = [
    (f"/{PATH}", "", (None, "", PATH)),
    (f"/shop/{PATH}?a=1", "any.example.com", (None, "shop", f"{PATH}?a=1")),
    (f"/shop/tr:w-3/{PATH}", "", (None, "shop", f"tr:w-3/{PATH}")),
    (f"/shop/outlet/{PATH}", "", (None, "shop/outlet", PATH)),
    (f"/shop/outlets/{PATH}", "", (None, "shop", f"outlets/{PATH}")),
    (f"/shopping/{PATH}", "", (None, "", f"shopping/{PATH}")),
    (f"/Shop/{PATH}", "", (None, "", f"Shop/{PATH}")),
    ("/shop", "", (None, "shop", "")),
    ("/shop?x", "", (None, "shop", "?x")),
    (f"/shop//{PATH}", "", (None, "shop", f"/{PATH}")),
    (f"//{PATH}", "", (None, "", f"/{PATH}")),
    (f"//shop/{PATH}", "", (None, "shop", PATH)),
    (f"//shop//{PATH}?a=//b", "", (None, "shop", f"/{PATH}?a=//b")),
    (f"/{PATH}", "img.example.com:8080", ("img.example.com", "", PATH)),
    (f"/{PATH}", "IMG.EXAMPLE.COM", ("img.example.com", "", PATH)),
    (f"/shop/{PATH}", "img.example.com", ("img.example.com", "", f"shop/{PATH}")),
    (f"/brand/{PATH}", "img.example.com", ("img.example.com", "brand", PATH)),
    (f"/brand/{PATH}", "other.example.com", (None, "", f"brand/{PATH}")),
    (f"http://img.example.com/brand/{PATH}", "other.example.com", ("img.example.com", "brand", PATH)),
    (f"/six/{PATH}", "[::1]:8080", ("[::1]", "six", PATH)),
]


@pytest.mark.parametrize(("target", "host", "expected"), FOUND, ids=[f"{row[1]}{row[0]}" for row in FOUND])
def test_the_most_particular_endpoint_is_taken(target: str, host: str, expected: tuple[str | None, str, str]) -> None:
    endpoint, remainder = find(ENDPOINTS, target, host)

    assert (endpoint.host, endpoint.prefix, remainder) == expected


def test_a_target_of_no_endpoint_is_not_found() -> None:
    endpoints = in_order(settings(EndpointSettings(prefix="shop")).all_endpoints)

    for target in (f"/{PATH}", "/", f"/shops/{PATH}", f"/%73hop/{PATH}"):
        with pytest.raises(NoSuchPath):
            find(endpoints, target)


def test_a_signature_covers_what_is_behind_the_endpoint() -> None:
    key = SigningSettings.model_validate({"private_key": "key", "required": True})
    (endpoint,) = settings(EndpointSettings(prefix="shop", signing=key)).all_endpoints
    good = signed(f"tr:w-3/{PATH}", "key")

    assert str(read(endpoint, good, "").request.path) == PATH
    for wrong in (f"tr:w-3/{PATH}", signed(f"shop/tr:w-3/{PATH}", "key").removeprefix("shop/")):
        with pytest.raises(SignatureRefused):
            read(endpoint, wrong, "")
        assert str(read(endpoint, wrong, "", trusted=True).request.path) == PATH


DEFAULT = "media-files/0/0/0/0/none.jpg"
WITH_DEFAULT = f"w-3,di-{DEFAULT.replace('/', '@@')}"


@pytest.mark.parametrize("source", ["media-files/does-not-exist.jpg", "media-files/", "elsewhere/a.jpg", ""])
def test_a_path_of_no_file_has_the_default_image_that_is_named(source: str) -> None:
    (endpoint,) = settings().all_endpoints

    for remainder in (f"tr:{WITH_DEFAULT}/{source}", f"{source}?tr={WITH_DEFAULT}"):
        url = read(endpoint, remainder, "")
        assert (str(url.request.path), url.is_default) == (DEFAULT, True)


@pytest.mark.parametrize("words", ["w-3", "w-abc", f"w-abc,{WITH_DEFAULT[4:]}", "di-media-files@@..@@a"])
def test_a_path_of_no_file_without_a_default_image_is_not_found(words: str) -> None:
    (endpoint,) = settings().all_endpoints

    with pytest.raises(NoSuchPath):
        read(endpoint, f"tr:{words}/elsewhere/a.jpg", "")


def test_a_default_image_is_covered_by_the_signature_that_is_required() -> None:
    key = SigningSettings.model_validate({"private_key": "key", "required": True})
    (endpoint,) = settings(EndpointSettings(signing=key)).all_endpoints
    remainder = f"tr:{WITH_DEFAULT}/elsewhere/a.jpg"

    assert read(endpoint, signed(remainder, "key"), "").is_default
    with pytest.raises(NoSuchPath):
        read(endpoint, remainder, "")
    with pytest.raises(SignatureRefused):
        read(endpoint, signed(remainder, "key").replace("none", "some"), "")


@pytest.mark.parametrize(
    ("query", "name"), [("?ik-s=0", "ik-s"), ("?v=1&ik-t=1", "ik-t"), ("?ik-s=", "ik-s"), ("?mp-s=0", "mp-s")]
)
def test_a_signature_that_nobody_can_check_is_noted_as_ignored(query: str, name: str) -> None:
    (endpoint,) = settings().all_endpoints

    (note,) = read(endpoint, f"{PATH}{query}", "").ignored

    assert note.text == name
    assert "no key" in note.why
    assert read(endpoint, f"{PATH}?v=1", "").ignored == ()


def test_a_forged_url_is_refused_whatever_it_asks_for() -> None:
    key = SigningSettings.model_validate({"private_key": "key"})
    (endpoint,) = settings(EndpointSettings(signing=key)).all_endpoints

    for forged in ("elsewhere/a.jpg?ik-s=0", f"tr:w-1/tr:w-2/{PATH}?ik-s=0", f"tr:w-abc/{PATH}?ik-t=1"):
        with pytest.raises(SignatureRefused):
            read(endpoint, forged, "")
    with pytest.raises(NoSuchPath):
        read(endpoint, "elsewhere/a.jpg", "")
