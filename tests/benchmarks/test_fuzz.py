"""The fuzzer itself: each target takes seeds and spoiled ones; what breaks a promise is kept and can be replayed."""

import argparse
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.fuzz import records, run, settings, signatures
from benchmarks.fuzz.mutation import mutations
from benchmarks.fuzz.target import NAMES, Broken, Check, Target

FEW = {"url": 6, "headers": 4, "purges": 4, "pictures": 1}  # those that take long


@pytest.mark.parametrize("name", NAMES)
async def test_a_target_holds_for_some_seeds_and_spoiled_ones(name: str) -> None:
    target: Target = importlib.import_module(f"benchmarks.fuzz.{name}").TARGET
    seeds = target.seeds()
    few = FEW.get(name, 15)

    async with target.opened() as check:
        for data in islice(mutations(seeds[:: max(1, len(seeds) // few)], seed=5), 2 * few):
            await check(data)


def test_the_same_chance_gives_the_same_inputs() -> None:
    seeds = [b"a first one", b"and a second"]

    assert list(islice(mutations(seeds, 3), 50)) == list(islice(mutations(seeds, 3), 50))
    assert list(islice(mutations(seeds, 3), 50)) != list(islice(mutations(seeds, 4), 50))


class Touchy:
    """Breaks as soon as an input is none of its seeds."""

    def seeds(self) -> list[bytes]:
        return [b"good"]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Check]:
        async def check(data: bytes) -> None:
            if data != b"good":
                raise Broken("that is not good")

        yield check


async def test_what_breaks_a_promise_is_kept_and_can_be_replayed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = argparse.Namespace(target="url", seconds=60.0, seed=1, home=tmp_path)

    assert await run.spoiled(Touchy(), options) == 1

    [kept] = (tmp_path / "failures").iterdir()
    assert f"--replay {kept}" in capsys.readouterr().out
    assert await run.replay(Touchy(), kept.read_bytes()) == 1
    assert await run.replay(Touchy(), b"good") == 0


async def test_a_setting_that_ends_in_anything_but_a_line_breaks_the_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_badly(_: Path) -> None:
        raise KeyError("port")

    monkeypatch.setattr(settings, "read_settings", read_badly)

    async with settings.TARGET.opened() as check:
        with pytest.raises(KeyError):
            await check(b"PORT=x\n\n")


async def test_a_wrong_setting_is_refused_by_one_line() -> None:
    async with settings.TARGET.opened() as check:
        await check(b'\n[connections."a\\nb"]\nurl = 5\n')
        await check(b"AKENEO__\x0cURL=x\n\n")


async def test_a_signature_that_is_taken_from_anybody_breaks_the_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "verify", lambda *_, **__: True)

    with pytest.raises(Broken):
        await signatures.check(b"media-files/a.jpg")


async def test_records_nested_without_end_are_damaged_records() -> None:
    async with records.TARGET.opened() as check:
        await check(b"\1" + b"[" * 100_000)
