"""The size of an original that is at hand, seen in a worker: it is a stranger's file."""

import asyncio

from proxy.deadline import Deadline
from proxy.delivery.delivery import Delivery
from proxy.errors import ProxyError
from proxy.media import MediaRequest, Original
from proxy.pixels.geometry import Size
from proxy.pixels.job import Inspection

ON_ITS_SIDE = range(5, 9)  # EXIF orientations


class Measure:
    def __init__(self, delivery: Delivery, deadline: Deadline) -> None:
        self.drawing = delivery.drawing
        self.deadline = deadline

    async def __call__(self, original: Original, request: MediaRequest) -> Size | None:
        if original.content.picture is None or request.plan.page is not None:
            return None
        try:
            async with asyncio.timeout(self.deadline.remaining()):
                facts = await self.drawing.renderers.inspect(
                    Inspection(original.file, original.content, self.drawing.limits, original.size),
                    self.deadline.remaining(),
                )
        except (ProxyError, FileNotFoundError, TimeoutError):
            return None  # what is wrong with it is told when it is drawn
        size = Size(facts["width"], facts["height"])
        orientation = facts["exif"].get("image", {}).get("Orientation", 1)
        return size.swapped if request.plan.orient and orientation in ON_ITS_SIDE else size
