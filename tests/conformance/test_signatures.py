"""Signed URLs of every SDK that can sign: good ones, expired ones, and ones that somebody has changed."""

import re
from collections.abc import Callable

import pytest
from imagekitio.lib.helper import _get_signature

from tests.conformance.case import Options
from tests.conformance.conftest import Serve
from tests.conformance.overlays import image, text
from tests.conformance.pictures import OF_FOLDER, PHOTO, TALL, path_of
from tests.conformance.sdks import KEY, NODE, OLDER, POSITIONS, SIGNING, Node, WriteUrl
from tests.site import Site

PATH, OTHER = path_of(PHOTO), path_of(TALL)
LONG_AGO = 1_600_000_000
HARD = "Joe's größe, 50% & more: yes/no? #1"

pytestmark = pytest.mark.asyncio(loop_scope="session")


def steps(*steps: Options, **more: object) -> Options:
    return {"transformation": list(steps), **more}


WISHES: dict[str, Options] = {
    "nothing": {},
    "a size": steps({"width": 100}),
    "a chain": steps({"width": 100, "height": 50}, {"rotation": 90}),
    "an expression": steps({"width": "iw_div_4"}),
    "a text": steps({"overlay": text("Sale now")}),
    "a hard text": steps({"overlay": text(HARD)}),
    "a hard text as it is": steps({"overlay": text(HARD, encoding="plain")}),
    "a font with a space": steps({"overlay": text("Sale", {"fontFamily": "Open Sans"})}),
    "a font and a text with spaces": steps({"overlay": text("Sale now", {"fontFamily": "Open Sans"})}),
    "a font and a hard text": steps({"overlay": text(HARD, {"fontFamily": "Open Sans"}, encoding="plain")}),
    "layers in each other": steps({"overlay": image({"width": 60, "overlay": text("New, now", {"fontSize": 9})})}),
    "a layer in base64": steps({"overlay": image(encoding="base64")}),
    "raw letters": steps({"width": 100, "raw": 'l-text,i-Größe "L" <now>,l-end'}),
    "a condition": steps({"raw": "if-ar_gt_1,w-200,if-else,w-100,if-end"}),
    "a cache buster": steps({"width": 100}, queryParameters={"v": 42, "updatedAt": "2026-01-01T10:00:00"}),
    "a cache buster alone": {"queryParameters": {"v": 42}},
    "words in the query": steps({"width": 100}, queryParameters={"note": "two wörds"}),
    "a download": steps({"width": 100}, queryParameters={"ik-attachment": "true"}),
    "an end": steps({"width": 100}, expiresIn=3600),
    "an end and a cache buster": steps({"width": 100}, expiresIn=3600, queryParameters={"v": 42}),
    "an end and no step": {"expiresIn": 3600},
}
Sign = Callable[..., str]  # of a site and the SDK's options
everyones = pytest.mark.parametrize("sdk", SIGNING)
anywhere = pytest.mark.parametrize("position", POSITIONS)


@pytest.fixture
def sign(write_url: WriteUrl) -> Sign:
    def sign(site: Site, **options: object) -> str:
        endpoint = str(site.viewer.base_url)
        return write_url(**{"src": PATH, "urlEndpoint": endpoint, "signed": True, **options})  # type: ignore[arg-type]

    return sign


@everyones
@anywhere
@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES)
async def test_a_signed_url_gives_the_picture(serve: Serve, sign: Sign, sdk: str, position: str, wish: Options) -> None:
    site = await serve("locked")

    response = await site.get(sign(site, sdk=sdk, transformationPosition=position, **wish))

    assert response.status_code == 200, (str(response.url), response.headers.get("ik-error"))


@pytest.mark.parametrize("sdk", [NODE, OLDER])
@anywhere
async def test_a_browser_may_encode_what_was_signed(
    serve: Serve, sign: Sign, node: Node, sdk: str, position: str
) -> None:
    site = await serve("locked")

    for wish in WISHES.values():
        url = node.ask("browser", url=sign(site, sdk=sdk, transformationPosition=position, **wish))
        response = await site.get(url)

        assert response.status_code == 200, (url, response.headers.get("ik-error"))


