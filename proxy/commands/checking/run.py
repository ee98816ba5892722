"""Runs the checks and writes what they find."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from proxy.commands.checking.everything import check_all
from proxy.commands.checking.findings import Finding, Outcome
from proxy.commands.checking.report import facts_of, summary, write_group
from proxy.commands.terminal import DONE, FAILED, print_json, print_line
from proxy.configuration import read_settings
from proxy.errors import SettingsError
from proxy.pixels.processes import Processes
from proxy.settings import Settings

Found = list[tuple[str, list[Finding]]]


def checked(options: argparse.Namespace) -> int:
    """The exit status. Raises SettingsError, which is told in JSON too if that was asked for."""
    with silence():
        return checked_in_silence(options)


@contextmanager
def silence() -> Iterator[None]:
    """Whatever the log would tell is a finding."""
    log = logging.getLogger("proxy")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def checked_in_silence(options: argparse.Namespace) -> int:
    try:
        settings = read_settings(options.config)
    except SettingsError as error:
        if options.json:
            print_json(facts_of([("Settings", [Finding("settings", Outcome.FAILED, str(error))])]))
        raise
    found = asyncio.run(run(settings, tells=not options.json))
    findings = [finding for _, them in found for finding in them]
    if options.json:
        print_json(facts_of(found))
    else:
        print_line("", summary(findings))
    return FAILED if any(finding.outcome is Outcome.FAILED for finding in findings) else DONE


async def run(settings: Settings, tells: bool, processes: Processes | None = None) -> Found:
    found: Found = []
    async for name, findings in check_all(settings, processes):
        found.append((name, findings))
        if tells:
            write_group(name, findings, sys.stdout)
    return found
