"""Downloads, metadata and refusals of the REST API, held to what the real one answers."""

import pytest

from proxy.demo.files import DemoFile, Family
from proxy.demo.pim import DemoPim
from proxy.demo.routes import Kind, download_path
from tests.demo.caller import APP_TOKEN, Caller, calling

API = "/api/rest/v1"


async def test_the_three_families_have_three_addresses(
    caller: Caller, shoe: DemoFile, poster: DemoFile, swatch: DemoFile
) -> None:
    product = await caller.get(f"{API}/media-files/{shoe.code}/download")
    asset = await caller.get(f"{API}/asset-media-files/{poster.code}")
    record = await caller.get(f"{API}/reference-entities-media-files/{swatch.code}")

    assert [answer.content for answer in (product, asset, record)] == [shoe.content, poster.content, swatch.content]


async def test_a_download_is_chunked_and_carries_no_validator(caller: Caller, shoe: DemoFile) -> None:
    answer = await caller.get(download_path(shoe.family, shoe.code))

    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "no-cache, private"
    assert not {"content-length", "etag", "last-modified", "accept-ranges"} & set(answer.headers)


async def test_the_original_name_is_sent_raw(caller: Caller, shoe: DemoFile) -> None:
    answer = await caller.get(download_path(shoe.family, shoe.code))

    assert dict(answer.headers.raw)[b"Content-Disposition"] == 'attachment; filename="red "shoe" é.jpg"'.encode()


@pytest.mark.parametrize(
    "headers", [{"Range": "bytes=0-3"}, {"If-None-Match": "*"}, {"If-Modified-Since": "Wed, 01 Jan 2098 00:00:00 GMT"}]
)
async def test_ranges_and_conditions_are_ignored(caller: Caller, shoe: DemoFile, headers: dict[str, str]) -> None:
    answer = await caller.get(download_path(shoe.family, shoe.code), **headers)

    assert (answer.status_code, answer.content) == (200, shoe.content)


async def test_the_type_is_the_stored_one(caller: Caller, poster: DemoFile, swatch: DemoFile) -> None:
    text = await caller.get(download_path(poster.family, poster.code))
    unknown = await caller.get(download_path(swatch.family, swatch.code))

    assert text.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert unknown.headers["Content-Type"] == "application/octet-stream"


async def test_head_has_the_headers_and_no_body(caller: Caller, shoe: DemoFile) -> None:
    bearer = {"Authorization": f"Bearer {APP_TOKEN}", "Accept": "image/*"}

    answer = await caller.http.head(download_path(shoe.family, shoe.code), headers=bearer)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "Content-Length" not in answer.headers


async def test_without_download_a_product_file_is_metadata(pim: DemoPim, caller: Caller, shoe: DemoFile) -> None:
    answer = await caller.get(f"{API}/media-files/{shoe.code}")

    assert answer.json() == {
        "code": shoe.code,
        "original_filename": 'red "shoe" é.jpg',
        "mime_type": "image/jpeg",
        "size": len(shoe.content),
        "extension": "jpg",
        "_links": {"download": {"href": f"{pim.url}{API}/media-files/{shoe.code}/download"}},
    }


async def test_links_may_carry_a_wrong_host(shoe: DemoFile) -> None:
    pim = DemoPim([shoe], app_token=APP_TOKEN, link_base="http://inner.example")
    async with pim, calling(pim) as caller:
        metadata = (await caller.get(f"{API}/media-files/{shoe.code}")).json()

    assert metadata["_links"]["download"]["href"].startswith("http://inner.example/api/")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "image/webp, */*;q=0.8"])
async def test_an_accept_header_may_be_json_or_hold_anything(caller: Caller, shoe: DemoFile, accept: str) -> None:
    assert (await caller.get(download_path(shoe.family, shoe.code), Accept=accept)).status_code == 200


async def test_an_absent_accept_header_is_fine(caller: Caller, shoe: DemoFile) -> None:
    request = caller.http.build_request("GET", download_path(shoe.family, shoe.code))
    request.headers["Authorization"] = f"Bearer {APP_TOKEN}"
    del request.headers["Accept"]

    assert (await caller.http.send(request)).status_code == 200


@pytest.mark.parametrize("accept", ["image/*", "application/json, text/plain", "image/avif,image/webp"])
async def test_other_accept_headers_are_a_406_on_downloads_too(caller: Caller, shoe: DemoFile, accept: str) -> None:
    answer = await caller.get(download_path(shoe.family, shoe.code), Accept=accept)

    message = f'"{accept}" in "Accept" header is not valid. Only "application/json" is allowed.'
    assert answer.status_code == 406
    assert answer.json() == {"code": 406, "message": message}


