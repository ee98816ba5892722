"""`media-proxy sync status`: how it stands, for a person or as JSON."""

import argparse
import asyncio
import json
import sys

from proxy.sync.command import FLOWS
from proxy.sync.outcomes import LEFT, OK, WRONG, ConfigurationError, SyncError
from proxy.sync.schedule.jobs import jobs_of
from proxy.sync.settings.settings import SyncConfiguration
from proxy.sync.shell import settings_of
from proxy.sync.state.state import State
from proxy.sync.status.facts import Facts, Status


def status(options: argparse.Namespace) -> int:
    """Raises SettingsError."""
    settings = settings_of(options)
    try:
        facts = asyncio.run(read(settings))
    except SyncError as error:
        print(f"media-proxy: {error}", file=sys.stderr)  # noqa: T201
        return WRONG if isinstance(error, ConfigurationError) else LEFT
    print(json.dumps(facts, indent=2) if options.json else "\n".join(lines_of(facts)))  # noqa: T201
    return OK


async def read(settings: SyncConfiguration) -> Facts:
    async with State(settings.state) as state:
        return await Status(state, jobs_of(settings, FLOWS), state.clock).facts()


def lines_of(facts: Facts) -> list[str]:
    links = " ".join(f"{system} {count}" for system, count in facts["links"].items())
    lines = [f"linked: {links}", f"waiting: {facts['waiting']['events']} events", "", "next runs:"]
    lines += [f"  {one['at'] or 'never'}  {one['command']} {one['credential']}".rstrip() for one in facts["next_runs"]]
    lines += ["", "last runs:", *(run_line(run) for run in facts["runs"])]
    lines += ["", f"failures: {facts['failures_in_all']}", *(failure_line(failure) for failure in facts["failures"])]
    return lines


def run_line(run: Facts) -> str:
    counts = " ".join(f"{word} {number}" for word, number in run["counts"].items() if number)
    name = f"{run['command']} {run['credential']}".strip()
    return f"  {run['started_at']}  {name}: {run['result']} {counts} {run['words']}".rstrip()


def failure_line(failure: Facts) -> str:
    details = " ".join(part for part in (failure["reason"], failure["part"]) if part)
    return (
        f"  {failure['at']}  {failure['system']} {failure['name'] or failure['asset']}: {failure['words']} ({details})"
    )