@everyones
@anywhere
@pytest.mark.parametrize("slashes", [("", ""), ("", "/"), ("/", ""), ("/", "/")])
async def test_slashes_around_are_signed_as_they_are(
    serve: Serve, sign: Sign, sdk: str, position: str, slashes: tuple[str, str]
) -> None:
    site = await serve("locked")
    endpoint = str(site.viewer.base_url).rstrip("/") + slashes[0]
    wish = steps({"width": 100}, urlEndpoint=endpoint, src=slashes[1] + PATH)

    response = await site.get(sign(site, sdk=sdk, transformationPosition=position, **wish))

    assert response.status_code == 200, str(response.url)


@everyones
@anywhere
async def test_an_endpoint_may_end_in_ik_seo(serve: Serve, sign: Sign, sdk: str, position: str) -> None:
    site = await serve("locked")
    endpoint = str(site.viewer.base_url).rstrip("/") + "/ik-seo"
    source = f"/{PATH.removesuffix('.jpg')}/a-fine-photo.jpg"
    wish = steps({"width": 100}, urlEndpoint=endpoint, src=source)

    response = await site.get(sign(site, sdk=sdk, transformationPosition=position, **wish))

    assert response.status_code == 200, str(response.url)


@everyones
@anywhere
@pytest.mark.parametrize("source", OF_FOLDER)
async def test_a_source_of_any_name_is_signed(serve: Serve, sign: Sign, sdk: str, position: str, source: str) -> None:
    site = await serve("locked")

    for name in ("a size", "a font and a hard text", "raw letters", "words in the query", "an end"):
        wish = {**WISHES[name], "src": source}
        response = await site.get(sign(site, sdk=sdk, transformationPosition=position, **wish))

        assert response.status_code == 200, (str(response.url), response.headers.get("ik-error"))


@everyones
async def test_an_absolute_source_is_signed_too(serve: Serve, sign: Sign, sdk: str) -> None:
    site = await serve("locked")
    absolute = str(site.viewer.base_url.join(f"/{PATH}?v=42"))

    response = await site.get(sign(site, sdk=sdk, **steps({"width": 100}, src=absolute)))

    assert response.status_code == 200, str(response.url)


@everyones
@anywhere
async def test_only_where_a_signature_is_required_is_none_refused(
    serve: Serve, write_url: WriteUrl, sdk: str, position: str
) -> None:
    statuses = []
    for name in ("open", "keyed", "locked"):
        site = await serve(name)
        endpoint = str(site.viewer.base_url)
        url = write_url(
            sdk, src=PATH, urlEndpoint=endpoint, transformationPosition=position, transformation=[{"width": 100}]
        )
        statuses.append((await site.get(url)).status_code)

    assert statuses == [200, 200, 401]


def signed_again(url: str, endpoint: str, time: int) -> str:
    """The same URL with another end, by the SDK's own signature."""
    bare = re.sub(r"[?&]ik-t=\d+&ik-s=\w+", "", url)
    mark = "&" if "?" in bare else "?"
    return f"{bare}{mark}ik-t={time}&ik-s={_get_signature(KEY, bare, endpoint, time)}"


@everyones
@anywhere
@pytest.mark.parametrize("wish", [WISHES["an end"], WISHES["an end and a cache buster"], WISHES["an end and no step"]])
async def test_an_expired_url_is_refused(serve: Serve, sign: Sign, sdk: str, position: str, wish: Options) -> None:
    site = await serve("keyed")
    url = sign(site, sdk=sdk, transformationPosition=position, **wish)
    end = int(re.findall(r"ik-t=(\d+)", url)[0])
    endpoint = str(site.viewer.base_url)

    assert signed_again(url, endpoint, end) == url
    response = await site.get(signed_again(url, endpoint, LONG_AGO))

    assert (response.status_code, response.headers["Cache-Control"]) == (401, "no-store")
    assert "expired" in response.headers["ik-error"]


