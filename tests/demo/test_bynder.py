"""The pretend Bynder, held to the reference."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from proxy.demo.bynder.model import Media, Spelling
from proxy.demo.bynder.routes import Kind
from proxy.demo.bynder.server import DemoBynder
from proxy.demo.faults import LostAnswer, Status

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
async def bynder() -> AsyncIterator[DemoBynder]:
    async with DemoBynder(now=Clock()) as bynder:
        yield bynder


@pytest.fixture
async def http(bynder: DemoBynder) -> AsyncIterator[httpx.AsyncClient]:
    bearer = {"Authorization": f"Bearer {bynder.token}"}
    async with httpx.AsyncClient(base_url=f"{bynder.url}/api/", headers=bearer, trust_env=False, verify=False) as http:
        yield http


@pytest.fixture
def shoe(bynder: DemoBynder) -> Media:
    return bynder.add_media(
        "Runner side",
        b"original",
        version=2,
        derivatives={"500x500": b"square"},
        thumbnails={"webimage": b"web"},
        product_identifier=["RUN-01"],
        asset_type=["application"],
        sort_order="3",
    )


async def listed(http: httpx.AsyncClient, **query: str) -> list[Any]:
    answer = await http.get("v4/media/", params=query)
    assert answer.status_code == 200
    names: list[Any] = answer.json()
    return names


async def names(http: httpx.AsyncClient, **query: str) -> list[str]:
    return [one["name"] for one in await listed(http, **query)]


async def test_media_are_a_bare_list(bynder: DemoBynder, http: httpx.AsyncClient, shoe: Media) -> None:
    (media,) = await listed(http, includeVersionNumber="1")

    assert (media["id"], media["extension"], media["fileSize"], media["activeVersion"]) == (shoe.id, ["jpg"], 8, 2)
    assert (media["property_product_identifier"], media["property_sort_order"]) == (["RUN-01"], "3")
    assert (media["dateModified"], media["archive"]) == ("2026-03-02T09:00:01Z", 0)
    assert "property_brand" not in media
    assert "mediaItems" not in media
    counted = (await http.get("v4/media/", params={"total": "1"})).json()
    assert (counted["total"], len(counted["media"])) == ({"count": 1}, 1)
    assert [len(part) for part in shoe.id.split("-")] == [8, 4, 4, 16]
    assert {call.kind for call in bynder.calls} == {Kind.LIST}


@pytest.mark.parametrize(("spelling", "said"), [("bool", True), ("int", 1), ("text", "1")])
async def test_booleans_come_in_three_spellings(spelling: Spelling, said: object) -> None:
    async with DemoBynder(spelling=spelling) as bynder:
        bynder.add_media("old", archive=True)
        bearer = {"Authorization": f"Bearer {bynder.token}"}
        async with httpx.AsyncClient(base_url=f"{bynder.url}/api/", headers=bearer, verify=False) as http:
            (media,) = await listed(http, archive="1")

    assert (media["archive"], type(media["archive"])) == (said, type(said))


async def test_the_list_is_filtered(bynder: DemoBynder, http: httpx.AsyncClient, shoe: Media) -> None:
    bynder.add_media("film", type="video", product_identifier="A, RUN-01")
    bynder.add_media("old", archive=True)
    late = bynder.add_media("late", product_identifier=["RUN-011"])

    assert sorted(await names(http)) == ["Runner side", "film", "late"]
    assert await names(http, archive="1") == ["old"]
    assert await names(http, type="video") == ["film"]
    assert sorted(await names(http, property_product_identifier="RUN-01")) == ["Runner side", "film"]
    assert await names(http, property_asset_type="application") == ["Runner side"]
    assert await names(http, ids=f"{late.id},none") == ["late"]
    assert await names(http, dateModified="2026-03-02T09:00:02Z", orderBy="dateModified desc") == ["late", "film"]
    assert await names(http, dateModifiedTo="2026-03-02T09:00:01Z") == ["Runner side"]
    assert await names(http, orderBy="name asc", limit="1", page="2") == ["film"]
    assert (await http.get("v4/media/", params={"limit": "1001"})).status_code == 400


async def test_pages_shift_while_assets_change(bynder: DemoBynder, http: httpx.AsyncClient) -> None:
    media = [bynder.add_media(f"m{number}") for number in range(4)]
    bynder.between_pages(lambda number: bynder.touch(media[0]) if number == 1 else None)
    query = {"orderBy": "dateModified asc", "limit": "2"}

    seen = [await names(http, **query, page=str(page)) for page in (1, 2, 3)]

    assert seen == [["m0", "m1"], ["m3", "m0"], []]


async def test_a_cursor_goes_through_what_there_was(bynder: DemoBynder, http: httpx.AsyncClient) -> None:
    media = [bynder.add_media(f"m{number}") for number in range(4)]
    bynder.use_cursors()
    first = await http.get("v4/media/", params={"orderBy": "dateModified asc", "limit": "2"})
    bynder.touch(media[0])
    last = await http.get("v4/media/", params={"limit": "2", "cursor": first.headers["X-Bynder-NextCursor"]})

    assert [one["name"] for one in last.json()] == ["m2", "m3"]
    assert "X-Bynder-NextCursor" not in last.headers


async def test_a_write_is_accepted_and_applied_some_reads_later(
    bynder: DemoBynder, http: httpx.AsyncClient, shoe: Media
) -> None:
    bynder.changes.after_reads = 1
    kind, text = bynder.metaproperties["asset_type"], bynder.metaproperties["product_identifier"]
    both = f"{kind.options['packshot']},{kind.options['application']}"
    form = {f"metaproperty.{kind.id}": both, f"metaproperty.{text.id}": ""}

    answer = await http.post(f"v4/media/{shoe.id}/", data=form)
    before, after = [(await http.get(f"v4/media/{shoe.id}/")).json() for _ in range(2)]

    assert (answer.status_code, answer.json()) == (202, {"message": "Accepted", "statuscode": 202})
    assert before["property_asset_type"] == ["application"]
    assert after["property_asset_type"] == ["packshot", "application"]
    assert "property_product_identifier" not in after
    assert after["property_sort_order"] == "3"
    assert after["dateModified"] > before["dateModified"]


async def test_what_nobody_knows_is_not_written(bynder: DemoBynder, http: httpx.AsyncClient, shoe: Media) -> None:
    kind = bynder.metaproperties["asset_type"]

    async def status(form: dict[str, str], id: str = shoe.id) -> int:
        return (await http.post(f"v4/media/{id}/", data=form)).status_code

    assert await status({"metaproperty.none": "x"}) == 400
    assert await status({f"metaproperty.{kind.id}": "packshot"}) == 400
    assert await status({}, "none") == 404
    bynder.rights.discard("MEDIAEDIT")
    assert await status({f"metaproperty.{kind.id}": ""}) == 403
    assert shoe.properties["asset_type"] == ["application"]


async def test_metaproperties_and_their_options(bynder: DemoBynder, http: httpx.AsyncClient) -> None:
    shown = (await http.get("v4/metaproperties/", params={"options": "1"})).json()
    kind = shown["asset_type"]
    path = f"v4/metaproperties/{kind['id']}/options/"
    made = await http.post(path, data={"data": json.dumps({"name": "detail"})})
    again = await http.post(path, data={"data": json.dumps({"name": "detail"})})

    assert (kind["type"], kind["isMultiselect"], kind["isApiField"]) == ("select2", 1, 1)
    assert [one["name"] for one in kind["options"]] == ["packshot", "application"]
    assert (made.status_code, again.status_code) == (201, 400)
    assert again.json()["existingUUID"] == made.json()["id"] == bynder.metaproperties["asset_type"].options["detail"]


async def test_files_lie_on_another_host_that_wants_no_token(
    bynder: DemoBynder, http: httpx.AsyncClient, shoe: Media
) -> None:
    address = (await http.get(f"v4/media/{shoe.id}/download/")).json()["s3_file"]
    items = (await http.get(f"v4/media/{shoe.id}/", params={"versions": "1"})).json()["mediaItems"]
    square = next(item["id"] for item in items if item["type"] == "500x500")
    other = (await http.get(f"v4/media/{shoe.id}/download/{square}/")).json()["s3_file"]
    thumbnail = (await listed(http))[0]["thumbnails"]["webimage"]

    assert not address.startswith(bynder.url)
    assert (await http.get(address)).status_code == 400
    async with httpx.AsyncClient(trust_env=False, verify=False) as stranger:
        got = [(await stranger.get(url)).content for url in (address, other, thumbnail)]
        bynder.files.expire()
        late = await stranger.get(address)
    assert got == [b"original", b"square", b"web"]
    assert late.status_code == 403
    assert (await http.get(f"v4/media/{shoe.id}/download/none/")).status_code == 404


async def test_a_new_version_is_another_file(bynder: DemoBynder, http: httpx.AsyncClient, shoe: Media) -> None:
    bynder.uploads(shoe, b"original, retouched")
    media = (await http.get(f"v4/media/{shoe.id}/", params={"includeVersionNumber": "1", "versions": "1"})).json()

    assert (media["activeVersion"], media["fileSize"]) == (3, 19)
    originals = [(one["version"], one["active"]) for one in media["mediaItems"] if one["type"] == "original"]
    assert originals == [(2, 0), (3, 1)]


async def test_the_limit_says_nothing_of_when_to_come_back(bynder: DemoBynder, http: httpx.AsyncClient) -> None:
    bynder.requests_allowed = 1
    answers = [await http.get("v4/account/derivatives/") for _ in range(2)]
    bynder.lift_limit()

    assert [answer.status_code for answer in answers] == [200, 429]
    assert "Retry-After" not in answers[1].headers
    assert {"prefix": "webimage"} in (await http.get("v4/account/derivatives/")).json()


async def test_usage_is_not_idempotent(bynder: DemoBynder, http: httpx.AsyncClient, shoe: Media) -> None:
    said = {"integration_id": "pim", "asset_id": shoe.id, "uri": "/products/RUN-01", "timestamp": "now"}
    for _ in range(2):
        await http.post("media/usage/", data=said)

    assert len((await http.get("media/usage/", params={"asset_id": shoe.id})).json()) == len(bynder.usage) == 2
    assert (await http.delete("media/usage/", params=said)).status_code == 200
    assert not bynder.usage


async def test_who_is_refused_and_who_is_sent_on(bynder: DemoBynder, http: httpx.AsyncClient, shoe: Media) -> None:
    stranger = await http.get("v4/media/", headers={"Authorization": "Bearer other"})
    moved = await http.get(f"v4/media/{shoe.id}")

    assert (stranger.status_code, stranger.json()["statuscode"]) == (401, 401)
    assert (moved.status_code, moved.headers["Location"]) == (301, f"/api/v4/media/{shoe.id}/")
    bynder.remove(shoe)
    assert (await http.get(f"v4/media/{shoe.id}/")).status_code == 404


async def test_bad_days_by_path_and_method(bynder: DemoBynder, http: httpx.AsyncClient, shoe: Media) -> None:
    sort = bynder.metaproperties["sort_order"].id
    with bynder.misbehaving(LostAnswer(path="/api/v4/media/", method="POST")):
        with pytest.raises(httpx.TransportError):
            await http.post(f"v4/media/{shoe.id}/", data={f"metaproperty.{sort}": "4"})
        assert await names(http) == ["Runner side"]
    assert shoe.properties["sort_order"] == ["4"]

    with bynder.misbehaving(Status(500, "Oops", path="/")):
        answer = await http.get("v4/media/")
    assert answer.json() == {"message": "Oops", "statuscode": 500}
