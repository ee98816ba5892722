"""Several processes and one Cloudinary: whose events, whose trigger, whose clock."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from proxy.demo.faults import Status
from proxy.metrics import Metrics
from proxy.sync.cloudinary.cloudinary import AGAIN_SECONDS, Cloudinary
from proxy.sync.cloudinary.statuses import Asked
from proxy.sync.leases import BEAT_SECONDS
from proxy.sync.outcomes import Outcome, TransientError
from proxy.sync.service import Service
from proxy.sync.serving import Serving
from proxy.sync.state.rows import LinkState
from tests.sync.cloudinary.world import ASSET_ID, CODE, READY, World, world

PUBLIC = {"webhook": {"register_url": "https://img.example.com"}}
WISHES = {"asset_id": ASSET_ID, "sku": "PROD001", "family": "packshots", "attribute": "link_packshot"}


async def told(cloudinary: Cloudinary, one: World) -> None:
    """All that has happened is stored."""
    for notification in one.cloud.webhooks.pending:
        await cloudinary.inbox.receive(one.cloud.webhooks.headers(notification.body), notification.body)
        notification.answers.append(200)


async def test_two_processes_work_no_event_off_side_by_side() -> None:
    async with world() as one, by_the_clock(one) as serve, by_the_clock(one) as run:
        for number in range(6):
            shoe = one.cloud.add_asset(f"shoe{number}", metadata={**READY, "status": None, "sku": f"SKU{number}"})
            one.cloud.user_sets(shoe, status="requires_link")
        await told(serve, one)
        one.reset()

        done = await asyncio.gather(serve.inbox.work_off(serve.changes), run.inbox.work_off(run.changes))

        assert sum(done) == 6
        assert len(await serve.service.state.attempts_since(0)) == 6
        assert len([call for call in one.cloud_calls if call.startswith("GET /resources/")]) == 12


@asynccontextmanager
async def by_the_clock(one: World) -> AsyncIterator[Cloudinary]:
    """A process whose leases last as long as they do; only it looks at them more often."""

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds if seconds == BEAT_SECONDS else 0.01)

    async with Service(one.configuration, Metrics(), sleep=sleep) as service:
        yield Cloudinary.of(service)


async def following(cloudinary: Cloudinary) -> None:
    """Until it waits for more."""
    waits, until_more = asyncio.Event(), cloudinary.until_more

    async def telling() -> None:
        waits.set()
        await until_more()

    cloudinary.until_more = telling  # type: ignore[method-assign]
    task = asyncio.create_task(cloudinary.follow())
    async with asyncio.timeout(30):
        await waits.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_trigger_that_is_refused_keeps_no_event_waiting_and_is_asked_for_once_a_schedule() -> None:
    full = Status(400, path="/v1_1/acme/triggers", method="POST", message="Maximum number of triggers reached")
    async with world(**PUBLIC) as one, one.cloudinary() as cloudinary:
        shoe = one.shoe(status=None)
        one.cloud.user_sets(shoe, status="requires_link")
        await told(cloudinary, one)
        with one.cloud.misbehaving(full):
            await following(cloudinary)
            await following(cloudinary)

            assert one.status(shoe) == "linked"
            assert one.cloud_calls.count("POST /triggers") == 1
        one.later(86_400)
        await following(cloudinary)

        assert len(one.cloud.triggers) == 1


async def test_a_trigger_that_cannot_be_asked_for_now_is_asked_for_again_soon() -> None:
    async with world(**PUBLIC) as one, one.cloudinary() as cloudinary:
        with one.cloud.misbehaving(Status(503, path="/v1_1/acme/triggers")):
            await following(cloudinary)
        one.later(AGAIN_SECONDS)
        await following(cloudinary)

        assert len(one.cloud.triggers) == 1


async def test_two_processes_register_one_trigger() -> None:
    async with world(**PUBLIC) as one, one.cloudinary() as serve, one.cloudinary() as run:
        made = await asyncio.gather(serve.register(), run.register())

        assert sorted(made) == [False, True]
        assert one.cloud_calls.count("POST /triggers") == 1


async def test_a_wish_is_not_lost_where_our_clock_is_ahead() -> None:
    """Its time is by Cloudinary's clock, and so has to be that of our read."""
    async with world() as one:
        shoe = one.shoe()
        one.later(5)  # of our clock alone
        async with one.cloudinary() as cloudinary:
            await cloudinary.flows.by_status(ASSET_ID, "requires_link", cloudinary.changes)
            written = await cloudinary.service.state.written("cloudinary", ASSET_ID)
            assert written is not None
            assert written.read_at < time.time() + 1
            asked = Asked("requires_unlink", time.time() + 2, "requires_link")  # so much later

            result = await cloudinary.flows.by_status(ASSET_ID, "requires_unlink", cloudinary.changes, asked)

        assert (result.outcome, one.status(shoe), one.links) == (Outcome.UNLINKED, None, {})


async def test_a_link_that_was_refused_leaves_no_record_and_one_that_may_be_there_does() -> None:
    async with world() as one, one.cloudinary() as cloudinary:
        one.shoe()
        wishes = replace((await cloudinary.client.asset(ASSET_ID)).wishes(cloudinary.settings.fields))
        outcomes: list[Any] = []
        for status in (422, 503):
            with one.pim.misbehaving(Status(status, path="/", method="PATCH")):
                try:
                    await cloudinary.flows.link_by_hand(ASSET_ID, wishes, cloudinary.changes)
                except Exception as error:
                    outcomes.append(type(error).__name__)
            outcomes.append([link.state for link in await cloudinary.service.state.links("cloudinary")])

        assert outcomes == ["DataError", [], TransientError.__name__, [LinkState.PENDING]]
        assert await cloudinary.service.state.count_links("cloudinary") == 0
        result = await cloudinary.flows.link_by_hand(ASSET_ID, wishes, cloudinary.changes)
        assert (result.outcome, list(one.links)) == (Outcome.LINKED, [CODE])


async def test_a_state_that_is_locked_is_a_passing_fault_of_the_admin_port() -> None:
    async with world() as one:
        one.shoe(status=None)
        dam = Serving(one.configuration, Metrics())
        await dam.open()
        try:

            async def locked(*_: object) -> int:
                raise TransientError("the state", "to be written")

            dam.service.state.add_attempt = locked  # type: ignore[method-assign,assignment]
            status, facts = await dam.link(WISHES)
        finally:
            await dam.close()

        assert (status, facts["reason"]) == (503, "transient")


async def test_a_fault_of_ours_does_not_end_the_events_of_a_server() -> None:
    async with world() as one:
        again = asyncio.Event()

        async def sleep(seconds: float) -> None:
            await asyncio.sleep(0 if seconds != 30 else 3600)

        dam = Serving(one.configuration, Metrics())
        dam.service.sleep = sleep
        assert dam.cloudinary is not None
        calls: list[int] = []

        async def follow() -> None:
            calls.append(1)
            if len(calls) == 1:
                raise ValueError("unforeseen")
            again.set()
            await asyncio.Event().wait()

        dam.cloudinary.follow = follow  # type: ignore[method-assign]
        await dam.open()
        try:
            async with asyncio.timeout(30):
                await again.wait()
        finally:
            await dam.close()
