"""The documents of one connection, found by whatever Akeneo calls them, and by what they inherit from."""

from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any

from proxy.addresses.kept import Kept
from proxy.addresses.recalls import Recalls
from proxy.cache.flights import Flight
from proxy.cache.fresh import Answer, Ask, Fresh
from proxy.deadline import Deadline

MOST_MODELS = 20_000  # whose own models are known
FLOORS = 8  # of models above each other; Akeneo has two


def nothing(_: str) -> None:
    """Nobody else has to hear of a recall."""


class Documents(Fresh[Kept]):
    """Akeneo compares names without case, so one document may be asked for by many. `place` is the key of a name.

    What a flight will bring is not known before it lands: only then is it compared with what was recalled meanwhile.
    """

    def __init__(self, *args: Any, place: Callable[[str], str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.place = place
        self.recalls = Recalls()
        self.on_recall: Callable[[str], None] = nothing
        self.named: defaultdict[str, set[str]] = defaultdict(set)  # keys by places
        self.children: defaultdict[str, set[str]] = defaultdict(set)  # keys by the place of what they hang below
        self.above: OrderedDict[str, str | None] = OrderedDict()  # of models, by places
        self.models_below: defaultdict[str, set[str]] = defaultdict(set)
        self.unplaced: set[str] = set()  # parents with documents kept, of which it is not known what they hang below

    def keep(self, key: str, value: Kept) -> None:
        super().keep(key, value)
        for name in value.names:
            self.named[self.place(name)].add(key)
        above = self.place(value.above) if value.above else None
        if above:
            self.children[above].add(key)
        if value.is_model:
            for name in value.names:
                self.learn(self.place(name), above)
        elif above and above not in self.above:
            self.unplaced.add(above)

    def drop(self, key: str) -> None:
        entry = self.entries.get(key)
        super().drop(key)
        if entry is not None:
            for name in entry.value.names:
                removed(self.named, self.place(name), key)
            if entry.value.above:
                removed(self.children, self.place(entry.value.above), key)

    async def get(self, key: str, ask: Ask[Kept], deadline: Deadline) -> Answer[Kept]:
        """Who came after a recall does not take what was asked before it."""
        flight = self.flights.current(key)
        answer = await super().get(key, ask, deadline)
        if flight is not None and self.is_outdated(answer.value, flight):
            return await super().get(key, ask, deadline)
        return answer

    def work(self, key: str, ask: Ask[Kept]) -> Callable[[Flight[Kept]], Awaitable[Kept]]:
        work = super().work(key, ask)

        async def noted(flight: Flight[Kept]) -> Kept:
            flight.recalls = self.recalls.count
            return await work(flight)

        return noted

    def is_outdated(self, value: Kept, flight: Flight[Kept]) -> bool:
        """By its own names, and by those of all that it may inherit from."""
        places, placed = self.line_of(value)
        maybe = not placed and self.recalls.models_at > flight.recalls
        return flight.purged or maybe or self.recalls.since(flight.recalls, places)

    def line_of(self, value: Kept) -> tuple[list[str], bool]:
        """Places of it and of the models above it, and whether all of these are known."""
        places = [self.place(name) for name in (value.name.casefold(), *value.names)]
        above = self.place(value.above) if value.above else None
        for _ in range(FLOORS):
            if above is None:
                return places, True
            places.append(above)
            if above not in self.above:
                return places, False
            above = self.above[above]
        return places, False

    def recall(self, key: str) -> None:
        super().recall(key)
        self.on_recall(key)

    def learn(self, model: str, above: str | None) -> None:
        """Longer than its document is kept."""
        self.unlearn(model)
        self.above[model] = above
        if above:
            self.models_below[above].add(model)
        self.unplaced.discard(model)
        if len(self.above) > MOST_MODELS:
            self.unlearn(next(iter(self.above)))

    def unlearn(self, model: str) -> None:
        above = self.above.pop(model, None)
        if above:
            removed(self.models_below, above, model)
        if model in self.children:
            self.unplaced.add(model)

    def related(self, places: Collection[str]) -> set[str]:
        """Keys of the documents of that name, by their other names too, and of all that are known to hang below."""
        found: set[str] = set()
        level = set(places)
        for place in list(level):
            level.update(
                self.place(name) for key in self.named.get(place, ()) for name in self.entries[key].value.names
            )
        for _ in range(FLOORS):
            for place in level:
                found |= self.named.get(place, set()) | self.children.get(place, set())
            level = {model for place in level for model in self.models_below.get(place, ())}
        return found

    def models_under(self, places: Iterable[str]) -> set[str]:
        """Places of the models that are known to hang below."""
        found: set[str] = set()
        level = set(places)
        for _ in range(FLOORS):
            level = {model for place in level for model in self.models_below.get(place, ())}
            found |= level
        return found

    def maybe_below(self, model: str) -> set[str]:
        """Keys of those that may hang below it for all that is known: the models between were never looked up, as a
        variant's document has all values. They are told once, until they are kept anew.
        """
        if self.has_variants(model):
            return set()
        unplaced, self.unplaced = self.unplaced, set()
        return {key for parent in unplaced for key in self.children.get(parent, ())}

    def has_variants(self, model: str) -> bool:
        """What is known to have some of its own has no models below it."""
        return any(not self.entries[key].value.is_model for key in self.children.get(model, ()))


def removed(index: dict[str, set[str]], name: str, key: str) -> None:
    """And what is empty then."""
    if name in index:
        index[name].discard(key)
        if not index[name]:
            del index[name]
