"""Where layers lie on their base (ImageKit reference, section 6). Pure arithmetic."""

from dataclasses import dataclass

from proxy.pixels.geometry import ACROSS, DOWN, Size, slack
from proxy.pixels.measures import nearest
from proxy.pixels.stages import Sides
from proxy.plan.expressions import Expression, Scope
from proxy.plan.steps import Offset, Position


def position_of(position: Position, layer: Size, sides: Sides) -> tuple[int, int]:
    """Its top left corner on the base; what is placed by centre or is too large may stick out."""
    base = sides.base or sides.current
    spare = (base.width - layer.width, base.height - layer.height)
    if (position.x, position.y, position.x_center, position.y_center) == (None,) * 4:
        return slack(spare[0], ACROSS, position.focus), slack(spare[1], DOWN, position.focus)
    across = Axis(base.width, layer.width, base.width * ACROSS.get(position.anchor, 1) // 2, sides.scope)
    down = Axis(base.height, layer.height, base.height * DOWN.get(position.anchor, 1) // 2, sides.scope)
    return across.start(position.x, position.x_center), down.start(position.y, position.y_center)


@dataclass(frozen=True, slots=True)
class Axis:
    """Sides of base and layer on one axis; offsets count from `origin`, or from the end and inwards."""

    base: int
    layer: int
    origin: int
    scope: Scope

    def start(self, corner: Offset | None, center: Offset | None) -> int:
        """Where the layer begins."""
        if corner is None and center is not None:
            amount = self.pixels(center)
            return (self.base - amount if center.from_end else self.origin + amount) - self.layer // 2
        start = self.origin
        if corner is not None:
            amount = self.pixels(corner)
            start = self.base - self.layer - amount if corner.from_end else self.origin + amount
        return max(0, min(start, self.base - self.layer))

    def pixels(self, offset: Offset) -> int:
        return nearest(offset.amount.value(self.scope)) if isinstance(offset.amount, Expression) else offset.amount
