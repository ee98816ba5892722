"""Purges and metadata, asked for by ImageKit's SDKs as they are: nothing but their base URL is ours."""

import asyncio
from collections.abc import Callable
from typing import Any

import imagekitio
import pytest
from imagekitio import ImageKit

from tests.conformance.conftest import Serve
from tests.conformance.pictures import FRAMED, MISSING, PHOTO, path_of
from tests.conformance.sdks import KEY, NODE, PYTHON, Node
from tests.site import Site

SHOP = "https://img.example.com"
Call = Callable[..., Any]  # the words of a call -> its answer in JSON, or the error's status and class

pytestmark = pytest.mark.asyncio(loop_scope="session")
everyones = pytest.mark.parametrize("sdk", [PYTHON, NODE])


def python_call(call: str, base_url: str, url: str = "", id: str = "") -> Any:
    with ImageKit(private_key=KEY, base_url=base_url, max_retries=0) as imagekit:
        calls: dict[str, Callable[[], Any]] = {
            "purge": lambda: imagekit.cache.invalidation.create(url=url),
            "purged": lambda: imagekit.cache.invalidation.get(id),
            "metadata": lambda: imagekit.files.metadata.get_from_url(url=url),
        }
        try:
            return calls[call]().model_dump(by_alias=True)
        except imagekitio.APIStatusError as error:
            return {"error": type(error).__name__, "status": error.status_code}


@pytest.fixture
def call(request: pytest.FixtureRequest) -> Call:
    """Beside our loop, in which the server answers."""

    async def call(sdk: str, site: Site, name: str, **words: str) -> Any:
        if sdk == PYTHON:
            return await asyncio.to_thread(python_call, name, site.admin_url, **words)
        node: Node = request.getfixturevalue("node")
        return await asyncio.to_thread(node.ask, "api", call=name, baseURL=site.admin_url, **words)

    return call


@everyones
@pytest.mark.parametrize("target", ["tr:w-61/{}", "{}?tr=w-61", "{}*", "tr:w-9/{}*"])
async def test_a_purged_picture_is_made_anew(serve: Serve, call: Call, sdk: str, target: str) -> None:
    site = await serve("keyed")
    seen = f"/tr:w-61/{path_of(FRAMED)}"
    await site.get(seen)
    before = await site.get(seen)

    created = await call(sdk, site, "purge", url=f"{SHOP}/{target.format(path_of(FRAMED))}")
    told = await call(sdk, site, "purged", id=created["requestId"])
    after = await site.get(seen)

    assert told["status"] in {"Pending", "Completed"}
    assert (before.headers["X-Cache"], after.headers["X-Cache"]) == ("HIT", "MISS")


REFUSED = {
    "a family with a star": ("purge", {"url": f"{SHOP}/media-files/*"}, 400),
    "a star within": ("purge", {"url": f"{SHOP}/media-files/*/a.jpg"}, 400),
    "a purge of no URL": ("purge", {"url": "photo.jpg"}, 400),
    "another request": ("purged", {"id": "unknown"}, 404),
    "facts of no URL": ("metadata", {"url": "photo.jpg"}, 400),
    "facts of nothing": ("metadata", {"url": f"{SHOP}/{path_of(MISSING)}"}, 404),
}
ERRORS = {400: "BadRequestError", 404: "NotFoundError"}


@everyones
@pytest.mark.parametrize("name", REFUSED)
async def test_a_refusal_is_the_error_that_the_sdk_has_for_it(serve: Serve, call: Call, sdk: str, name: str) -> None:
    what, words, status = REFUSED[name]

    answer = await call(sdk, await serve("keyed"), what, **words)

    assert answer == {"error": ERRORS[status], "status": status}


@everyones
async def test_the_facts_of_a_picture_are_under_the_names_that_the_sdk_reads(
    serve: Serve, call: Call, sdk: str
) -> None:
    site = await serve("keyed")

    stored = await call(sdk, site, "metadata", url=f"{SHOP}/{path_of(PHOTO)}")
    drawn = await call(sdk, site, "metadata", url=f"{SHOP}/tr:w-100,f-webp/{path_of(PHOTO)}")

    wanted = {"width": 400, "height": 300, "format": "jpg", "quality": 95, "density": 72}
    wanted |= {"hasColorProfile": False, "hasTransparency": False}
    assert {name: stored[name] for name in wanted} == wanted
    assert len(stored["pHash"]) == 16
    assert stored["size"] > 0
    assert (drawn["width"], drawn["height"], drawn["format"]) == (100, 75, "webp")


@everyones
async def test_another_key_opens_nothing(serve: Serve, call: Call, sdk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    site = await serve("keyed")
    monkeypatch.setattr("tests.conformance.test_api.KEY", "another key")
    monkeypatch.setattr("tests.conformance.sdks.KEY", "another key")

    answers = [await call(sdk, site, "purge", url=SHOP), await call(sdk, site, "metadata", url=SHOP)]

    assert [(answer["error"], answer["status"]) for answer in answers] == [("AuthenticationError", 401)] * 2
