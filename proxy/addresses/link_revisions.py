"""Which of its contents a link has at present: what its host says of it, kept for a while."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace

from proxy.addresses.lookups import STRUCTURE, NotKnown
from proxy.cache.fresh import Fresh
from proxy.cache.refusals import Refusals
from proxy.deadline import Deadline
from proxy.errors import NotFound, OriginMisconfigured, SourceTooLarge
from proxy.media import Family, MediaPath
from proxy.metrics import Metrics
from proxy.origins.links import LinkOrigin

MOST_LINKS = 5000
MISCONFIGURED_SECONDS = 60.0


class LinkRevisions:
    def __init__(
        self,
        origin: LinkOrigin,
        lifetime_seconds: float,
        refusals: Refusals,
        metrics: Metrics,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.origin = origin
        self.refusals = refusals
        windows = replace(STRUCTURE, lifetime=lifetime_seconds, while_revalidate=10 * lifetime_seconds)
        self.led_from: OrderedDict[str, set[str]] = OrderedDict()  # by the keys of documents, the links found there
        self.revisions: Fresh[MediaPath] = Fresh("links", windows, metrics, limit=MOST_LINKS, clock=clock)

    async def pinned(self, link: str, deadline: Deadline | None) -> tuple[MediaPath, bool]:
        """The path with its revision, and whether that is stale. Raises MediaForbidden for a link that is not followed,
        MediaNotFound, OriginError, DeadlineExceeded, and NotKnown where a call is needed and there is no deadline.
        """
        path = MediaPath(Family.LINK, self.origin.checked(link))
        key = str(path)
        if deadline is None:
            value = self.revisions.peek(key)
            if value is None:
                raise NotKnown
            return value, False
        self.refusals.check(key)
        try:
            answer = await self.revisions.get(key, lambda _: self.origin.pin(path), deadline)
        except (NotFound, SourceTooLarge) as error:
            self.refusals.remember(key, error)
            raise
        except OriginMisconfigured as error:
            self.refusals.remember(key, error, seconds=MISCONFIGURED_SECONDS)
            raise
        return answer.value, answer.stale

    def lead(self, documents: Iterable[str], link: str) -> None:
        """Where the link was found."""
        path = MediaPath(Family.LINK, self.origin.checked(link))
        for key in documents:
            self.led_from.setdefault(key, set()).add(str(path))
            self.led_from.move_to_end(key)
        while len(self.led_from) > MOST_LINKS:
            self.led_from.popitem(last=False)

    def recall_from(self, document: str) -> None:
        """Who recalls a document means what it shows, too; what it leads to is told by it anew."""
        for key in self.led_from.pop(document, ()):
            self.recall(key)

    def recall(self, key: str) -> None:
        self.revisions.recall(key)
        self.refusals.forget(key)

    def recall_all(self) -> None:
        for key in {*self.revisions.entries, *self.revisions.flights.under_way}:
            self.recall(key)

    async def close(self) -> None:
        await self.revisions.close()
