"""One flow from a shell: settings, service, run, the summary line, the exit status."""

import argparse
import asyncio
import importlib
import json
import logging
import sys
from collections.abc import Callable
from typing import Any

from proxy.configuration import environment, read_without_akeneo
from proxy.metrics import Metrics
from proxy.sync.flow import Flow
from proxy.sync.outcomes import BUSY, WRONG, SyncError, Tally, TransientError
from proxy.sync.outcomes import LEFT as LEFT_WORK
from proxy.sync.progress import progress
from proxy.sync.running import Ended
from proxy.sync.service import Service
from proxy.sync.settings.reading import read_sync_settings
from proxy.sync.settings.settings import SyncConfiguration


def settings_of(options: argparse.Namespace) -> SyncConfiguration:
    """Of `--config`, else of MEDIA_PROXY_SYNC__CONFIG. Raises SettingsError."""
    return read_sync_settings(options.config or read_without_akeneo().sync.config, environment())


def run_flow(flow: Flow, options: argparse.Namespace) -> int:
    """Raises SettingsError."""
    work = loaded(flow.work)
    if flow.whole:
        status: int = work(options)
        return status
    settings = settings_of(options)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    ended = asyncio.run(run_one(flow, settings, options, work))
    told(ended, as_json=options.json)
    return ended.exit_code


async def run_one(
    flow: Flow, settings: SyncConfiguration, options: argparse.Namespace, work: Callable[..., Any]
) -> Ended:
    async def working(tally: Tally) -> None:
        async with progress(tally, sys.stderr):
            await work(service, options, tally)

    try:
        async with Service(settings, Metrics()) as service:
            command = flow.command
            if getattr(options, "dry_run", False):  # it is no successful run of the command itself
                command += " (dry run)"
            credential, is_alone = getattr(options, "credential_code", ""), flow.is_alone(options)
            return await service.runner.run(command, credential, working, is_alone=is_alone)
    except SyncError as error:
        return Ended(LEFT_WORK if isinstance(error, TransientError) else WRONG, Tally(), str(error))


def told(ended: Ended, *, as_json: bool = False) -> None:
    """The summary alone on the standard output, whatever it was that stopped the run."""
    if ended.words:
        print(f"media-proxy: {ended.words}", file=sys.stderr)  # noqa: T201
    if as_json:
        facts = {"exit_code": ended.exit_code, "words": ended.words, "counts": ended.tally.counts()}
        print(json.dumps(facts), flush=True)  # noqa: T201
    elif ended.exit_code != BUSY:
        print(ended.tally.summary, flush=True)  # noqa: T201


def loaded(work: str) -> Callable[..., Any]:
    module, _, name = work.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function
