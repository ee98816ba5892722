"""Notifications on the public port: signed, stored before they are acknowledged, worked off behind (dam-sync 4.1)."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from proxy.demo.faults import Status
from proxy.metrics import Metrics
from proxy.slices import AbuseSettings
from proxy.sync.cloudinary.cloudinary import Cloudinary
from proxy.sync.cloudinary.events import changes_in
from proxy.sync.command import FLOWS
from proxy.sync.outcomes import ConfigurationError, TransientError
from proxy.sync.schedule.engine import Engine
from proxy.sync.service import Service
from proxy.sync.serving import Serving
from proxy.sync.settings.cloudinary import CloudinarySettings
from proxy.sync.state.state import State
from proxy.web.app import Server
from proxy.web.dam import DamWebhook
from tests.site import client_of, running
from tests.sync.cloudinary.world import ASSET_ID, CODE, World, world

PATH = "/-/events/cloudinary"


@asynccontextmanager
async def served(one: World) -> AsyncIterator[httpx.AsyncClient]:
    """A whole server, whose sync works events off."""
    dam = Serving(one.configuration, Metrics())

    def prepare(server: Server) -> None:
        server.dam = dam
        server.public.doors.append(DamWebhook(dam, AbuseSettings()))

    async with running(one.pim, one.directory / "cache", prepare=prepare) as site:
        yield site.viewer


async def test_a_signed_notification_links_the_asset_behind_its_answer() -> None:
    async with world() as one:
        shoe = one.shoe(status=None)
        async with served(one) as viewer:
            one.cloud.user_sets(shoe, status="requires_link")

            assert await one.cloud.deliver(str(viewer.base_url).rstrip("/") + PATH) == [200]
            await one.cloud.until(lambda: one.status(shoe) == "linked")

        assert list(one.links) == [CODE]


@pytest.mark.parametrize("fault", ["signature", "old", "ahead", "missing", "body"])
async def test_what_is_not_signed_is_refused_and_not_stored(fault: str) -> None:
    async with world() as one:
        notification = one.cloud.user_sets(one.shoe(status=None), status="requires_link")
        assert notification is not None
        at = {"old": one.now() - 7300, "ahead": one.now() + 400}.get(fault, one.now())
        headers = one.cloud.webhooks.headers(notification.body, int(at))
        body = notification.body + b" " if fault == "body" else notification.body
        if fault == "signature":
            headers["X-Cld-Signature"] = "0" * 40
        async with served(one) as viewer:
            answer = await viewer.post(PATH, content=body, headers={} if fault == "missing" else headers)

        assert answer.status_code == 401
        assert rows(one) == []


async def test_it_is_stored_before_it_is_acknowledged_and_a_repeated_one_is_the_same() -> None:
    async with world() as one:
        notification = one.cloud.user_sets(one.shoe(status=None), status="requires_link")
        assert notification is not None
        async with one.cloudinary() as cloudinary:
            for _ in range(2):
                await cloudinary.inbox.receive(one.cloud.webhooks.headers(notification.body), notification.body)
                assert rows(one) == ["new"]

            assert await cloudinary.inbox.work_off(cloudinary.changes) == 1
            assert rows(one) == ["done"]


async def test_what_a_killed_process_left_is_worked_off_at_start() -> None:
    async with world() as one:
        shoe = one.shoe(status=None)
        notification = one.cloud.user_sets(shoe, status="requires_link")
        assert notification is not None
        async with one.service() as service:
            await service.state.store_event("cloudinary", notification.body)

        async with served(one):
            await one.cloud.until(lambda: one.status(shoe) == "linked")


async def test_our_own_writes_come_round_and_are_ignored() -> None:
    async with world(cloud={"shape": "list"}) as one:
        shoe = one.shoe(status=None)
        one.cloud.user_sets(shoe, status="requires_link")
        async with one.cloudinary() as cloudinary:
            for _ in range(3):
                for notification in one.cloud.webhooks.pending:
                    headers = one.cloud.webhooks.headers(notification.body)
                    await cloudinary.inbox.receive(headers, notification.body)
                    notification.answers.append(200)
                await cloudinary.inbox.work_off(cloudinary.changes)

        assert one.status(shoe) == "linked"
        assert rows(one) == ["done"]
        assert len([call for call in one.pim_calls if call.startswith("PATCH")]) == 1


async def test_an_event_that_fails_is_done_and_the_schedule_takes_over() -> None:
    async with world() as one:
        shoe = one.shoe(status=None, sku="RUN-01")
        notification = one.cloud.user_sets(shoe, status="requires_link")
        assert notification is not None
        async with one.cloudinary() as cloudinary:
            await cloudinary.inbox.receive(one.cloud.webhooks.headers(notification.body), notification.body)
            await cloudinary.inbox.work_off(cloudinary.changes)
            (attempt,) = await cloudinary.service.state.attempts_since(0)

        assert attempt.result is not None
        assert attempt.result.reason == "sku_characters"
        assert (rows(one), one.status(shoe)) == (["done"], "requires_link")


async def test_an_event_that_cannot_be_stored_now_has_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def locked(*_: object) -> bool:
        raise TransientError("the state", "to be written")

    async with world() as one:
        notification = one.cloud.user_sets(one.shoe(status=None), status="requires_link")
        assert notification is not None
        async with served(one) as viewer:
            monkeypatch.setattr(State, "store_event", locked)

            assert await one.cloud.deliver(str(viewer.base_url).rstrip("/") + PATH) == [503]

        assert notification.is_pending


SETTINGS = CloudinarySettings.model_validate({"cloud_name": "acme", "api_key": "k", "api_secret": "abcd"})
TYPE = '"notification_type": "resource_metadata_changed"'


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        '{"notification_type": "upload", "resources": []}',
        f"{{{TYPE}}}",
        f'{{{TYPE}, "resources": 5}}',
        f'{{{TYPE}, "resources": [5, {{}}]}}',
        f'{{{TYPE}, "resources": {{"x": {{"asset_id": "../a", "resource_type": "image"}}}}}}',
        f'{{{TYPE}, "resources": [{{"asset_id": "a1", "resource_type": "video", "new_metadata": {{"akeneo_status": '
        '"requires_link"}}]}',
        f'{{{TYPE}, "resources": [{{"asset_id": "a1", "resource_type": "image", "new_metadata": {{"akeneo_status": '
        '"linked"}}]}',
    ],
)
def test_what_asks_for_nothing_is_nothing(body: str) -> None:
    assert changes_in(body.encode(), SETTINGS, 0) == []


async def test_the_trigger_is_registered_once_where_it_is_wanted() -> None:
    async with world(webhook={"register_url": "https://img.example.com"}) as one:
        async with one.cloudinary() as cloudinary:
            assert await cloudinary.register()
            assert not await cloudinary.register()

        assert [trigger.uri for trigger in one.cloud.triggers] == [f"https://img.example.com{PATH}"]


async def test_the_admin_port_links_by_hand() -> None:
    async with world() as one:
        one.shoe(status=None)
        dam = Serving(one.configuration, Metrics())

        def prepare(server: Server) -> None:
            server.dam = dam

        wishes = {"asset_id": ASSET_ID, "sku": "PROD001", "family": "packshots", "attribute": "link_packshot"}
        async with (
            running(one.pim, one.directory / "cache", prepare=prepare) as site,
            client_of(f"http://127.0.0.1:{site.server.admin_port}") as admin,
        ):
            good = await admin.post("/v1/sync/cloudinary/link", json=wishes)
            wrong = await admin.post("/v1/sync/cloudinary/link", json={**wishes, "sku": "RUN-01"})
            none = await admin.post("/v1/sync/cloudinary/link", json={"sku": "RUN-01"})

        assert (good.status_code, good.json()) == (200, {"outcome": "linked"})
        assert (wrong.status_code, wrong.json()["reason"]) == (422, "sku_characters")
        assert none.status_code == 400
        assert list(one.links) == [CODE]


async def test_what_an_operator_has_to_put_right_is_asked_about_once_a_schedule() -> None:
    async with world(retry={"schedule": "30 10 * * ? *"}) as one:
        del one.cloud.fields["akeneo_status"]
        waits, naps = asyncio.Event(), []

        async def sleep(seconds: float) -> None:
            naps.append(seconds)
            waits.set()
            await asyncio.Event().wait()

        at = datetime(2026, 3, 2, 10, 29, tzinfo=UTC).timestamp()
        async with Service(one.configuration, Metrics(), now=lambda: at, sleep=sleep) as service:
            following = asyncio.create_task(Cloudinary.of(service).follow())
            await waits.wait()
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

        assert naps == [60.0]


@pytest.mark.parametrize("missing", [False, True])
async def test_sync_run_starts_without_an_answer_and_not_without_a_field(missing: bool) -> None:
    async with world() as one, one.service() as service:
        engine = Engine(service, FLOWS)
        if missing:
            del one.cloud.fields["akeneo_sku"]
            with pytest.raises(ConfigurationError, match="akeneo_sku"):
                await engine.check()
        else:
            with one.cloud.misbehaving(Status(503)):
                await engine.check()


async def test_sync_run_with_a_missing_field_ends_at_once_in_one_line() -> None:
    async with world() as one:
        del one.cloud.fields["akeneo_sku"]
        file = one.directory / "sync.yaml"
        file.write_text(
            f"akeneo: {{url: '{one.pim.url}', access_token: t}}\nstate: {one.directory}/state\ncloudinary:\n"
            f"  {{cloud_name: acme, api_key: '{one.cloud.api_key}', api_secret: '{one.cloud.api_secret}', "
            f"base_url: '{one.cloud.url}'}}\n"
        )
        command = (sys.executable, "-m", "proxy.cli", "sync", "run", "--config", str(file))
        process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
        _, said = await process.communicate()

        assert process.returncode == 1
        (line,) = said.decode().splitlines()
        assert "akeneo_sku" in line


async def test_without_a_sync_there_is_no_such_path() -> None:
    async with world() as one, running(one.pim, one.directory / "cache") as site:
        assert (await site.viewer.get(PATH)).status_code == 404


def rows(one: World) -> list[str]:
    """States of the events in the file."""
    connection = sqlite3.connect(one.directory / "sync.sqlite3")
    try:
        return [state for (state,) in connection.execute("SELECT state FROM events")]
    finally:
        connection.close()
