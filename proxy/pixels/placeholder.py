"""What a page shows before the picture comes: colour, BlurHash, ThumbHash and a tiny picture, as JSON."""

import base64
import json
from io import BytesIO
from typing import Any

from PIL import Image

from proxy.formats import Content, Format
from proxy.media import Rendition, etag_of
from proxy.pixels.blurhash import blurhash
from proxy.pixels.colour import flatten, uses_alpha
from proxy.pixels.drawing import Drawing
from proxy.pixels.job import ENGINE, Job
from proxy.pixels.thumbhash import thumbhash
from proxy.plan.values import Color

PAPER = Color(255, 255, 255)  # behind what one can see through, where that cannot be told
TINY = 20  # pixels of the longer side of the picture that stands in the JSON
TINY_QUALITY = 40


def told(drawing: Drawing, source: Format, job: Job) -> Rendition:
    """JSON about the picture that the last step has shrunk; its size is the one before that."""
    size = drawing.stages[-1].sides.current
    facts = {
        "width": size.width,
        "height": size.height,
        "format": name_of(job.content),
        "bytes": job.source_bytes,
        **looks(drawing.picture.in_color()),
    }
    body = json.dumps(facts, separators=(",", ":")).encode()
    return Rendition(body, source, *size.pair, ENGINE, negotiated=False, etag=etag_of(body), told=True)


def name_of(content: Content) -> str:
    """A picture's as `f-` has it; `pdf` of a document."""
    return str(content.picture or content.mime.rpartition("/")[2])


def looks(image: Image.Image) -> dict[str, Any]:
    """Of a small picture, RGB or RGBA in sRGB."""
    clear = image.convert("RGBA")
    return {
        "hasTransparency": uses_alpha(image),
        "color": average(clear),
        "blurhash": blurhash(flatten(image, PAPER).convert("RGB")),
        "thumbhash": base64.b64encode(thumbhash(clear)).decode(),
        "dataUrl": data_url(image),
    }


def average(image: Image.Image) -> str:
    """`#rrggbb`: the mean of an RGBA picture's colours, counted by their opacity; white where there is nothing."""
    packed = image.tobytes()
    alpha = packed[3::4]
    opacity = sum(alpha)
    if not opacity:
        return "#ffffff"
    sums = (sum(value * weight for value, weight in zip(packed[band::4], alpha, strict=True)) for band in range(3))
    return "#" + "".join(f"{round(total / opacity):02x}" for total in sums)


def data_url(image: Image.Image) -> str:
    tiny = image.copy()
    tiny.thumbnail((TINY, TINY), Image.Resampling.BOX)
    buffer = BytesIO()
    tiny.save(buffer, "WEBP", quality=TINY_QUALITY, alpha_quality=TINY_QUALITY, method=6)
    return f"data:{Format.WEBP.mime};base64,{base64.b64encode(buffer.getvalue()).decode()}"
