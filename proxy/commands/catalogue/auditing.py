"""Has the running server look at everything, and tells what was found: as a table, JSON, CSV and a page."""

import argparse
import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from proxy.commands.asking import Refused
from proxy.commands.catalogue.audit_page import page_of
from proxy.commands.catalogue.audit_tables import csv_of, one_of, table_of
from proxy.commands.catalogue.findings import Wanted, not_looked_at
from proxy.commands.catalogue.found import Findings
from proxy.commands.catalogue.options import FOUND
from proxy.commands.catalogue.server import INSPECT, THUMBNAIL, Failed, Server, server_at
from proxy.commands.catalogue.session import Session
from proxy.commands.catalogue.state import State
from proxy.commands.catalogue.state_faults import faults_told
from proxy.commands.catalogue.work import Ask
from proxy.commands.terminal import DONE, FAILED, print_error, print_json, print_line
from proxy.configuration import read_without_akeneo
from proxy.errors import SettingsError

Thumbnails = dict[str, str]
Facts = dict[str, Any]


def audited(options: argparse.Namespace) -> int:
    """Raises SettingsError."""
    wanted = Wanted(options.min_width, options.min_height, options.ratio, options.tolerance)
    settings = read_without_akeneo(options.config)
    for file in filter(None, (options.csv, options.html)):
        try_to_write(file)
    session = Session(options, settings, {})
    state = session.open("audit.sqlite")
    try:
        with faults_told(state.file):
            found, thumbnails = asyncio.run(audit(session, state, wanted))
            unseen = not_looked_at(state)
            facts = {"files": sum(state.tally.values()), "failed": unseen, "troubles": session.troubles}
            tell(options, found, {"counts": found.counts, **facts}, thumbnails, settings.canonical_base_url)
    except Refused as error:
        print_error(error)
        return FAILED
    finally:
        state.close()
    return FAILED if unseen or session.troubles else FOUND if found else DONE


def tell(
    options: argparse.Namespace, found: Findings, facts: Facts, thumbnails: Thumbnails, base_url: str | None
) -> None:
    """Raises SettingsError, sqlite3.Error."""
    if options.csv:
        write(options.csv, csv_of(found))
    if options.html:
        write(options.html, page_of(found, facts, thumbnails, base_url))
    if options.json:
        print_json({"counts": found.counts, "findings": [one_of(one) for one in found], **facts})
    else:
        print_line(*table_of(found, facts))


async def audit(session: Session, state: State, wanted: Wanted) -> tuple[Findings, Thumbnails]:
    await session.walk(state, "audit", looks(session), main=True)
    found = Findings(state, wanted)
    return found, await thumbnails_of(session, found) if session.options.html else {}


def looks(session: Session) -> Callable[[Server], Ask]:
    def ask_of(server: Server) -> Ask:
        return lambda path: server.ask(INSPECT, session.words | {"path": path})

    return ask_of


async def thumbnails_of(session: Session, found: Findings) -> Thumbnails:
    """As `data:` URLs, by path, of what can be drawn."""
    waiting = iter(drawable(found, session.options.thumbnails))
    thumbnails: Thumbnails = {}

    async def draw(server: Server) -> None:
        for path in waiting:
            try:
                drawn = await server.ask(THUMBNAIL, {"path": path})
            except Failed:
                continue  # the page says what is known of it without
            thumbnails[path] = f"data:{drawn['mime']};base64,{drawn['data']}"

    async with server_at(session.base, session.token, session.options.endpoint) as server:
        await asyncio.gather(*(draw(server) for _ in range(session.options.at_once)))
    return thumbnails


def drawable(found: Findings, most: int) -> dict[str, None]:
    """Paths in order, each once."""
    paths: dict[str, None] = {}
    for one in found:
        if len(paths) == most:
            break
        if one.facts.get("picture") and "error" not in one.facts:
            paths[one.path] = None
    return paths


def try_to_write(file: Path) -> None:
    """Before the work, which may take hours. Leaves what is there, and no file that was not; raises SettingsError."""
    with faults_of(file):
        if file.is_fifo():
            return  # whoever reads from it would take this for its end
        is_new = not file.exists()
        file.open("a").close()
        if is_new:
            file.unlink()


def write(file: Path, parts: Iterable[str]) -> None:
    """Raises SettingsError, sqlite3.Error."""
    with faults_of(file), file.open("w", encoding="utf-8", newline="") as out:
        out.writelines(parts)


@contextmanager
def faults_of(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SettingsError(f"{file}: expected to be writable: {error.strerror}") from None
