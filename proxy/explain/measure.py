"""The size of an original that is at hand, seen in a worker: it is a stranger's file."""

import asyncio

from proxy.deadline import Deadline
from proxy.delivery.delivery import Delivery
from proxy.errors import InvalidTransformation, LimitExceeded, ProxyError, SourceTooLarge, Undecodable
from proxy.media import MediaRequest, Original
from proxy.pixels.geometry import Size
from proxy.pixels.job import Inspection, is_drawn

OF_THE_FILE = (Undecodable, SourceTooLarge, LimitExceeded, InvalidTransformation)


class Measure:
    def __init__(self, delivery: Delivery, deadline: Deadline) -> None:
        self.drawing = delivery.drawing
        self.deadline = deadline

    async def __call__(self, original: Original, request: MediaRequest) -> Size | None:
        """As the request looks at it: upright, or that page of it. None for what is no picture, or not seen in time.

        Raises what is wrong with the file, or with the page, if it would have to be drawn.
        """
        drawn = is_drawn(original.content, request.plan)
        if original.content.picture is None and not drawn:
            return None
        try:
            facts = await self.facts_of(original, request)
        except OF_THE_FILE:
            if drawn:
                raise
            return None
        except (ProxyError, FileNotFoundError, TimeoutError):
            return None  # it says nothing about the file
        return Size(facts["width"], facts["height"])

    async def facts_of(self, original: Original, request: MediaRequest) -> dict[str, int]:
        limits = self.drawing.limits
        look = Inspection(original.file, original.content, limits, original.size, plan=request.plan)
        async with asyncio.timeout(self.deadline.remaining()):
            return await self.drawing.renderers.inspect(look, self.deadline.remaining())
