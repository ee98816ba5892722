"""One run of a command over a catalogue: its server, its state, its walk and its work, under one bar."""

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from proxy.commands.asking import Refused, admin_url
from proxy.commands.catalogue.options import chosen_kinds, moment
from proxy.commands.catalogue.progress import Shown
from proxy.commands.catalogue.server import WARM, Failed, Server, server_at
from proxy.commands.catalogue.state import DONE, FAILED, State
from proxy.commands.catalogue.walk import Chosen, Walk, moment_of, now
from proxy.commands.catalogue.work import Ask, Work
from proxy.errors import SettingsError
from proxy.setting_types import plain
from proxy.settings import Settings

MEMORY = ":memory:"  # of a run that is to leave nothing behind


class Session:
    """`words` go to the server with every file, and make the job another one."""

    def __init__(self, options: argparse.Namespace, settings: Settings, words: Mapping[str, Any]) -> None:
        self.options = options
        self.words = dict(words)
        self.base = admin_url(options.admin, settings)
        self.token = plain(settings.admin_token)
        self.chosen = Chosen(
            chosen_kinds(options), options.family, options.locale, options.channel, uuids=options.uuids
        )
        self.cache = settings.cache.directory
        self.troubles: list[str] = []

    def job(self, engine: int) -> str:
        """The same words make the same job, whatever the address of the server is today; what an older engine has drawn
        is not done.
        """
        drawn = engine if self.words.get("transformations") else None
        words = [self.chosen.kinds, self.chosen.words, self.words, self.options.endpoint, self.options.since, drawn]
        return blake2b(json.dumps(words, sort_keys=True).encode(), digest_size=16).hexdigest()

    def open(self, name: str, keep: bool = True) -> State:
        """Raises SettingsError."""
        file: Path = self.options.state or self.cache / name
        if not keep:
            return State.open(MEMORY)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"--state: cannot use {file}: {error.strerror}") from None
        return State.open(file)

    async def walk(self, state: State, title: str, ask_of: Callable[[Server], Ask] | None, main: bool = False) -> None:
        """All of it; without `ask_of` nothing is done with the files. Raises Refused, SettingsError."""
        async with server_at(self.base, self.token, self.options.endpoint) as server:
            connections, engine, emptied = await self.check(server)
            state.job = self.job(engine)
            state.begin(self.since(), self.options.restart, now())
            if self.words:  # of an audit nothing is lost with the cache
                state.fill_again(emptied)
            with Shown(title) as shown:
                walk = Walk(server, state, self.chosen, tuple(connections), main=main, troubles=self.troubles)
                work = Work(state, ask_of(server) if ask_of else nothing, lambda: tell(shown, state, work))
                walk.told = work.found
                await work.go(walk.go(), self.options.at_once if ask_of else 0)

    async def check(self, server: Server) -> tuple[list[str], int, float]:
        """The endpoint's connections, the engine, and when everything was purged last. Raises Refused, and
        SettingsError for words that no URL could have.
        """
        try:
            facts = await server.ask(WARM, self.words)
        except Failed as failure:
            if failure.status == 400:
                raise SettingsError(failure.message) from None
            raise Refused(failure.message) from None
        try:
            return list(facts["connections"]), int(facts["engine"]), float(facts["emptied"])
        except (KeyError, TypeError, ValueError):
            raise Refused(f"no admin port of a media-proxy answers at {self.base}") from None

    def since(self) -> str | None:
        text = self.options.since
        return None if text is None else moment_of(moment(text, datetime.now(UTC)))


def tell(shown: Shown, state: State, work: Work) -> None:
    counts = state.tally
    shown(counts[DONE] + counts[FAILED], counts[FAILED], sum(counts.values()), not work.all_found)


async def nothing(_: str) -> dict[str, Any]:
    return {}
