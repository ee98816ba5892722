"""Where the picture lies: endpoints, slashes, absolute addresses, query parameters, and sources that cannot be."""

import pytest

from tests.conformance.conftest import Serve
from tests.conformance.pictures import PHOTO, path_of
from tests.conformance.sdks import JAVASCRIPT, OLDER, POSITIONS, SDKS, SIGNING, WriteUrl
from tests.site import Site

PATH = path_of(PHOTO)
IMPOSSIBLE = [
    "media-files/my photo.jpg",
    "media-files/größe.jpg",
    "media-files/你好/👍.jpg",
    "media-files/a+b&c=d.jpg",
    "media-files/a,b:c.jpg",
    "media-files/50%25.jpg",
    "media-files/../secret.jpg",
    "media-files/a@b!$'()*;~.jpg",
    "other-files/photo.jpg",
    "photo.jpg",
    "tr:w-100/photo.jpg",
]

pytestmark = pytest.mark.asyncio(loop_scope="session")
everyones = pytest.mark.parametrize("sdk", SDKS)
anywhere = pytest.mark.parametrize("position", POSITIONS)


@everyones
@anywhere
@pytest.mark.parametrize("suffix", ["", "/", "/ik-seo", "/ik-seo/"])
async def test_slashes_and_the_end_of_the_endpoint_make_no_difference(
    site: Site, write_url: WriteUrl, sdk: str, position: str, suffix: str
) -> None:
    endpoint = str(site.viewer.base_url).rstrip("/") + suffix
    source = f"{PATH.removesuffix('.jpg')}/a-fine-photo.jpg" if "ik-seo" in suffix else PATH

    for slashes in ("", "/", "//"):
        if (sdk, suffix, slashes) == (OLDER, "/ik-seo", ""):
            continue  # it puts no slash between the two
        wish = {"src": slashes + source, "urlEndpoint": endpoint, "transformation": [{"width": 100}]}
        url = write_url(sdk, transformationPosition=position, **wish)
        response = await site.get(url)

        assert (response.status_code, response.headers["Content-Type"]) == (200, "image/jpeg"), url


@everyones
@anywhere
@pytest.mark.parametrize("query", ["", "?v=42", "?v=4+2&note=a%20b&updatedAt=2026"])
async def test_a_source_may_be_absolute(site: Site, write_url: WriteUrl, sdk: str, position: str, query: str) -> None:
    source = str(site.viewer.base_url.join(f"/{PATH}")) + query
    url = write_url(
        sdk,
        src=source,
        urlEndpoint="https://elsewhere.example",
        transformation=[{"width": 100}],
        transformationPosition=position,
    )

    assert (await site.get(url)).status_code == 200, url


@everyones
@anywhere
async def test_query_parameters_change_nothing(site: Site, write_url: WriteUrl, sdk: str, position: str) -> None:
    parameters = {"v": 42, "updatedAt": "2026-01-01 10:00", "note": "wörds,a:b", "ik-sdk-version": "javascript-5.5"}
    wish = {"urlEndpoint": str(site.viewer.base_url), "transformation": [{"width": 97}]}

    bare = await site.get(write_url(sdk, src=PATH, transformationPosition=position, **wish))
    busted = await site.get(
        write_url(sdk, src=PATH, transformationPosition=position, queryParameters=parameters, **wish)
    )

    assert (busted.status_code, busted.headers["X-Cache"]) == (200, "HIT")
    assert busted.content == bare.content


@everyones
@anywhere
async def test_a_download_is_asked_for_in_the_query(site: Site, write_url: WriteUrl, sdk: str, position: str) -> None:
    parameters = {"ik-attachment": "true", "ik-attachment-filename": "my cup.jpg"}
    wish = {"urlEndpoint": str(site.viewer.base_url), "transformation": [{"width": 97}]}

    url = write_url(sdk, src=PATH, transformationPosition=position, queryParameters=parameters, **wish)

    assert (await site.get(url)).headers["Content-Disposition"] == 'attachment; filename="my cup.jpg"'


@everyones
@anywhere
async def test_only_one_sdk_takes_a_query_behind_a_source(
    site: Site, write_url: WriteUrl, sdk: str, position: str
) -> None:
    """The others make it part of the name, and no such file can be."""
    url = write_url(
        sdk,
        src=f"{PATH}?v=42",
        urlEndpoint=str(site.viewer.base_url),
        transformation=[{"width": 100}],
        transformationPosition=position,
    )

    assert (await site.get(url)).status_code == (200 if sdk == JAVASCRIPT else 404), url


@everyones
@anywhere
@pytest.mark.parametrize("source", IMPOSSIBLE)
async def test_what_cannot_be_in_akeneo_is_not_found(
    site: Site, write_url: WriteUrl, sdk: str, position: str, source: str
) -> None:
    url = write_url(
        sdk,
        src=source,
        urlEndpoint=str(site.viewer.base_url),
        transformation=[{"width": 100}],
        transformationPosition=position,
    )
    response = await site.get(url)

    assert (response.status_code, response.headers["ik-error"].partition(" - ")[0]) == (404, "ENOENT"), url


@pytest.mark.parametrize("sdk", SIGNING)
@anywhere
@pytest.mark.parametrize("source", IMPOSSIBLE)
async def test_what_cannot_be_in_akeneo_is_not_found_where_a_signature_is_required_either(
    serve: Serve, write_url: WriteUrl, sdk: str, position: str, source: str
) -> None:
    site = await serve("locked")
    url = write_url(
        sdk,
        src=source,
        urlEndpoint=str(site.viewer.base_url),
        transformation=[{"width": 100}],
        transformationPosition=position,
        signed=True,
        expiresIn=300,
    )

    assert (await site.get(url)).status_code == 404, url


@everyones
@anywhere
async def test_where_only_names_are_taken_nothing_else_is(
    serve: Serve, write_url: WriteUrl, sdk: str, position: str
) -> None:
    site = await serve("named")
    statuses = []
    for steps in (
        [{"named": "thumb"}],
        [{"named": "thumb"}, {"named": "turned"}],
        [{"named": "other"}],
        [{"width": 9}],
    ):
        url = write_url(
            sdk,
            src=PATH,
            urlEndpoint=str(site.viewer.base_url),
            transformation=steps,
            transformationPosition=position,
        )
        statuses.append((await site.get(url)).status_code)

    assert statuses == [200, 200, 400, 400]
