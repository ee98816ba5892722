"""What was recalled of late, for whoever asked before: what is under way may turn out to be it, by another name."""

from collections import OrderedDict
from collections.abc import Iterable

MOST = 20_000  # places


class Recalls:
    """Numbered as they come; `count` is the number of the last one."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.count = 0
        self.latest: OrderedDict[str, int] = OrderedDict()  # by places
        self.all_at = 0  # all that was asked by then counts as recalled
        self.models_at = 0  # of a model that may have others below it, nobody knows which

    def note(self, place: str) -> None:
        self.count += 1
        self.latest[place] = self.count
        self.latest.move_to_end(place)
        if len(self.latest) > self.most:
            self.all_at = max(self.all_at, self.latest.popitem(last=False)[1])

    def note_model(self) -> None:
        self.count += 1
        self.models_at = self.count

    def note_all(self) -> None:
        self.count += 1
        self.all_at = self.count

    def since(self, number: int, places: Iterable[str]) -> bool:
        """Whether one of the places was recalled after that one."""
        return self.all_at > number or any(self.latest.get(place, 0) > number for place in places)