async def test_an_unknown_code_does_not_exist(caller: Caller) -> None:
    answer = await caller.get(f"{API}/media-files/a/b/c/d/abcd_none.jpg/download")

    assert answer.status_code == 404
    assert answer.json() == {"code": 404, "message": 'Media file "a/b/c/d/abcd_none.jpg" does not exist.'}


async def test_a_code_of_another_family_does_not_exist(caller: Caller, shoe: DemoFile) -> None:
    answer = await caller.get(f"{API}/asset-media-files/{shoe.code}")

    assert (answer.status_code, answer.json()["message"]) == (404, f'Media file "{shoe.code}" does not exist.')


async def test_download_belongs_to_product_media_only(caller: Caller, poster: DemoFile) -> None:
    assert (await caller.get(f"{API}/asset-media-files/{poster.code}/download")).status_code == 404


@pytest.mark.parametrize("tail", ["a-b.jpg/download", "a%20b.jpg", "caf%C3%A9.jpg", "a:b"])
async def test_other_characters_are_no_route(pim: DemoPim, caller: Caller, tail: str) -> None:
    answer = await caller.get(f"{API}/media-files/{tail}")

    assert answer.status_code == 404
    assert answer.json()["message"].startswith(f'No route found for "GET {pim.url}{API}/media-files/')


async def test_an_encoded_slash_never_reaches_the_pim(caller: Caller, shoe: DemoFile) -> None:
    answer = await caller.get(f"{API}/media-files/{shoe.code.replace('/', '%2F')}/download")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=UTF-8")


async def test_community_knows_product_media_alone(poster: DemoFile) -> None:
    pim = DemoPim([poster], app_token=APP_TOKEN, families=[Family.PRODUCT])
    async with pim, calling(pim) as caller:
        answer = await caller.get(download_path(poster.family, poster.code))

    assert answer.json()["message"].startswith("No route found for")


async def test_other_methods_are_a_405(caller: Caller, shoe: DemoFile) -> None:
    path = download_path(shoe.family, shoe.code)

    answer = await caller.http.delete(path, headers={"Authorization": f"Bearer {APP_TOKEN}"})

    assert answer.status_code == 405
    assert answer.json()["message"].endswith("Method Not Allowed (Allow: GET)")


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        (None, "Authentication is required"),
        ("Basic cHJveHk6c2VjcmV0", "Authentication is required"),
        ("Bearer unknown", "The access token provided is invalid."),
    ],
)
async def test_nothing_but_the_root_works_without_a_token(
    caller: Caller, shoe: DemoFile, authorization: str | None, message: str
) -> None:
    headers = {"Authorization": authorization} if authorization else {}

    for path in (download_path(shoe.family, shoe.code), f"{API}/media-files/{shoe.code}", f"{API}/elsewhere"):
        answer = await caller.http.get(path, headers=headers)
        assert (answer.status_code, answer.json()) == (401, {"code": 401, "message": message})


async def test_the_root_lists_the_routes(caller: Caller) -> None:
    answer = await caller.get(API, token=None)

    routes = [route["route"] for route in answer.json()["routes"].values()]
    assert f"{API}/media-files/{{code}}/download" in routes


async def test_beside_the_api_there_is_only_the_login_form(caller: Caller) -> None:
    answer = await caller.get("/media-files/a/b/c/d/abcd_shoe.jpg")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/user/login")


async def test_a_pim_may_live_under_a_prefix(shoe: DemoFile) -> None:
    pim = DemoPim([shoe], app_token=APP_TOKEN, prefix="/pim/")
    async with pim, calling(pim) as caller:
        path = download_path(shoe.family, shoe.code)
        right = await caller.get(f"{pim.url}{path}")
        wrong = await caller.get(f"{pim.url.removesuffix('/pim')}{path}")

    assert (right.status_code, wrong.status_code) == (200, 404)
    assert [call.kind for call in pim.calls] == [Kind.DOWNLOAD, Kind.NOT_THE_API]


async def test_files_can_be_added_and_removed_while_it_runs(pim: DemoPim, caller: Caller) -> None:
    late = DemoFile.named(Family.PRODUCT, "late.txt", "text/plain", b"here I am")

    pim.add(late)
    assert (await caller.get(download_path(late.family, late.code))).content == b"here I am"

    pim.remove(late)
    assert (await caller.get(download_path(late.family, late.code))).status_code == 404
