"""What is to be known about the answer to a request: delivered as to a viewer, then looked at in the workers."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from proxy.cache.originals.spool import Spool
from proxy.deadline import Deadline
from proxy.delivery.delivered import Delivered
from proxy.delivery.delivery import Delivery
from proxy.errors import DeadlineExceeded, SourceTooLarge, Undecodable
from proxy.media import MediaRequest, Rendition
from proxy.pixels.extent import Extent, extent_of
from proxy.pixels.job import Inspection, Limits
from proxy.plan.plan import Plan

MOST_BYTES = 64 * 2**20  # of a drawn picture: more of it does not go back to a worker
STORED = Plan(original=True)


async def inspect_stored(delivery: Delivery, request: MediaRequest, deadline: Deadline) -> dict[str, Any]:
    """The same as `inspect_delivered`, about the original as it is stored."""
    return await inspect_delivered(delivery, replace(request, plan=STORED, accepts=frozenset()), deadline)


async def inspect_delivered(delivery: Delivery, request: MediaRequest, deadline: Deadline) -> dict[str, Any]:
    """Facts ready for JSON; raises what `deliver` raises, Undecodable for a file that is no picture."""
    try:
        return await inspect(delivery, await delivery.deliver(request, deadline), deadline)
    except FileNotFoundError:  # evicted between being found and being opened
        return await inspect(delivery, await delivery.deliver(request, deadline), deadline)


async def inspect(delivery: Delivery, delivered: Delivered, deadline: Deadline) -> dict[str, Any]:
    work = inspection_of(delivered, delivery.drawing.limits)
    if isinstance(work.source, Path):
        work = replace(work, extent=await asyncio.to_thread(extent_of, work.source, work.content))
    try:
        async with asyncio.timeout(deadline.remaining()):
            return await delivery.drawing.renderers.inspect(work, deadline.remaining(), deadline.is_background())
    except TimeoutError:
        raise DeadlineExceeded("not ready in time", retry_after_seconds=2) from None


def inspection_of(delivered: Delivered, limits: Limits) -> Inspection:
    """Raises Undecodable, SourceTooLarge."""
    what = delivered.what
    if isinstance(what, Rendition):
        if len(what.body) > MOST_BYTES:
            raise SourceTooLarge(f"the drawn picture has more than {MOST_BYTES} bytes")
        extent = Extent(what.width, what.height)
        return Inspection(what.body, what.content, limits, len(what.body), extent)
    if isinstance(what, Spool) or what.content.picture is None:
        raise Undecodable("the file is no picture")
    return Inspection(what.file, what.content, limits, what.size)
