"""Where originals come from: what the rest of the house may ask."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol, TypeVar

from proxy.akeneo.health import Health
from proxy.deadline import Deadline
from proxy.media import MediaPath

T = TypeVar("T")


class Body(Protocol):
    """A file on its way. `length` is of the decoded bytes, where it is known."""

    @property
    def length(self) -> int | None: ...

    @property
    def attachment(self) -> bool:
        """Whether the origin marked it as a file to be saved."""

    @property
    def chunks(self) -> AsyncIterator[bytes]:
        """Decoded bytes; raises OriginBroken or OriginTimeout unless all of them came."""


class Origin(Protocol):
    @property
    def name(self) -> str:
        """Who it is, for cache keys; no secret."""

    async def pin(self, path: MediaPath) -> MediaPath:
        """The path with its present revision, if it may change; raises MediaNotFound."""

    async def fetch(self, path: MediaPath, store: Callable[[Body], Awaitable[T]], deadline: Deadline) -> T:
        """What `store` makes of the file.

        `store` is called once a try, with a fresh body. Passing faults, in the body or raised by `store`, are
        tried again within the deadline; any other error of `store` ends it at once.
        """

    async def size(self, path: MediaPath, deadline: Deadline) -> int | None:
        """Bytes of the whole file, if the origin tells them apart from the file."""

    @property
    def health(self) -> Health:
        """What past calls have shown; makes none."""

    async def warm(self) -> None:
        """Does what makes the first call slow; may run in the background."""

    async def close(self) -> None: ...
