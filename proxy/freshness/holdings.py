"""Which files a thing was last seen to name. In memory, and no more of it than is of use."""

from collections import Counter, OrderedDict
from dataclasses import dataclass

from proxy.freshness.things import Thing

MOST_THINGS = 20_000
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Held:
    """`at` is of the change that told it, by the PIM's clock."""

    at: float
    codes: frozenset[str]


class Holdings:
    def __init__(self, most: int = MOST_THINGS) -> None:
        self.most = most
        self.held: OrderedDict[Key, Held] = OrderedDict()
        self.users: Counter[str] = Counter()  # how many of them name a file

    def is_older(self, thing: Thing, at: float) -> bool:
        """Whether something later is known of it."""
        known = self.held.get(thing.key)
        return known is not None and at < known.at

    def covers(self, thing: Thing, at: float, codes: frozenset[str]) -> bool:
        """Whether that change is known, or one after it with the same outcome."""
        known = self.held.get(thing.key)
        return known is not None and at <= known.at and known.codes == codes

    def has(self, thing: Thing, codes: frozenset[str]) -> bool:
        """Whether it was last seen with just these."""
        known = self.held.get(thing.key)
        return known is not None and known.codes == codes

    def remember(self, thing: Thing, at: float, codes: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
        """The codes that are gone since it was last seen, and those that are new: all, of what was never seen."""
        known = self.held.pop(thing.key, None)
        before = known.codes if known else frozenset[str]()
        self.users.subtract(before)
        self.held[thing.key] = Held(at, codes)
        self.users.update(codes)
        for code in before - codes:
            self.drop_unused(code)
        while len(self.held) > self.most:
            self.let_go(self.held.popitem(last=False)[1])
        return before - codes, codes - before

    def is_used(self, code: str) -> bool:
        """Whether anything that is known here names it."""
        return self.users[code] > 0

    def let_go(self, held: Held) -> None:
        self.users.subtract(held.codes)
        for code in held.codes:
            self.drop_unused(code)

    def drop_unused(self, code: str) -> None:
        if self.users[code] <= 0:
            del self.users[code]
