"""What is done for a file before anybody asks: fetched, drawn, looked at. With a deadline of the background it stands
behind all viewers, at Akeneo and in the workers.
"""

from collections.abc import Iterable
from typing import Any

from proxy.deadline import Deadline
from proxy.delivery.delivered import CacheStatus
from proxy.delivery.delivery import Delivery
from proxy.delivery.inspecting import inspect_stored
from proxy.errors import DeadlineExceeded, OriginError, Overloaded, ProxyError
from proxy.formats import Format
from proxy.media import MediaPath, MediaRequest, Original, Rendition
from proxy.plan.plan import Plan

PASSING = (OriginError, Overloaded, DeadlineExceeded)  # trouble that says nothing about the file
AVIF_SECONDS = 5  # after which a deferred AVIF that was not drawn may be asked for again


async def warm(
    delivery: Delivery, path: MediaPath, requests: Iterable[MediaRequest], deadline: Deadline
) -> dict[str, Any]:
    """The original and every rendition of it, ready for JSON: what was there, what was made, what failed for good.

    Raises what the original raises, and passing trouble: what was made by then is there when it is asked for again.
    """
    original, fetched = await stored(delivery, path, deadline)
    picture = original.content.picture is not None
    drawn = [await rendition(delivery, request, deadline) for request in requests] if picture else []
    return {"path": str(path), "fetched": fetched, "size": original.size, "picture": picture, "renditions": drawn}


async def look_at(delivery: Delivery, path: MediaPath, deadline: Deadline) -> dict[str, Any]:
    """The facts about an original; of a file that is no picture, or a broken one, fewer of them.

    Raises what the original raises, and passing trouble.
    """
    original, fetched = await stored(delivery, path, deadline)
    facts = {"path": str(path), "fetched": fetched, "size": original.size, "digest": original.digest}
    if original.content.picture is None:
        return {**facts, "picture": False, "mime": original.content.mime}
    request = MediaRequest(path, Plan(original=True))
    try:
        return {**facts, "picture": True, **pick(await inspect_stored(delivery, request, deadline))}
    except PASSING:
        raise
    except ProxyError as error:
        return {**facts, "picture": True, "error": facts_of(error)}


async def stored(delivery: Delivery, path: MediaPath, deadline: Deadline) -> tuple[Original, bool]:
    """The whole file, and whether it had to be fetched; raises Blocked."""
    path = await delivery.originals.pin(path, deadline)
    found = await delivery.originals.find(path)
    return found or await delivery.originals.get(path, deadline), found is None


async def rendition(delivery: Delivery, request: MediaRequest, deadline: Deadline) -> dict[str, Any]:
    """Drawn for good: an AVIF that is deferred for viewers is waited for."""
    try:
        delivered = await delivery.deliver(request, deadline)
        if request.defers_avif:
            await avif_drawn(delivery, request, deadline)
    except PASSING:
        raise
    except ProxyError as error:
        return {"outcome": "failed", "error": facts_of(error)}
    what = delivered.what
    size = len(what.body) if isinstance(what, Rendition) else what.size
    return {"outcome": "made" if delivered.cache is CacheStatus.MISS else "there", "size": size}


async def avif_drawn(delivery: Delivery, request: MediaRequest, deadline: Deadline) -> None:
    key = delivery.key_of(await delivery.larder.pinned(request, deadline))
    flight = delivery.deferring.flights.current(key)
    if flight is not None:
        await delivery.deferring.flights.ride(key, flight, deadline)
    found = delivery.renditions.peek(key) or await delivery.renditions.find(key)
    if found is None:
        raise Overloaded(f"no {Format.AVIF.value.upper()} was drawn yet", retry_after_seconds=AVIF_SECONDS)


def pick(facts: dict[str, Any]) -> dict[str, Any]:
    """What an audit needs of them; EXIF may be long, and tells of people."""
    wanted = ("width", "height", "orientation", "format", "colorSpace", "hasTransparency", "pHash", "frames")
    return {name: facts[name] for name in wanted if name in facts}


def facts_of(error: ProxyError) -> dict[str, Any]:
    return {"status": error.status, "code": error.code, "message": error.message}
