"""One target in a process of its own: `python -m benchmarks.fuzz.run url --seconds 60`; or one input once more."""

import argparse
import asyncio
import hashlib
import importlib
import os
import sys
import time
import traceback
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from benchmarks.fuzz.target import NAMES, Check, Target

HANGS_SECONDS = 60
REPLAY = "python -m benchmarks.fuzz.run {} --replay {}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz.run", description=__doc__)
    parser.add_argument("target", choices=NAMES)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--replay", type=Path, metavar="FILE", help="check this input alone")
    parser.add_argument("--home", type=Path, default=Path(".cache/fuzz"), help="what was found stays there")
    options = parser.parse_args()
    atheris = None if options.replay else fuzzer()
    with atheris.instrument_imports(include=["proxy"], enable_loader_override=False) if atheris else nullcontext():
        target: Target = importlib.import_module(f"benchmarks.fuzz.{options.target}").TARGET
    if options.replay:
        return asyncio.run(replay(target, options.replay.read_bytes()))
    return watch(atheris, target, options) if atheris else spoil(target, options)


def fuzzer() -> Any:
    """The one that watches the code, where it is installed; it has no wheels for every platform."""
    try:
        return importlib.import_module("atheris")
    except ImportError:
        print("atheris is not installed: seeds are spoiled blindly", flush=True)
        return None


async def replay(target: Target, data: bytes) -> int:
    async with target.opened() as check:
        try:
            await check(data)
        except Exception:
            traceback.print_exc()
            return 1
    print("ok")
    return 0


def watch(atheris: Any, target: Target, options: argparse.Namespace) -> int:
    """Never returns: libFuzzer ends the process, and workers end with it."""
    corpus = options.home / "corpus" / options.target
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in target.seeds():
        (corpus / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    loop = asyncio.new_event_loop()
    opened = target.opened()  # to be kept: it is never left
    check = loop.run_until_complete(opened.__aenter__())

    def one(data: bytes) -> None:
        try:
            loop.run_until_complete(check(data))
        except BaseException:
            keep(options, data)
            os._exit(1)

    limits = [f"-max_total_time={int(options.seconds)}", f"-timeout={HANGS_SECONDS}", "-rss_limit_mb=4096"]
    places = [f"-artifact_prefix={failures(options)}/{options.target}-", str(corpus)]
    atheris.Setup(
        [sys.argv[0], *limits, f"-seed={options.seed}", "-max_len=65536", "-print_final_stats=1", *places], one
    )
    atheris.Fuzz()
    return 0


def spoil(target: Target, options: argparse.Namespace) -> int:
    return asyncio.run(spoiled(target, options))


async def spoiled(target: Target, options: argparse.Namespace) -> int:
    from benchmarks.fuzz.mutation import mutations  # noqa: PLC0415 (it loads much of what is to be watched)

    ends, count = time.monotonic() + options.seconds, 0
    async with target.opened() as check:
        for data in mutations(target.seeds(), options.seed):
            if not await held(check, data, options):
                return 1
            count += 1
            if time.monotonic() > ends:
                break
    print(f"{count} inputs", flush=True)
    return 0


async def held(check: Check, data: bytes, options: argparse.Namespace) -> bool:
    try:
        await check(data)
    except Exception:
        keep(options, data)
        return False
    return True


def failures(options: argparse.Namespace) -> Path:
    place: Path = options.home / "failures"
    place.mkdir(parents=True, exist_ok=True)
    return place


def keep(options: argparse.Namespace, data: bytes) -> None:
    file = failures(options) / f"{options.target}-{hashlib.sha1(data).hexdigest()[:16]}"
    file.write_bytes(data)
    traceback.print_exc()
    print(f"FAIL {options.target}: {file}\nreplay it: {REPLAY.format(options.target, file)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
