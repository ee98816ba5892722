"""Who a client is, and how its bucket fills again."""

from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request

from proxy.errors import OverBudget
from proxy.metrics import Metrics
from proxy.slices import AbuseSettings
from proxy.web.budget import Budgets
from proxy.web.clients import IPV6, client_of, read_address
from tests.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


def refusal(budgets: Budgets, client: int, per_minute: int) -> int | None:
    """After how many seconds it should come again; None if it may have what it wants."""
    try:
        budgets.charge(client, per_minute)
    except OverBudget as error:
        return error.retry_after_seconds
    return None


def test_a_minute_s_share_may_be_had_at_once_and_comes_back_evenly(clock: Clock) -> None:
    budgets = Budgets(Metrics(), clock)

    assert [refusal(budgets, 1, 6) for _ in range(7)] == [None] * 6 + [10]
    clock.now += 4
    assert refusal(budgets, 1, 6) == 6
    clock.now += 6
    assert [refusal(budgets, 1, 6) for _ in range(2)] == [None, 10]
    clock.now += 600
    assert [refusal(budgets, 1, 6) for _ in range(7)] == [None] * 6 + [10]


def test_what_was_not_made_is_given_back(clock: Clock) -> None:
    budgets = Budgets(Metrics(), clock)
    budgets.charge(1, 1)

    budgets.refund(1, 1)
    budgets.refund(2, 1)

    assert [refusal(budgets, 1, 1), refusal(budgets, 1, 1)] == [None, 60]


def test_endpoints_take_their_parts_of_one_bucket(clock: Clock) -> None:
    budgets = Budgets(Metrics(), clock)

    assert [refusal(budgets, 1, 2), refusal(budgets, 1, 4), refusal(budgets, 1, 4)] == [None, None, None]
    assert refusal(budgets, 1, 60) == 1


def test_the_table_of_clients_is_bounded(clock: Clock) -> None:
    budgets = Budgets(Metrics(), clock, most=3)

    for client in (1, 2, 3, 1, 4):
        budgets.charge(client, 100)

    assert list(budgets.full_at) == [3, 1, 4]


ADDRESSES: list[tuple[str, int | None]] = [
    ("192.0.2.1", 0xC0000201),
    ("192.0.2.1:4711", 0xC0000201),
    ("::ffff:192.0.2.1", 0xC0000201),
    ("2001:db8:1:2:3:4:5:6", IPV6 | 0x20010DB800010002),
    ("[2001:db8:1:2:ffff::1]:443", IPV6 | 0x20010DB800010002),
    ("fe80::1%eth0", IPV6 | 0xFE80000000000000),
    ("", None),
    ("unknown", None),
    ("192.0.2.1.5", None),
    ("192.0.2.1 evil", None),
]


@pytest.mark.parametrize(("text", "number"), ADDRESSES, ids=[row[0] for row in ADDRESSES])
def test_an_address_is_read_and_ipv6_counts_by_network(text: str, number: int | None) -> None:
    assert read_address(text) == number


CLIENTS: list[tuple[dict[str, Any], list[str], str]] = [
    ({}, ["192.0.2.1"], "127.0.0.1"),
    ({"client_header": "X-Real"}, ["192.0.2.1"], "192.0.2.1"),
    ({"client_header": "X-Real"}, ["203.0.113.9, 192.0.2.1"], "192.0.2.1"),
    ({"client_header": "X-Real"}, ["203.0.113.9", "192.0.2.1"], "192.0.2.1"),
    ({"client_header": "X-Real", "trusted_proxies": 2}, ["203.0.113.9, 192.0.2.1, 10.0.0.1"], "192.0.2.1"),
    ({"client_header": "X-Real", "trusted_proxies": 2}, ["192.0.2.1"], "127.0.0.1"),
    ({"client_header": "X-Real"}, ["192.0.2.1, nonsense"], "127.0.0.1"),
    ({"client_header": "X-Real"}, [], "127.0.0.1"),
]


@pytest.mark.parametrize(("settings", "values", "client"), CLIENTS)
def test_a_client_is_who_the_trusted_proxy_has_seen(settings: dict[str, Any], values: list[str], client: str) -> None:
    class Transport:
        def get_extra_info(self, name: str, default: object = None) -> object:
            return ("127.0.0.1", 5) if name == "peername" else default

    request = make_mocked_request("GET", "/", transport=Transport())
    headers = request.headers.copy()
    for value in values:
        headers.add("X-Real", value)
    request = request.clone(headers=headers)

    assert client_of(request, AbuseSettings(**settings)) == read_address(client)
