"""The search index, which hears of changes some calls late."""

from collections.abc import Callable, Iterable
from copy import deepcopy

from proxy.demo.cloudinary.model import CloudAsset


class Index:
    """A change shows only once `lag` calls have come after it; `calls` tells how many there were."""

    def __init__(self, calls: Callable[[], int], lag: int = 0) -> None:
        self.calls = calls
        self.lag = lag
        self._seen: dict[str, list[tuple[int, CloudAsset | None]]] = {}

    def add(self, asset: CloudAsset) -> None:
        """A new asset is found at once."""
        self._seen[asset.asset_id] = [(-self.lag - 1, deepcopy(asset))]

    def note(self, asset: CloudAsset) -> None:
        self._seen[asset.asset_id].append((self.calls(), deepcopy(asset)))

    def forget(self, asset: CloudAsset) -> None:
        self._seen[asset.asset_id].append((self.calls(), None))

    def catch_up(self) -> None:
        """Everything that happened shows now."""
        for states in self._seen.values():
            del states[:-1]
            states[0] = (-self.lag - 1, states[0][1])

    def assets(self) -> Iterable[CloudAsset]:
        """As they look to a search that is the newest call."""
        known_until = self.calls() - self.lag - 1
        for states in self._seen.values():
            past = [asset for at, asset in states if at <= known_until or at < 0]
            if past and past[-1] is not None:
                yield past[-1]
