"""How many new renditions a client may have made: so many a minute, all of them at once if it likes."""

import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil

from aiohttp import web

from proxy.errors import OverBudget
from proxy.metrics import Metrics
from proxy.slices import AbuseSettings
from proxy.web.clients import client_of

MINUTE = 60.0
MOST_CLIENTS = 50_000  # about 10 MB; whoever was not seen for longest is forgotten


class Budgets:
    """A bucket for each client that is not full, shared by all endpoints: each takes its own part out of it.

    Stored is only the moment at which the bucket will be full again (the generic cell rate algorithm).
    """

    def __init__(self, metrics: Metrics, clock: Callable[[], float] = time.monotonic, most: int = MOST_CLIENTS) -> None:
        self.metrics = metrics
        self.clock = clock
        self.most = most
        self.full_at: OrderedDict[int, float] = OrderedDict()

    def charge(self, client: int, per_minute: int) -> None:
        """Raises OverBudget, which costs nothing."""
        now = self.clock()
        full_at = max(self.full_at.get(client, now), now) + MINUTE / per_minute
        too_soon = full_at - now - MINUTE
        if too_soon > 1e-6:
            self.metrics.went_over_budget()
            wait = max(1, ceil(too_soon))
            raise OverBudget(f"expected at most {per_minute} new renditions a minute", retry_after_seconds=wait)
        self.full_at[client] = full_at
        self.full_at.move_to_end(client)
        if len(self.full_at) > self.most:
            self.full_at.popitem(last=False)

    def refund(self, client: int, per_minute: int) -> None:
        if client in self.full_at:
            self.full_at[client] -= MINUTE / per_minute


class Charge:
    """The admission of one request; which client it is, is found out only if something new is asked for."""

    __slots__ = ("budgets", "paid", "refused", "request", "settings")

    def __init__(self, budgets: Budgets, request: web.BaseRequest, settings: AbuseSettings) -> None:
        self.budgets = budgets
        self.request = request
        self.settings = settings
        self.refused = False
        self.paid: int | None = None

    def charge(self) -> None:
        """Raises OverBudget."""
        client = client_of(self.request, self.settings)
        assert self.settings.new_renditions_per_minute is not None
        try:
            self.budgets.charge(client, self.settings.new_renditions_per_minute)
        except OverBudget:
            self.refused = True
            raise
        self.paid = client

    def refund(self) -> None:
        if self.paid is not None and self.settings.new_renditions_per_minute is not None:
            self.budgets.refund(self.paid, self.settings.new_renditions_per_minute)
            self.paid = None
