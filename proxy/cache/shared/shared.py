"""Everything that replicas share, behind one link to Redis. Loaded only where a Redis is configured."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from proxy.cache.purges.ledger import Ledger
from proxy.cache.purges.past import Past, Stamp, stamp_in
from proxy.cache.purges.scope import Scope
from proxy.cache.purges.scope_text import facts_of, scope_of
from proxy.cache.renditions.renditions import Renditions
from proxy.cache.shared.changes import RedisChanges
from proxy.cache.shared.exchange import RedisExchange
from proxy.cache.shared.link import Link, RedisDown
from proxy.cache.shared.news import News
from proxy.cache.shared.places import RedisPlaces
from proxy.cache.shared.store import RedisStore
from proxy.cache.shared.turns import RedisTurns
from proxy.cache.shared.verdicts import BLOCKLIST, RedisVerdicts
from proxy.cache.tiers import Tiers
from proxy.media import key_of
from proxy.metrics import Metrics

PURGE = "purge"


class Shared:
    def __init__(self, url: str, directory: Path | None, tiers: Tiers, metrics: Metrics) -> None:
        self.url = url
        self.directory = directory
        self.metrics = metrics
        self.past = Past(self.heard)
        self.link = Link(url, tiers)
        self.news = News(self.link, url, directory / "news" if directory is not None else None, self.note)
        self.store = RedisStore(self.link, self.news.heard, metrics)
        self.verdicts = RedisVerdicts(self.link, self.news)
        self.all_turns: list[RedisTurns] = []
        self.exchanges: list[RedisExchange] = []

    def heard(self) -> Stamp | None:
        """None also until it is known what was purged before this server began to listen."""
        name = self.news.heard() if self.news.noted else None
        return None if name is None else stamp_in(name)

    def note(self, name: str, kind: str, facts: dict[str, Any]) -> None:
        """Raises ValueError, KeyError, TypeError if these are not the facts of a purge."""
        if kind == PURGE:
            self.past.remember(stamp_in(name), scope_of(facts))

    def changes(self) -> RedisChanges:
        """Opened and closed by whoever follows them, before the link is."""
        return RedisChanges(self.link, self.url, self.directory)

    def turns(self, renditions: Renditions) -> RedisTurns:
        turns = RedisTurns(self.link, renditions.written, self.metrics.turn_taken)
        self.all_turns.append(turns)
        return turns

    def exchange(self, ledger: Ledger) -> RedisExchange:
        """For the originals of all origins."""
        exchange = RedisExchange(self.link, self.news.heard, ledger, self.metrics)
        self.exchanges.append(exchange)
        self.all_turns.append(exchange.turns)
        return exchange

    def places(self, connection: tuple[str, ...], places: int) -> RedisPlaces:
        """`connection` tells it from others at the same Akeneo, whose limit is another."""
        return RedisPlaces(self.link, key_of(*connection), places)

    async def tell_purge(self, scope: Scope) -> None:
        await self.news.tell(PURGE, facts_of(scope))

    async def forgives(self, error: OSError, scope: Scope) -> bool:
        """A Redis that is away is purged when it is back: that is owed as news are."""
        if not isinstance(error, RedisDown):
            return False
        await self.news.owe(PURGE, facts_of(scope))
        return True

    async def recall(self) -> None:
        """What the cache directory that is there at present knows of news. Raises OSError."""
        await self.news.recall()

    async def open(
        self, hear_purge: Callable[[dict[str, Any]], Awaitable[None]], meet: Callable[[], Awaitable[None]]
    ) -> None:
        """`meet` brings the blocklists together."""

        async def hear(kind: str, facts: dict[str, Any]) -> None:
            if kind == PURGE:
                await hear_purge(facts)
            elif kind == BLOCKLIST:
                await meet()

        await self.news.open(hear, meet)

    async def close(self) -> None:
        """When nobody asks any more."""
        for exchange in self.exchanges:
            await exchange.close()
        for turns in self.all_turns:
            await turns.close()
        await self.news.close()
        await self.link.close()