def moved(url: str) -> str:
    """The transformation in the other place."""
    in_path = re.search(r"/tr:(w-100)", url)
    if in_path:
        return f"{url.replace(in_path[0], '', 1)}&tr={in_path[1]}"
    return url.replace("tr=w-100&", "", 1).replace(f"/{PATH}", f"/tr:w-100/{PATH}", 1)


def signature_as(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda url: re.sub(r"(?<=ik-s=)\w+", lambda found: change(found[0]), url)


def replaced(old: str, new: str) -> Callable[[str], str]:
    return lambda url: re.sub(old, new, url, count=1)


TAMPERED: dict[str, Callable[[str], str]] = {
    "another width": replaced("w-100", "w-101"),
    "a step more": replaced("w-100", "w-100:rt-90"),
    "a parameter more": replaced("w-100", "w-100,h-100"),
    "another encoding": replaced("w-100", "w%2D100"),
    "another picture": replaced(PATH, OTHER),
    "another family": replaced("/media-files/", "/asset-media-files/"),
    "a step in the path": replaced(f"(/tr:w-100)?/{PATH}", f"/tr:w-50/{PATH}"),
    "a step in the query": replaced("$", "&tr=rt-90"),
    "the transformation moved": moved,
    "another cache buster": replaced("v=42", "v=43"),
    "no cache buster": replaced("v=42&", ""),
    "a query parameter more": replaced(r"\?", "?x=1&"),
    "a query parameter behind": replaced("$", "&x=1"),
    "a slash more": replaced(f"/{PATH}", f"//{PATH}"),
    "a later end": replaced(r"ik-t=\d+", "ik-t=9999999998"),
    "the end that means none": replaced(r"ik-t=\d+", "ik-t=9999999999"),
    "no end": replaced(r"ik-t=\d+&", ""),
    "an empty end": replaced(r"ik-t=\d+", "ik-t="),
    "an end that is no time": replaced(r"ik-t=", "ik-t=+"),
    "no signature": replaced(r"&ik-s=\w+", ""),
    "an empty signature": signature_as(lambda _: ""),
    "upper case": signature_as(str.upper),
    "a digit less": signature_as(lambda digits: digits[:-1]),
    "a digit more": signature_as(lambda digits: f"{digits}0"),
    "another digit": signature_as(lambda digits: ("1" if digits[0] == "0" else "0") + digits[1:]),
    "another signature before it": replaced("ik-s=", f"ik-s={'0' * 40}&ik-s="),
}


@everyones
@anywhere
@pytest.mark.parametrize("change", TAMPERED.values(), ids=TAMPERED)
async def test_a_tampered_url_is_refused_even_where_none_is_required(
    serve: Serve, sign: Sign, sdk: str, position: str, change: Callable[[str], str]
) -> None:
    site = await serve("keyed")
    wish = WISHES["an end and a cache buster"]
    url = sign(site, sdk=sdk, transformationPosition=position, **wish)

    tampered = change(url)
    response = await site.get(tampered)

    assert tampered != url
    assert response.status_code == 401, (tampered, response.headers.get("ik-error"))
    assert response.headers["ik-error"].startswith("EACCES - ")


@everyones
@anywhere
async def test_the_signature_of_another_key_is_refused(serve: Serve, sign: Sign, sdk: str, position: str) -> None:
    site = await serve("locked")
    url = sign(site, sdk=sdk, transformationPosition=position, **WISHES["a size"])
    endpoint = str(site.viewer.base_url)
    other = _get_signature("another key", re.sub(r"[?&]ik-s=\w+", "", url), endpoint, 9999999999)

    assert (await site.get(re.sub(r"(?<=ik-s=)\w+", other, url))).status_code == 401


@everyones
@anywhere
async def test_what_is_refused_is_told_only_to_who_may_ask(serve: Serve, sign: Sign, sdk: str, position: str) -> None:
    site = await serve("locked")
    url = sign(site, sdk=sdk, transformationPosition=position, **steps({"width": "wide"}))

    refused, unsigned = await site.get(url), await site.get(re.sub(r"[?&]ik-s=\w+", "", url))

    assert (refused.status_code, unsigned.status_code) == (400, 401)
