"""Runs that a person asked for: each is begun once, and none is in the way of the others."""

import argparse
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from proxy.metrics import Metrics
from proxy.sync import command
from proxy.sync.flow import Flow
from proxy.sync.outcomes import DataError, Outcome, Reason, Result, Tally
from proxy.sync.schedule.inbox import ASKED, KEPT_SECONDS, Inbox, Wish
from proxy.sync.schedule.jobs import WINDOW
from proxy.sync.service import Service
from proxy.sync.state.rows import RunResult
from tests.sync.settled import BYNDER, CLOUDINARY, settled

FLOWS = (
    Flow("cloudinary", "retry", "", f"{__name__}:refused", command.add_dry_run),
    Flow("cloudinary", "link", "", f"{__name__}:work", command.add_link, is_alone=command.never),
    Flow("", "report", "", f"{__name__}:broken", command.add_dry_run),
    Flow("bynder", "import-assets", "", f"{__name__}:work", command.add_window),
)
seen: list[argparse.Namespace] = []


async def work(service: Service, options: argparse.Namespace, tally: Tally) -> None:
    seen.append(options)
    tally.count(Result(Outcome.LINKED))


async def refused(service: Service, options: argparse.Namespace, tally: Tally) -> None:
    raise DataError(Reason.REFUSED, "search", "a request that is taken: 400 no such field")


async def broken(service: Service, options: argparse.Namespace, tally: Tally) -> None:
    raise ValueError("unforeseen")


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    seen.clear()
    async with Service(settled(tmp_path, cloudinary=CLOUDINARY, bynder=BYNDER), Metrics()) as service:
        yield service


async def ask(service: Service, name: str, *arguments: str, credential: str = "", ago: float = 0.0) -> None:
    assert await Wish(name, credential, arguments, service.now() - ago).store(service.state)


async def left(service: Service) -> int:
    return len(await service.state.new_events(ASKED))


async def test_a_run_that_is_refused_as_a_whole_is_the_operators_and_ends(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    await ask(service, "cloudinary retry")

    await Inbox(service, FLOWS).look()

    [run] = await service.state.last_runs()
    assert (run.result, "no such field" in run.words) == (RunResult.CONFIGURATION, True)
    assert await left(service) == 0
    assert [record.levelname for record in caplog.records] == ["ERROR"]


async def test_a_fault_of_ours_is_in_the_way_of_no_other_wish(service: Service) -> None:
    await ask(service, "report", ago=2)
    await ask(service, "bynder import-assets", credential="bynder", ago=1)

    await Inbox(service, FLOWS).look()

    assert (len(seen), await left(service)) == (1, 0)


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"command": "report", "credential": "", "arguments": 5, "at": 1}'])
async def test_what_cannot_be_read_is_let_go(service: Service, body: bytes) -> None:
    await service.state.store_event(ASKED, body)

    await Inbox(service, FLOWS).look()

    assert await left(service) == 0


async def test_arguments_that_the_command_does_not_take_are_let_go(service: Service) -> None:
    await ask(service, "cloudinary link", "--nothing")
    await ask(service, "bynder import-assets", "--credential_code", "bynder", "--other", "x")

    await Inbox(service, FLOWS).look()

    assert (seen, await left(service)) == ([], 0)


async def test_wishes_for_one_run_are_met_by_one_with_the_longest_window(service: Service) -> None:
    for number, minutes in enumerate(("61", "90", "75")):
        arguments = ("--credential_code", "bynder", WINDOW, minutes)
        await ask(service, "bynder import-assets", *arguments, credential="bynder", ago=number)
    await ask(service, "bynder import-assets", "--credential_code", "other", credential="other")

    await Inbox(service, FLOWS).look()

    windows = sorted((one.credential_code, one.max_updated_time_in_minutes) for one in seen)
    assert windows == [("bynder", 90), ("other", 60)]
    assert await left(service) == 0


async def test_a_wish_that_nobody_met_for_a_day_is_none_any_more(service: Service) -> None:
    now = service.now
    await ask(service, "bynder import-assets")
    service.now = lambda: now() + KEPT_SECONDS + 1

    await Inbox(service, FLOWS).look()

    assert (seen, await left(service)) == ([], 0)


async def test_a_command_of_a_person_is_run_as_it_was(service: Service) -> None:
    await ask(service, "cloudinary link", "3f9c", "--sku", "S", "--family", "F", "--attribute", "A")

    await Inbox(service, FLOWS).look()

    [options] = seen
    assert (options.asset_id, options.sku, options.family, options.attribute) == ("3f9c", "S", "F", "A")
