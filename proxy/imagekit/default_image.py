"""The picture that stands in for one that is missing (`di-`)."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from proxy.errors import MediaMissing, MediaNotFound, NoSuchPath
from proxy.imagekit.url import ReadUrl

T = TypeVar("T")


async def or_default(url: ReadUrl, answer: Callable[[ReadUrl], Awaitable[T]]) -> T:
    """What `answer` gives for the URL, or for its default image if there is no such picture; raises what it raises."""
    try:
        return await answer(url)
    except (MediaNotFound, MediaMissing, NoSuchPath):
        default = url.default
        if default is None:
            raise
    return await answer(default)
