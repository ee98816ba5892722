"""Has the running server make everything ready, and tells what came of it."""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proxy.commands.asking import Refused
from proxy.commands.catalogue.options import VIEWERS
from proxy.commands.catalogue.server import WARM, Server
from proxy.commands.catalogue.session import Session
from proxy.commands.catalogue.state import DONE, FAILED, State
from proxy.commands.catalogue.state_faults import faults_told
from proxy.commands.catalogue.work import Ask
from proxy.commands.terminal import DONE as ALL_DONE
from proxy.commands.terminal import FAILED as SOME_FAILED
from proxy.commands.terminal import print_error, print_json, print_line
from proxy.configuration import read_without_akeneo
from proxy.errors import SettingsError

MOST_PLACES = 3  # told of one file


def warmed(options: argparse.Namespace) -> int:
    """Raises SettingsError."""
    settings = read_without_akeneo(options.config)
    transformations = [*options.transformation, *lines_of(options.transformations)]
    accepts = options.accept or list(VIEWERS.values())
    session = Session(options, settings, {"transformations": transformations, "accepts": accepts})
    state = session.open("warm.sqlite", keep=not options.dry_run)
    since, figures = time.monotonic(), Figures()
    try:
        with faults_told(state.file):
            asyncio.run(session.walk(state, "warm", None if options.dry_run else asks(session, figures)))
            facts = summary(state, figures, session.troubles, time.monotonic() - since)
    except Refused as error:
        print_error(error)
        return SOME_FAILED
    finally:
        state.close()
    if options.json:
        print_json(facts)
    else:
        print_line(*(counted(facts) if options.dry_run else told(facts)))
    return SOME_FAILED if facts["failed"] or facts["troubles"] else ALL_DONE


def lines_of(file: Path | None) -> list[str]:
    """Raises SettingsError."""
    if file is None:
        return []
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"--transformations: expected a readable file in UTF-8, {file}: {error}") from None
    return [line for line in lines if line and not line.startswith("#")]


@dataclass
class Figures:
    """Of one run."""

    originals: Counter[str] = field(default_factory=lambda: Counter(fetched=0, there=0))
    renditions: Counter[str] = field(default_factory=lambda: Counter(made=0, there=0, failed=0))
    size: int = 0  # bytes of the originals

    def add(self, facts: dict[str, Any]) -> None:
        self.originals["fetched" if facts["fetched"] else "there"] += 1
        self.size += facts["size"]
        self.renditions.update(one["outcome"] for one in facts["renditions"])


def asks(session: Session, figures: Figures) -> Callable[[Server], Ask]:
    def ask_of(server: Server) -> Ask:
        async def ask(path: str) -> dict[str, Any]:
            facts = await server.ask(WARM, session.words | {"path": path})
            figures.add(facts)
            return facts

        return ask

    return ask_of


def summary(state: State, figures: Figures, troubles: list[str], seconds: float) -> dict[str, Any]:
    """Files are those of the job, over all its runs; what was fetched and drawn, and the seconds, are of this run."""
    counts = state.counts()
    return {
        "files": sum(counts.values()),
        "kinds": state.kinds(),
        "done": counts[DONE],
        "originals": dict(figures.originals),
        "bytes": figures.size,
        "renditions": dict(figures.renditions),
        "failed": [failure(state, path, facts) for path, facts in state.facts(FAILED)],
        "troubles": troubles,
        "seconds": round(seconds, 1),
    }


def failure(state: State, path: str, facts: dict[str, Any]) -> dict[str, Any]:
    errors = [facts["error"]] if "error" in facts else [one["error"] for one in facts["renditions"] if "error" in one]
    reasons = sorted({error["message"] for error in errors})
    return {"path": path, "reasons": reasons, "places": [str(place) for place in state.places(path)[:MOST_PLACES]]}


def counted(facts: dict[str, Any]) -> list[str]:
    kinds = ", ".join(f"{kind} {count}" for kind, count in facts["kinds"].items())
    return [f"{facts['files']} files: {kinds or 'none'}", *facts["troubles"]]


def told(facts: dict[str, Any]) -> list[str]:
    originals, renditions = facts["originals"], facts["renditions"]
    return [
        f"{facts['files']} files: {facts['done']} done, {len(facts['failed'])} failed",
        f"originals: {originals['fetched']} fetched, {originals['there']} there, {facts['bytes'] / 1e6:.1f} MB",
        f"renditions: {renditions['made']} made, {renditions['there']} there, {renditions['failed']} failed",
        *(f"{it['path']}: {'; '.join(it['reasons'])} ({', '.join(it['places'])})" for it in facts["failed"]),
        *facts["troubles"],
    ]
