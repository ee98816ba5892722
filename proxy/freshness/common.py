"""What replicas have in common, as far as freshness needs it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

Hear = Callable[[dict[str, Any]], Awaitable[None]]


class Common(Protocol):
    """Nothing of it fails: without the others everybody acts alone, but for `tell`."""

    async def is_first(self, name: str, ids: frozenset[str]) -> bool:
        """Whether any of these events of that connection is new to all; they are not from then on."""

    async def tell(self, facts: dict[str, Any]) -> None:
        """All others, those that are away included. Raises OSError."""

    def duty(self, name: str) -> AbstractAsyncContextManager[bool]:
        """Whether it is ours, as long as we are inside."""

    async def recall(self, name: str) -> str | None: ...

    async def keep(self, name: str, text: str) -> None: ...

    async def open(self, hear: Hear) -> None: ...

    async def close(self) -> None: ...


class Alone:
    """There are no others."""

    async def is_first(self, name: str, ids: frozenset[str]) -> bool:
        return True

    async def tell(self, facts: dict[str, Any]) -> None: ...

    @asynccontextmanager
    async def duty(self, name: str) -> AsyncIterator[bool]:
        yield True

    async def recall(self, name: str) -> str | None:
        return None

    async def keep(self, name: str, text: str) -> None: ...

    async def open(self, hear: Hear) -> None: ...

    async def close(self) -> None: ...
