"""What the rules let an import ask for: one place for the test and for `python -m benchmarks.sync`."""

import math
from dataclasses import dataclass

from proxy.demo.bynder.routes import Kind
from proxy.sync.bynder.paging import LIMIT, MOST
from tests.sync.bynder.shop import Shop

AT_A_TIME = 4  # of Akeneo; so many may ask for the definition of an attribute at once, before it is kept
# The product must exist; nobody has put a file in while ours was fetched; the upload; and whether it is a proposal.
OF_AKENEO = 4


@dataclass(frozen=True)
class Held:
    what: str
    found: int
    most: int

    @property
    def good(self) -> bool:
        return self.found <= self.most


def held(shop: Shop, changed: int) -> list[Held]:
    """Of one run over assets of which so many have changed, each with an empty slot of its own."""
    return [
        Held("metaproperties", shop.count(Kind.METAPROPERTIES), 1),
        Held("pages", shop.count(Kind.LIST), pages_for(changed) + 1),  # and one of those that are archived
        Held("single media", shop.count(Kind.MEDIA), 0),
        Held("addresses of files", shop.count(Kind.DOWNLOAD), changed),
        Held("files", len(shop.bynder.files.calls), changed),
        Held("uploads", len([call for call in shop.pim.calls if call.method == "POST"]), changed),
        Held("calls of Akeneo", len(shop.pim.calls), OF_AKENEO * changed + AT_A_TIME),
        Held("calls of Akeneo at a time", shop.pim.peak_in_flight, AT_A_TIME),
    ]


def pages_for(changed: int, a_second: int = 1) -> int:
    """Two pages have two seconds in common. One that covers less than ten leads to large ones, and a large one that is
    not full to two more.
    """
    if a_second * 10 < LIMIT:
        return math.ceil(changed / (LIMIT - 2 * a_second)) + 1
    return 1 + math.ceil(changed / (MOST - 2 * a_second)) + 2


def held_again(shop: Shop) -> list[Held]:
    """Of the run after that, with nothing changed since."""
    return [
        Held("writes of the second run", len(shop.writes), 0),
        Held("files of the second run", len(shop.bynder.files.calls), 0),
    ]
