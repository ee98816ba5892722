"""How a layer meets its base."""

from PIL import Image, ImageChops

from proxy.pixels.geometry import Size
from proxy.pixels.mesh import displaced_side
from proxy.pixels.picture import Overlay
from proxy.plan.steps import Blend

REACH = 0.05  # how far a displacement goes at most, as a share of the longer side


def blended(base: Image.Image, overlay: Overlay) -> Image.Image:
    """RGB or RGBA, of the size of the base: what sticks out of it is cut."""
    layer = Image.new("RGBA", base.size)
    layer.paste(overlay.image.convert("RGBA"), overlay.at)
    match overlay.blend:
        case Blend.MULTIPLY:
            return multiplied(base, layer)
        case Blend.CUTTER:
            return masked(base, layer.getchannel("A"))
        case Blend.CUTOUT:
            return masked(base, ImageChops.invert(layer.getchannel("A")))
        case Blend.DISPLACE:
            return displaced(base, layer)
        case None:
            return Image.alpha_composite(base.convert("RGBA"), layer).convert(base.mode)


def multiplied(base: Image.Image, layer: Image.Image) -> Image.Image:
    """Only where the layer is, as much as it is opaque."""
    product = ImageChops.multiply(base.convert("RGB"), layer.convert("RGB")).convert(base.mode)
    if base.mode == "RGBA":
        product.putalpha(base.getchannel("A"))
    return Image.composite(product, base, layer.getchannel("A"))


def masked(base: Image.Image, mask: Image.Image) -> Image.Image:
    rgba = base.convert("RGBA")
    rgba.putalpha(ImageChops.multiply(rgba.getchannel("A"), mask))
    return rgba


def displaced(base: Image.Image, layer: Image.Image) -> Image.Image:
    """The layer is a map: red moves across, green down; middle grey and what is clear move nothing."""
    calm = Image.new("RGBA", base.size, (128, 128, 128, 255))
    laid = Image.alpha_composite(calm, layer).convert("RGB")
    cell = displaced_side(Size(*base.size))
    across, down = -(-base.width // cell) + 1, -(-base.height // cell) + 1
    packed = laid.resize((across, down), Image.Resampling.BOX).tobytes()
    reach = max(base.size) * REACH / 128

    def source(x: int, y: int) -> tuple[float, float]:
        at = 3 * (min(y, base.height) // cell * across + min(x, base.width) // cell)
        u, v = x + (packed[at] - 128) * reach, y + (packed[at + 1] - 128) * reach
        return min(max(u, 0), base.width - 0.01), min(max(v, 0), base.height - 0.01)

    mesh = []
    for top in range(0, base.height, cell):
        for left in range(0, base.width, cell):
            right, bottom = min(left + cell, base.width), min(top + cell, base.height)
            corners = (source(left, top), source(left, bottom), source(right, bottom), source(right, top))
            mesh.append(((left, top, right, bottom), tuple(number for corner in corners for number in corner)))
    return base.transform(base.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
