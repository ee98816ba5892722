"""Stills (`/ik-thumbnail.jpg`): a file that may be no picture is fetched whole, if one can be drawn of it."""

import asyncio
from contextlib import suppress

from proxy.cache.originals.group import OriginGroup
from proxy.cache.originals.spool import Spool
from proxy.deadline import Deadline
from proxy.errors import SourceTooLarge, Undecodable
from proxy.formats import Content
from proxy.media import MediaPath, Original


async def whole_for_still(
    found: Original | Spool, path: MediaPath, originals: OriginGroup, limit: int, deadline: Deadline
) -> Original:
    """The file that a still is drawn from, of at most `limit` bytes; `found` may still be on its way, as all may that
    are no pictures.

    Raises Undecodable for what has no still, SourceTooLarge, and the errors of `Originals.get`. Whoever wants the file
    itself is not concerned by the former two: nothing of them may be remembered under the file's name.
    """
    content = found.content
    assert content is not None  # a spool is handed on only once it knows
    check_still(content)
    if isinstance(found, Spool):
        await watch(found, limit, deadline)
        found = await originals.get(path, deadline)
    if content.has_pages:
        check_size(found.size, limit)
    return found


def check_still(content: Content) -> None:
    """Raises Undecodable."""
    if content.picture is None and not content.has_pages:
        raise Undecodable("no still of such a file: expected a PDF, an Illustrator file with one inside, or a picture")


async def watch(spool: Spool, limit: int, deadline: Deadline) -> None:
    """Until its last byte has come, or the time is over; raises SourceTooLarge as soon as there are too many.

    Akeneo often does not tell before how many there will be.
    """
    while not spool.ended and deadline.remaining():
        check_size(max(spool.size, spool.length or 0), limit)
        with suppress(TimeoutError):
            await asyncio.wait_for(spool.news.wait(), deadline.remaining())


def check_size(size: int, limit: int) -> None:
    if size > limit:
        raise SourceTooLarge(f"the document is larger than {limit} bytes")
