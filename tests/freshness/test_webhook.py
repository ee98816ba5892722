"""The webhook as Akeneo meets it: who may send, what is answered, and when."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from proxy.demo.pim import DemoPim
from proxy.demo.webhooks import Signed, api_event, platform_event
from proxy.freshness import desk
from proxy.freshness.desk import LARGE_BYTES
from proxy.freshness.signature import Way, signature
from proxy.pixels.processes import Processes
from proxy.web import webhook
from proxy.web.door import Door
from proxy.web.webhook import EVENTS_PATH
from tests.freshness.shop import SECRET, Shop, hurried, open_shop
from tests.shared.redis_server import until
from tests.site import running

ASSET = {"asset": {"code": "hubble", "asset_family": {"code": "packshots"}}}


async def test_an_event_of_the_platform_is_accepted_and_worked_on(shop: Shop) -> None:
    assert await shop.webhooks.asset("packshots", "hubble") == 200

    await shop.refreshed("asset")
    assert ("asset", "packshots", "hubble") in shop.addresses.forgotten
    assert shop.events("platform", "asset.updated", "accepted") == 1


async def test_events_of_the_events_api_are_accepted_and_worked_on(shop: Shop) -> None:
    hooks = shop.webhooks
    tall, poster = hooks.product_event("cup/red tall"), hooks.product_event("poster", "removed")

    assert await hooks.events_api(tall, poster) == 200

    await shop.refreshed("product")
    await shop.refreshed("product", outcome="empty")
    assert {("product", "cup/red tall"), ("product", "poster")} <= set(shop.addresses.forgotten)
    assert shop.looks == 0  # the event has told it all


async def test_ten_large_products_are_accepted(shop: Shop) -> None:
    values = {f"text_{number}": [{"locale": None, "scope": None, "data": "x" * 100}] for number in range(100)}
    products = [api_event("product.updated", {"identifier": f"cup {number}", "values": values}) for number in range(10)]

    assert await shop.webhooks.events_api(*products) == 200

    assert shop.events("events_api", "product.updated", "accepted") == 10
    await shop.refreshed("product", 10, outcome="empty")


async def test_without_a_secret_there_is_no_such_path(pim: DemoPim, processes: Processes, tmp_path: Path) -> None:
    async with running(pim, tmp_path, processes, prepare=hurried) as site:
        assert (await site.viewer.get(EVENTS_PATH)).status_code == 404
        assert (await site.viewer.get(f"{EVENTS_PATH}/akeneo")).status_code == 404


async def test_who_asks_whether_anybody_is_there_is_told_so(shop: Shop) -> None:
    answer = await shop.site.viewer.head(EVENTS_PATH)

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS"])
async def test_events_are_posted(shop: Shop, method: str) -> None:
    answer = await shop.site.viewer.request(method, EVENTS_PATH)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "HEAD, POST")


async def test_a_wrong_signature_is_refused_without_a_word_of_why(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    stranger = shop.webhooks_of("another")

    assert await stranger.asset("packshots", "hubble") == 401
    assert await stranger.api_product("poster") == 401
    unsigned = await shop.site.viewer.post(EVENTS_PATH, content=b"{}")

    assert (unsigned.status_code, unsigned.text) == (401, "expected a signed event\n")
    assert shop.addresses.forgotten == []
    assert shop.events("platform", "none", "refused") == 1
    assert shop.events("unsigned", "none", "refused") == 1
    assert caplog.text.count("an event was refused") == 1  # anybody could fill the log


async def test_both_secrets_are_good_while_one_is_changed(pim: DemoPim, processes: Processes, tmp_path: Path) -> None:
    async with open_shop(pim, tmp_path, processes, akeneo={"event_secrets": ["new", "old"]}) as shop:
        for hooks in (
            shop.webhooks_of("old"),
            shop.webhooks_of("new"),
            shop.webhooks_of("newest", previous_secret="new"),
        ):
            assert await hooks.asset("packshots", "hubble") == 200


async def test_an_old_timestamp_is_refused(shop: Shop) -> None:
    hooks = shop.webhooks
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).timestamp()

    assert await hooks.send(hooks.api_signed({"events": []}, hour_ago)) == 401
    assert await hooks.send(hooks.api_signed({"events": []})) == 200


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"events": 7}', b'{"events": [7, {}]}', b"[" * 100_000, b"\xff"]
)
async def test_what_is_signed_and_no_event_is_accepted_and_told(shop: Shop, body: bytes) -> None:
    """An error would have the sender shut out."""
    hooks = shop.webhooks
    platform = hooks.platform_signed(None)
    signed = Signed({**platform.headers, "X-AKENEO-SIGNATURE-PRIMARY": signature(SECRET, body)}, body)

    assert await hooks.send(signed) == 200
    assert shop.events("platform", "unreadable", "unreadable") == 1


async def test_types_that_are_none_of_ours_are_accepted_and_ignored(shop: Shop) -> None:
    assert await shop.webhooks.platform("category.updated", {"category": {"code": "x"}}) == 200

    assert shop.events("platform", "other", "ignored") == 1


async def test_an_event_that_comes_again_is_worked_on_once(shop: Shop) -> None:
    hooks = shop.webhooks

    assert await hooks.asset("packshots", "hubble") == 200
    assert await hooks.again() == 200

    assert shop.events("platform", "asset.updated", "accepted") == 1
    assert shop.events("platform", "asset.updated", "duplicate") == 1


async def test_where_there_is_no_room_the_platform_is_to_try_again(shop: Shop) -> None:
    shop.follower.inbox.most, shop.follower.inbox.gather_seconds = 1, 3600
    hooks = shop.webhooks
    assert await hooks.asset("packshots", "hubble") == 200

    async with httpx.AsyncClient() as sender:
        signed = hooks.platform_signed(platform_event("product-model.updated", {"product_model": {"code": "cup"}}))
        answer = await sender.post(shop.url, content=signed.body, headers=dict(signed.headers))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "10")
    assert await hooks.asset("packshots", "hubble") == 200  # joins the one that waits

    shop.follower.inbox.most = 2
    assert await hooks.send(signed) == 200  # it is not taken for one that was had


async def test_where_there_is_no_room_for_the_events_api_it_is_polled(shop: Shop) -> None:
    shop.follower.inbox.most = 0
    shop.pim.catalogue.asset_families["packshots"].assets["rocket"].touch()

    assert await shop.webhooks.api_product("poster") == 200

    assert shop.events("events_api", "product.updated", "to_be_polled") == 1
    await shop.counted(1, "polls_total", connection="akeneo", outcome="done")
    assert ("product", "poster") in shop.addresses.forgotten
    assert ("asset", "packshots", "rocket") in shop.addresses.forgotten
    assert shop.follower.cursor.missed is None


async def test_a_body_that_is_too_large_is_not_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "MOST_BYTES", dict.fromkeys(Way, 1000))

    assert await shop.webhooks.platform("asset.updated", ASSET | {"more": "x" * 2000}) == 413
    assert shop.site.server.public.webhook.held == 0


async def test_bodies_hold_no_more_memory_than_there_is_for_them(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "MOST_HELD", 100)

    assert await shop.webhooks.platform("asset.updated", ASSET | {"more": "x" * LARGE_BYTES}) == 429
    assert await shop.webhooks.platform("asset.updated", ASSET | {"more": "x" * 2000}) == 200  # the small are let in
    assert shop.site.server.public.webhook.held == 0


LARGE = f"POST {EVENTS_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\nX-Akeneo-Request-Signature: 0\r\n\r\n"


async def test_what_says_that_it_is_too_large_is_refused_at_once(shop: Shop) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.site.server.port)
    writer.write((LARGE % (webhook.MOST_BYTES[Way.EVENTS_API] + 1)).encode())

    assert b" 413 " in await reader.readline()
    writer.close()


async def test_a_client_has_two_large_bodies_at_once_and_others_are_heard_meanwhile(shop: Shop) -> None:
    hook = shop.site.server.public.webhook
    writers = []
    for count in (1, 2):
        _, writer = await asyncio.open_connection("127.0.0.1", shop.site.server.port)
        writers.append(writer)
        writer.write((LARGE % 4_000_000).encode() + b"{")
        await until(lambda: sum(hook.large.values()) == count)  # noqa: B023 (at once)
    reader, third = await asyncio.open_connection("127.0.0.1", shop.site.server.port)
    third.write((LARGE % 4_000_000).encode())

    assert b" 429 " in await reader.readline()
    assert await shop.webhooks.asset("packshots", "hubble") == 200
    for writer in (*writers, third):
        writer.close()
    await until(lambda: (hook.held, hook.held_small) == (0, 0) and not hook.large and not hook.small)


SMALL = f"POST {EVENTS_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\nX-AKENEO-SIGNATURE-PRIMARY: 0\r\n\r\n{{"


async def test_small_bodies_share_memory_and_a_client_has_some_of_them(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = shop.site.server.public.webhook
    monkeypatch.setattr(webhook, "MOST_SMALL", 2)
    writers = []
    for count in (1, 2):
        _, writer = await asyncio.open_connection("127.0.0.1", shop.site.server.port)
        writers.append(writer)
        writer.write(SMALL.encode())
        await until(lambda: (sum(hook.small.values()), hook.held_small) == (count, count))  # noqa: B023 (at once)

    assert await shop.webhooks.asset("packshots", "hubble") == 429
    monkeypatch.setattr(webhook, "MOST_SMALL", 3)
    assert await shop.webhooks.asset("packshots", "hubble") == 200
    monkeypatch.setattr(webhook, "MOST_HELD_SMALL", 10)
    assert await shop.webhooks.asset("packshots", "hubble") == 429
    for writer in writers:
        writer.close()
    await until(lambda: hook.held_small == 0 and not hook.small)


@pytest.mark.parametrize(("size", "on_the_loop"), [(100, True), (3 * LARGE_BYTES, False)])
async def test_a_large_body_is_hashed_off_the_loop(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, size: int, on_the_loop: bool
) -> None:
    threads: list[int] = []

    def note(*_: object) -> bool:
        threads.append(threading.get_ident())
        return False

    monkeypatch.setattr(desk, "is_signed", note)

    assert await shop.webhooks.platform("asset.updated", ASSET | {"more": "x" * size}) == 401
    assert [it == threading.get_ident() for it in threads] == [on_the_loop]


async def test_ids_of_two_connections_may_be_the_same(pim: DemoPim, processes: Processes, tmp_path: Path) -> None:
    print_shop = {"url": pim.url, "access_token": "print", "event_secrets": ["print"]}
    async with open_shop(pim, tmp_path, processes, connections={"print": print_shop}) as shop:
        other = Shop(shop.site, "print")
        assert await shop.webhooks.platform("asset.updated", ASSET, "7") == 200

        assert await shop.webhooks_of("print").platform("asset.updated", ASSET, "7") == 200

        assert (len(shop.addresses.forgotten), len(other.addresses.forgotten)) == (1, 1)


async def test_a_body_that_does_not_come_is_not_waited_for(shop: Shop) -> None:
    shop.site.server.public.webhook.body_seconds = 0.01
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.site.server.port)
    head = f"POST {EVENTS_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nX-AKENEO-SIGNATURE-PRIMARY: 0\r\n\r\n{{"
    writer.write(head.encode())

    assert b" 400 " in await reader.readline()
    writer.close()


async def test_a_connection_is_kept_for_the_next_event(shop: Shop) -> None:
    """Whoever is taken for a slow one would be cut off, maybe in the midst of the next event."""
    signed = shop.webhooks.platform_signed(platform_event("asset.updated", ASSET))
    async with httpx.AsyncClient() as sender:
        for _ in range(2):
            assert (await sender.post(shop.url, content=signed.body, headers=dict(signed.headers))).status_code == 200
        door = shop.site.server.runners[0].server
        assert isinstance(door, Door)

        assert [protocol.head_since for protocol in door.protocols] == [None]


async def test_who_waits_to_be_asked_for_the_body_is_asked(shop: Shop) -> None:
    signed = shop.webhooks.platform_signed(platform_event("asset.updated", ASSET))
    async with httpx.AsyncClient() as sender:
        answer = await sender.post(shop.url, content=signed.body, headers={**signed.headers, "Expect": "100-continue"})

    assert answer.status_code == 200


async def test_the_answer_does_not_wait_for_akeneo(shop: Shop) -> None:
    async with shop.pim.down():
        assert await shop.webhooks.asset("packshots", "hubble") == 200
        await shop.refreshed("asset", outcome="failed")

    await shop.refreshed("asset")


async def test_connections_are_told_apart_by_their_secrets_or_by_the_path(
    pim: DemoPim, processes: Processes, tmp_path: Path
) -> None:
    print_shop = {"url": pim.url, "access_token": "print", "event_secrets": ["print"]}
    async with open_shop(pim, tmp_path, processes, connections={"print": print_shop}) as shop:
        other = Shop(shop.site, "print")

        assert await shop.webhooks_of("print").platform("asset.updated", ASSET) == 200
        assert (shop.addresses.forgotten, len(other.addresses.forgotten)) == ([], 1)
        assert await shop.webhooks_of("print", "/print").platform("asset.updated", ASSET) == 200
        assert (shop.addresses.forgotten, len(other.addresses.forgotten)) == ([], 2)
        assert await shop.webhooks_of("print", "/akeneo").platform("asset.updated", ASSET) == 401
        assert await shop.webhooks_of("print", "/nobody").platform("asset.updated", ASSET) == 401


async def test_no_secret_is_told(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    await shop.webhooks_of("another").asset("packshots", "hubble")
    await shop.webhooks.platform("asset.updated", {"asset": SECRET})

    assert SECRET not in caplog.text
    assert SECRET not in repr(shop.site.server.settings)
