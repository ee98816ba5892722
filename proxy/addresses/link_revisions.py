"""Which of its contents a link has at present: what its host says of it, kept for a while."""

import time
from collections.abc import Callable
from dataclasses import replace

from proxy.addresses.lookups import STRUCTURE, NotKnown
from proxy.cache.fresh import Fresh
from proxy.cache.refusals import Refusals
from proxy.deadline import Deadline
from proxy.errors import NotFound
from proxy.media import Family, MediaPath
from proxy.metrics import Metrics
from proxy.origins.links import LinkOrigin


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
        self.revisions: Fresh[MediaPath] = Fresh("links", windows, metrics, limit=5000, clock=clock)

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
            answer = await self.revisions.get(key, lambda: self.origin.pin(path), deadline)
        except NotFound as error:
            self.refusals.remember(key, error)
            raise
        return answer.value, answer.stale

    def recall_all(self) -> None:
        for key in {*self.revisions.entries, *self.revisions.flights.under_way}:
            self.revisions.recall(key)
            self.refusals.forget(key)

    async def close(self) -> None:
        await self.revisions.close()
