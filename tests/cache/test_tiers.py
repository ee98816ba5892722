"""A failing tier is counted each time, and told once when it begins and once when it ends."""

import errno
import logging

import pytest

from proxy.cache.tiers import Tiers
from proxy.metrics import Metrics
from tests.cache.bench import counted

FULL = OSError(errno.ENOSPC, "No space left on device")


def test_a_failure_is_told_once_and_counted_each_time(metrics: Metrics, caplog: pytest.LogCaptureFixture) -> None:
    tiers = Tiers(metrics)

    for _ in range(3):
        tiers.failed("disk", "write", FULL)

    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "No space left" in caplog.text
    assert counted(metrics, "cache_errors_total", tier="disk", operation="write") == 3


def test_its_end_is_told_once_too(metrics: Metrics, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    tiers = Tiers(metrics)
    tiers.failed("disk", "write", FULL)

    tiers.worked("disk")
    tiers.worked("disk")

    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]
    assert tiers.failing == {}


def test_health_may_say_what_fails(metrics: Metrics) -> None:
    tiers = Tiers(metrics)

    tiers.failed("disk", "write", FULL)
    tiers.failed("redis", "read", TimeoutError())

    assert set(tiers.failing) == {"disk", "redis"}
    assert tiers.failing["disk"] == "cannot write: No space left on device"


def test_each_tier_is_told_by_itself(metrics: Metrics, caplog: pytest.LogCaptureFixture) -> None:
    tiers = Tiers(metrics)

    tiers.failed("disk", "write", FULL)
    tiers.failed("scratch", "write", FULL)

    assert len(caplog.records) == 2
