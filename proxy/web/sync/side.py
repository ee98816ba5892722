"""What the ports know of a sync that is configured. It stands beside us, and whoever starts the server brings it."""

from collections.abc import Mapping
from typing import Any, Protocol

Told = tuple[int, dict[str, Any]]  # a status, and the facts of the answer
Shown = tuple[int, str]  # a status, and a page


class SyncSide(Protocol):
    """No method raises but for faults of ours."""

    async def status(self) -> Told: ...
    async def page(self) -> Shown: ...
    async def ask(self, wanted: Mapping[str, str]) -> Told: ...
