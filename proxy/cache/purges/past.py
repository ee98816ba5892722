"""Purges that may have ended, by when they were: what was written late by who had not heard of one is not taken.

Another replica may write after a purge what it had before, and a store may carry out a write that was given up. So
what lasts carries a stamp: the last purge that its writer had acted upon.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

from proxy.cache.purges.scope import PLACE_LENGTH, Below, Files, Scope

MOST_PLACES = 10_000  # the latest purge of each; as many as there are news
MOST_WIDE = 64  # older ones are joined
Stamp = tuple[int, int]  # milliseconds and a number, as Redis numbers the entries of a stream
BEGINNING: Stamp = (0, 0)


class Past:
    """`heard` is the stamp for what is written now, None while there may be purges that were not heard of."""

    def __init__(self, heard: Callable[[], Stamp | None] | None = None) -> None:
        self.heard = heard or self.tick
        self.latest = BEGINNING
        self.places: OrderedDict[str, list[tuple[Stamp, Scope]]] = OrderedDict()
        self.wide: list[tuple[Stamp, Below]] = []

    def tick(self) -> Stamp:
        """Where there are no news, by the clock: later than all before."""
        now = (time.time_ns() // 1_000_000, 0)
        self.latest = now if now > self.latest else (self.latest[0], self.latest[1] + 1)
        return self.latest

    async def remember_now(self, scope: Scope) -> None:
        self.remember(self.tick(), scope)

    def remember(self, stamp: Stamp, scope: Scope) -> None:
        if isinstance(scope, Below):
            self.remember_wide(stamp, scope)
            return
        for place in scope.places:
            known = self.places.pop(place, [])
            self.places[place] = [it for it in known if not scope.covers(it[1])] + [(stamp, scope)]
        while len(self.places) > MOST_PLACES:
            self.places.popitem(last=False)

    def remember_wide(self, stamp: Stamp, scope: Below) -> None:
        self.wide = [it for it in self.wide if not scope.covers(it[1])] + [(stamp, scope)]
        if len(self.wide) > MOST_WIDE:
            (_, oldest), (later, next_one) = self.wide[:2]
            self.wide[:2] = [(later, oldest.joined(next_one))]

    def joined(self) -> list[Scope]:
        """All that are remembered, in few scopes."""
        files = {scope for known in self.places.values() for _, scope in known if isinstance(scope, Files)}
        renditions = tuple(sorted({one for scope in files for one in scope.renditions}))
        originals = tuple(sorted({one for scope in files for one in scope.originals}))
        return [*([Files(renditions, originals)] if files else []), *(scope for _, scope in self.wide)]

    def since(self, stamp: Stamp, key: str) -> list[Scope]:
        """Of the purges after it those that may concern the key."""
        if not self.places and not self.wide:
            return []
        near = self.places.get(key[:PLACE_LENGTH], [])
        return [scope for at, scope in (*near, *self.wide) if at > stamp]

    def hides_rendition(self, stamp: Stamp, key: str, source: str) -> bool:
        return any(scope.takes_rendition(key, source) for scope in self.since(stamp, key))

    def hides_original(self, stamp: Stamp, key: str, origin: str, source: str) -> bool:
        return any(scope.takes_original(key, origin, source) for scope in self.since(stamp, key))


def stamp_text(stamp: Stamp) -> str:
    return f"{stamp[0]}-{stamp[1]}"


def stamp_in(text: object) -> Stamp:
    """The earliest for what is none: then every purge that is known of takes it."""
    milliseconds, _, number = str(text).partition("-")
    try:
        return int(milliseconds), int(number or 0)
    except ValueError:
        return BEGINNING
