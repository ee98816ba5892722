"""The pretend Cloudinary, held to the reference; the official package signs for us and judges its webhooks."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import cloudinary
import cloudinary.utils
import httpx
import pytest

from proxy.demo.cloudinary.model import CloudAsset, MetadataField
from proxy.demo.cloudinary.routes import Kind
from proxy.demo.cloudinary.server import DemoCloudinary
from proxy.demo.faults import LostAnswer, Status
from tests.demo.listener import Listener, listening

Write = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def cloud() -> AsyncIterator[DemoCloudinary]:
    async with DemoCloudinary() as cloud:
        yield cloud


@pytest.fixture
async def http(cloud: DemoCloudinary) -> AsyncIterator[httpx.AsyncClient]:
    basic = (cloud.api_key, cloud.api_secret)
    async with httpx.AsyncClient(base_url=f"{cloud.url}/v1_1/acme/", auth=basic, trust_env=False, verify=False) as http:
        yield http


@pytest.fixture
def shoe(cloud: DemoCloudinary) -> CloudAsset:
    return cloud.add_asset("shoes/runner", metadata={"sku": "PROD001"})


@pytest.fixture
def write(cloud: DemoCloudinary, http: httpx.AsyncClient) -> Write:
    async def write(metadata: str, *public_ids: str, algorithm: str = "sha1", **other: Any) -> httpx.Response:
        signed = {"timestamp": int(time.time()), "metadata": metadata, "public_ids": list(public_ids), **other}
        signature = cloudinary.utils.api_sign_request(signed, cloud.api_secret, algorithm)
        form: dict[str, Any] = {**signed, "api_key": cloud.api_key, "signature": signature}
        form["public_ids[]"] = form.pop("public_ids")
        return await http.post("image/metadata", data=form)

    return write


async def search(http: httpx.AsyncClient, expression: str, **more: object) -> Any:
    answer = await http.post("resources/search", json={"expression": expression, "with_field": ["metadata"], **more})
    return answer.json()


async def test_an_asset_tells_what_it_is(cloud: DemoCloudinary, http: httpx.AsyncClient, shoe: CloudAsset) -> None:
    asset = (await http.get(f"resources/{shoe.asset_id}")).json()

    assert (asset["public_id"], asset["resource_type"], asset["type"]) == ("shoes/runner", "image", "upload")
    assert asset["secure_url"] == "https://res.cloudinary.com/acme/image/upload/v1771/shoes/runner.jpg"
    assert asset["metadata"] == {"akeneo_sku": "PROD001"}
    missing = await http.get("resources/none")
    assert (missing.status_code, missing.json()) == (404, {"error": {"message": "Resource not found - none"}})
    assert [call.kind for call in cloud.calls] == [Kind.DETAILS, Kind.DETAILS]


async def test_wrong_credentials_get_a_page(cloud: DemoCloudinary, http: httpx.AsyncClient) -> None:
    answer = await http.get("metadata_fields/akeneo_status", auth=("someone", "else"))

    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "text/html; charset=UTF-8")


async def test_fields_have_their_options(http: httpx.AsyncClient) -> None:
    status = (await http.get("metadata_fields/akeneo_status")).json()

    assert status["type"] == "enum"
    assert status["datasource"]["values"][0] == {
        "external_id": "requires_link",
        "value": "Requires Link",
        "state": "active",
    }
    assert (await http.get("metadata_fields/none")).status_code == 404
    assert len((await http.get("metadata_fields")).json()["metadata_fields"]) == 4


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_what_the_official_package_signs_is_accepted(
    cloud: DemoCloudinary, write: Write, shoe: CloudAsset, algorithm: Any
) -> None:
    cloud.algorithm = algorithm

    answer = await write("akeneo_family=a&b|akeneo_status=linked", shoe.public_id, algorithm=algorithm, type="upload")

    assert (answer.status_code, answer.json()) == (200, {"public_ids": ["shoes/runner"]})
    assert shoe.metadata == {"akeneo_sku": "PROD001", "akeneo_family": "a&b", "akeneo_status": "linked"}


async def test_another_secret_or_an_old_signature_changes_nothing(
    cloud: DemoCloudinary, write: Write, shoe: CloudAsset
) -> None:
    cloud.api_secret, right = "other", cloud.api_secret
    late = await write("akeneo_sku=X", shoe.public_id, timestamp=int(time.time()) - 4000)
    cloud.api_secret = right
    form = {"metadata": "akeneo_sku=X", "public_ids[]": shoe.public_id, "timestamp": "1", "api_key": cloud.api_key}
    async with httpx.AsyncClient(trust_env=False, verify=False) as http:
        wrong = await http.post(f"{cloud.url}/v1_1/acme/image/metadata", data={**form, "signature": "0" * 40})

    assert (late.status_code, wrong.status_code) == (400, 401)
    assert shoe.metadata == {"akeneo_sku": "PROD001"}


async def test_escapes_are_undone_and_an_empty_value_clears(write: Write, shoe: CloudAsset) -> None:
    await write(r"akeneo_family=a\|b\=c\"d\\e|akeneo_sku=", shoe.public_id)

    assert shoe.metadata == {"akeneo_family": 'a|b=c"d\\e'}


@pytest.mark.parametrize("wrong", ["akeneo_status=Linked", "nothing=1", "akeneo_status"])
async def test_an_unknown_field_or_option_changes_nothing_at_all(write: Write, shoe: CloudAsset, wrong: str) -> None:
    answer = await write(f"akeneo_sku=X|{wrong}", shoe.public_id)

    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert shoe.metadata == {"akeneo_sku": "PROD001"}


async def test_a_set_is_a_list(cloud: DemoCloudinary, write: Write, shoe: CloudAsset) -> None:
    cloud.fields["tones"] = MetadataField("tones", "set", options={"red": "Red", "blue": "Blue"})

    assert (await write(r"tones=[\"red\",\"blue\"]", shoe.public_id)).status_code == 200
    assert shoe.metadata["tones"] == ["red", "blue"]
    assert (await write(r"tones=[\"green\"]", shoe.public_id)).status_code == 400


async def test_a_write_takes_the_public_id_of_now(cloud: DemoCloudinary, write: Write, shoe: CloudAsset) -> None:
    cloud.rename(shoe, "shoes/sprinter")

    assert (await write("akeneo_sku=X", "shoes/runner")).status_code == 404
    assert (await write("akeneo_sku=X", "shoes/sprinter")).status_code == 200
    assert shoe.secure_url.endswith("/shoes/sprinter.jpg")


async def test_searches_find_by_metadata(cloud: DemoCloudinary, http: httpx.AsyncClient) -> None:
    for number in range(5):
        cloud.add_asset(
            f"p{number}", metadata={"status": "requires_link" if number % 2 else "linked", "sku": f"S{number}"}
        )
    cloud.add_asset("film", resource_type="video", metadata={"status": "requires_link", "sku": 'a"b'})

    async def found(expression: str) -> list[str]:
        return sorted(one["public_id"] for one in (await search(http, expression))["resources"])

    assert await found('metadata.akeneo_status="requires_link"') == ["film", "p1", "p3"]
    assert await found('metadata.akeneo_status="requires_link" AND resource_type:image') == ["p1", "p3"]
    assert await found('(metadata.akeneo_sku=S0 OR metadata.akeneo_sku="S4") AND NOT public_id=p4') == ["p0"]
    assert await found(r'metadata.akeneo_sku="a\"b"') == ["film"]
    assert "error" in await search(http, "metadata.akeneo_sku ~ 1")


async def test_a_search_goes_on_at_its_cursor(cloud: DemoCloudinary, http: httpx.AsyncClient) -> None:
    for number in range(5):
        cloud.add_asset(f"p{number}")
    seen, cursor = [], None
    while True:
        page = await search(http, "resource_type:image", max_results=2, **({"next_cursor": cursor} if cursor else {}))
        seen += [one["public_id"] for one in page["resources"]]
        cursor = page.get("next_cursor")
        if not cursor:
            break

    assert (sorted(seen), page["total_count"]) == ([f"p{number}" for number in range(5)], 5)
    assert "error" in await search(http, "", max_results=501)


async def test_the_index_lags_behind(cloud: DemoCloudinary, http: httpx.AsyncClient, shoe: CloudAsset) -> None:
    cloud.index.lag = 2
    cloud.user_sets(shoe, status="requires_link")

    counts = [(await search(http, 'metadata.akeneo_status="requires_link"'))["total_count"] for _ in range(3)]
    details = (await http.get(f"resources/{shoe.asset_id}")).json()

    assert counts == [0, 0, 1]
    assert details["metadata"]["akeneo_status"] == "requires_link"
    cloud.user_sets(shoe, status=None)
    cloud.index.catch_up()
    assert (await search(http, 'metadata.akeneo_status="requires_link"'))["total_count"] == 0


async def test_the_budget_runs_out_for_reads_and_not_for_writes(
    cloud: DemoCloudinary, http: httpx.AsyncClient, write: Write, shoe: CloudAsset
) -> None:
    cloud.calls_allowed = 1
    first, second = [await http.get("triggers") for _ in range(2)]

    assert (first.status_code, first.headers["X-FeatureRateLimit-Remaining"]) == (200, "0")
    assert second.status_code == 420
    assert second.headers["X-FeatureRateLimit-Reset"].endswith("00:00 GMT")
    assert (await write("akeneo_sku=X", shoe.public_id)).status_code == 200
    cloud.lift_limit()
    assert (await http.get("triggers")).status_code == 200


async def test_thirty_triggers_are_enough(cloud: DemoCloudinary, http: httpx.AsyncClient) -> None:
    async def register(number: int) -> int:
        asked = {"uri": f"https://img.example.com/{number}", "event_type": "resource_metadata_changed"}
        return (await http.post("triggers", json=asked)).status_code

    assert [await register(number) for number in range(31)] == [200] * 30 + [400]
    assert await register(0) == 409
    assert len((await http.get("triggers")).json()["triggers"]) == len(cloud.triggers) == 30


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with listening() as listener:
        yield listener


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_the_official_package_believes_its_webhooks(listener: Listener, algorithm: Any) -> None:
    async with DemoCloudinary(algorithm=algorithm) as cloud:
        shoe = cloud.add_asset("shoes/runner", metadata={"sku": "PROD001"})
        cloud.user_sets(shoe, status="requires_link")
        assert await cloud.deliver(listener.url) == [200]

    (got,) = listener.got
    cloudinary.config(api_secret=cloud.api_secret)
    timestamp, signature = int(got.headers["X-Cld-Timestamp"]), got.headers["X-Cld-Signature"]
    believed = cloudinary.utils.verify_notification_signature(
        got.body.decode(), timestamp, signature, algorithm=algorithm
    )
    assert believed
    assert got.document["resources"]["shoes/runner"] == {
        "asset_id": shoe.asset_id,
        "resource_type": "image",
        "type": "upload",
        "previous_metadata": {"akeneo_sku": "PROD001"},
        "new_metadata": {"akeneo_sku": "PROD001", "akeneo_status": "requires_link"},
    }


async def test_our_own_writes_cause_webhooks_too_and_writes_without_change_none(
    cloud: DemoCloudinary, write: Write, shoe: CloudAsset
) -> None:
    cloud.webhooks.shape = "list"
    await write("akeneo_status=linked", shoe.public_id)
    await write("akeneo_status=linked", shoe.public_id)

    (notification,) = cloud.webhooks.pending
    assert notification.document["source"] == "API"
    assert notification.document["resources"][0]["public_id"] == "shoes/runner"


async def test_a_webhook_comes_again_until_it_is_answered_with_200(
    cloud: DemoCloudinary, listener: Listener, shoe: CloudAsset
) -> None:
    listener.answers = [503, 500, 200]
    await cloud.deliver("http://127.0.0.1:1/")
    first = cloud.user_sets(shoe, status="requires_link")
    assert first is not None

    assert [await cloud.deliver(listener.url) for _ in range(4)] == [[503], [500], [200], []]
    assert await cloud.deliver(listener.url, [first]) == [200]
    assert len({got.body for got in listener.got}) == 1
    lost = cloud.user_sets(shoe, status=None)
    assert [await cloud.deliver("http://127.0.0.1:1/") for _ in range(5)] == [[None]] * 4 + [[]]
    assert lost is not None
    assert lost.answers == [None] * 4


async def test_webhooks_go_to_the_triggers_by_themselves_when_wanted(
    cloud: DemoCloudinary, http: httpx.AsyncClient, listener: Listener, shoe: CloudAsset
) -> None:
    cloud.delivers = True
    await http.post("triggers", json={"uri": listener.url, "event_type": "resource_metadata_changed"})
    cloud.user_sets(shoe, sku="PROD002")

    await listener.until(1)
    assert listener.got[0].document["resources"]["shoes/runner"]["new_metadata"] == {"akeneo_sku": "PROD002"}


async def test_an_answer_may_be_lost_though_the_write_happened(
    cloud: DemoCloudinary, http: httpx.AsyncClient, write: Write, shoe: CloudAsset
) -> None:
    with cloud.misbehaving(LostAnswer(path="/v1_1/acme/image")), pytest.raises(httpx.TransportError):
        await write("akeneo_status=linked", shoe.public_id)
    assert shoe.metadata["akeneo_status"] == "linked"

    with cloud.misbehaving(Status(503, "Busy", path="/", skip=1, times=1)):
        answers = [await http.get(f"resources/{shoe.asset_id}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 503, 200]
    assert answers[1].json() == {"error": {"message": "Busy"}}


async def test_it_serves_its_pictures_itself_when_asked_to() -> None:
    async with DemoCloudinary(picture_base=None) as cloud, httpx.AsyncClient(trust_env=False, verify=False) as http:
        shoe = cloud.add_asset("shoes/runner", content=b"picture", format="png")
        answer = await http.get(shoe.secure_url)

    assert (answer.content, answer.headers["Content-Type"]) == (b"picture", "image/png")
