"""`media-proxy sync ...`: what it takes, prints and returns."""

import argparse
import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from proxy import cli
from proxy.commands.sync import add_parser
from proxy.sync import command, shell
from proxy.sync.flow import Flow
from proxy.sync.outcomes import (
    ConfigurationError,
    DataError,
    LeaseHeld,
    Outcome,
    Reason,
    Result,
    SyncError,
    Tally,
    TransientError,
)
from proxy.sync.service import Service
from proxy.sync.state.state import State
from proxy.sync.window import window_start

FLOWS = (
    Flow("bynder", "import-assets", "files into products", f"{__name__}:import_assets", command.add_window),
    Flow("cloudinary", "link", "link one asset", f"{__name__}:import_assets", command.add_link, is_alone=command.never),
    Flow("", "status", "what was done", f"{__name__}:status", whole=True),
)
LINK = ("link", *command.LINK)
ERRORS: dict[str, SyncError] = {
    "configuration": ConfigurationError("the token", "one that is taken"),
    "transient": TransientError("bynder", "an answer"),
    "refused": DataError(Reason.REFUSED, "search", "a request that is taken: 400"),
    "held": LeaseHeld("run"),
}
done: list[argparse.Namespace] = []


async def import_assets(service: Service, options: argparse.Namespace, tally: Tally) -> None:
    done.append(options)
    tally.seen = 2
    tally.count(Result(Outcome.ADOPTED))
    tally.count(Result.of(DataError(Reason.MISSING_SKU, "sku", "a SKU")))
    if getattr(options, "credential_code", "") == "passing":
        tally.count(Result.of(ERRORS["transient"]))
    error = ERRORS.get(getattr(options, "credential_code", ""))
    if error is not None:
        raise error


def status(options: argparse.Namespace) -> int:
    return 7


@pytest.fixture
def sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the state."""
    file = tmp_path / "sync.yaml"
    file.write_text(
        f"akeneo: {{url: 'http://127.0.0.1:1', access_token: t}}\nstate: {tmp_path}/state\n"
        "bynder:\n  credentials: {bynder: {host: acme.bynder.com, permanent_token: t}}\n"
        "  metaproperty_mappings: {sku: a, asset_type: b}\n"
    )
    monkeypatch.setenv("MEDIA_PROXY_SYNC__CONFIG", str(file))
    done.clear()
    return tmp_path / "state"


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers(), FLOWS)
    options = parser.parse_args(["sync", *arguments])
    exit_code: int = options.run(options)
    return exit_code


SUMMARY = "seen 2 linked 0 updated 0 unchanged 1 unlinked 0 skipped 0 failed 1\n"


def test_a_command_ends_with_one_line(sync: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("bynder", "import-assets") == 0
    assert capsys.readouterr().out == SUMMARY
    assert (done[0].max_updated_time_in_minutes, done[0].credential_code) == (60, "bynder")
    assert not done[0].dry_run


@pytest.mark.parametrize(
    ("credential", "code", "said"),
    [
        ("configuration", 1, "the token"),
        ("refused", 1, "search"),
        ("transient", 2, "bynder"),
        ("passing", 2, ""),
        ("held", 3, "run"),
    ],
)
def test_what_stopped_a_run_is_its_exit_code(
    sync: Path, capsys: pytest.CaptureFixture[str], credential: str, code: int, said: str
) -> None:
    assert run("bynder", "import-assets", "--credential-code", credential) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--max_updated_time_in_minutes", "--max-updated-time-in-minutes"])
def test_options_are_written_with_underscores_or_dashes(sync: Path, option: str) -> None:
    run("bynder", "import-assets", option, "5", "--dry-run")

    assert done[0].max_updated_time_in_minutes == 5
    assert done[0].dry_run


async def test_two_runs_of_one_command_never_meet(sync: Path) -> None:
    async with State(sync) as state:
        assert await state.acquire_lease("run:bynder import-assets:bynder", "another")
        assert await asyncio.to_thread(run, "bynder", "import-assets") == 3
        assert await state.last_runs() == []
    assert not done


async def test_links_by_hand_wait_for_no_other_run_and_for_no_dead_one(sync: Path) -> None:
    async with State(sync) as state:
        assert await state.acquire_lease("run:cloudinary link:", "another")
        assert await asyncio.to_thread(run, "cloudinary", *LINK) == 0
        [row] = await state.last_runs()
    assert row.command == "cloudinary link"


def test_only_what_deals_with_one_asset_or_product_is_not_alone() -> None:
    alone = {flow.command for flow in command.FLOWS if flow.is_alone(argparse.Namespace(sku="PROD001"))}

    assert {flow.command for flow in command.FLOWS} - alone == {
        "cloudinary link",
        "cloudinary unlink",
        "cloudinary product-info",
    }
    assert all(flow.is_alone(argparse.Namespace(sku=None)) for flow in command.FLOWS if flow.name == "product-info")


async def test_a_run_is_recorded(sync: Path) -> None:
    await asyncio.to_thread(run, "bynder", "import-assets")

    async with State(sync) as state:
        [row] = await state.last_runs()
        assert (row.command, row.credential, row.result, row.counts["failed"]) == (
            "bynder import-assets",
            "bynder",
            "ok",
            1,
        )
        assert await state.leases() == []


def test_wrong_settings_and_a_broken_state_are_the_operators(
    sync: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sync.write_bytes(b"no database" * 1000)
    assert run("bynder", "import-assets") == 1
    assert run("bynder", "import-assets", "--config", str(tmp_path / "nothing")) == 1
    assert "nothing" in capsys.readouterr().err


def test_a_command_may_do_everything_by_itself(sync: Path) -> None:
    assert run("status") == 7


def test_without_a_sync_nothing_of_it_is_loaded() -> None:
    code = "import sys, proxy.cli; proxy.cli.parser(); print([name for name in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    loaded = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    assert cli.parser()
    for name in ("yaml", "tenacity", "aiolimiter", "apscheduler", "aiosmtplib", "sqlite3", "proxy.sync.service"):
        assert f"'{name}'" not in loaded.stdout


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, 996_400.0),
        (999_000.0, 996_400.0),
        (1_000_060.0, 996_400.0),
        (990_000.0, 989_880.0),
        (0.0, 1_000_000.0 - 7 * 86_400),
        (2_000_000.0, 1_000_000.0 - 7 * 86_400),  # by a wrong clock
    ],
)
def test_a_window_reaches_back_to_the_last_good_run(last: float | None, expected: float) -> None:
    assert window_start(1_000_000.0, 3600, last) == expected


async def test_a_dry_run_is_no_good_run_of_its_command(sync: Path) -> None:
    await asyncio.to_thread(run, "bynder", "import-assets", "--dry-run")

    async with State(sync) as state:
        assert await state.last_successful_start("bynder import-assets", "bynder") is None
        assert [row.command for row in await state.last_runs()] == ["bynder import-assets (dry run)"]


def test_the_commands_of_bynder_are_there() -> None:
    names = {flow.name: flow.work for flow in command.FLOWS if flow.system == "bynder"}

    assert list(names) == ["import-assets", "update-properties", "update-mapped-properties"]
    assert all(map(shell.loaded, names.values()))
