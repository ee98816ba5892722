"""What a worker is given and gives back: plain values, known to the server without loading Pillow."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from proxy.formats import AVIF_MAX_PIXELS, Content, Format
from proxy.media import Rendition
from proxy.pixels.extent import Extent
from proxy.plan.plan import Plan

ENGINE = 8  # raised whenever the same plan gives other pixels, so that older renditions are drawn anew


@dataclass(frozen=True, slots=True)
class Limits:
    """Frames count: an animation costs its pixels times its frames. `max_source_bytes` is for documents, whose files
    are stored whatever their size; a picture of more bytes never comes as far as this.
    """

    max_source_pixels: int
    max_output_side: int
    max_source_bytes: int = 40_000_000
    max_work_seconds: float = 6.5  # of one core of 2.5 GHz, as `work` foretells it


@dataclass(frozen=True, slots=True)
class Job:
    """`layers`: the files of the pictures that lie on the picture, by `ImageLayer.source`; `fonts`: those of its texts,
    by `TextLayer.font_source`, where they are to be had. `source_bytes` and the extents are for the price alone; 0 and
    None where they are not known. `alone`: it may need all memory of a worker, so nothing is kept beside it.
    """

    source: Path
    content: Content
    plan: Plan
    accepts: frozenset[Format]
    default_quality: int
    limits: Limits
    layers: tuple[tuple[str, Path, Content], ...] = ()
    fonts: tuple[tuple[str, Path], ...] = ()
    source_bytes: int = 0
    extent: Extent | None = None
    layer_extents: tuple[Extent | None, ...] = ()  # in the order of the layers
    avif_max_pixels: int = AVIF_MAX_PIXELS  # of what may be AVIF without being asked for
    alone: bool = False

    outcome: ClassVar = "drawn"

    def __str__(self) -> str:
        """For the log."""
        return f"{self.source.name} as {self.plan}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """`stages` holds the seconds of "decode", "draw" and, of a picture, "encode"; `reused`: the original was decoded
    already.
    """

    rendition: Rendition
    stages: dict[str, float]
    reused: bool = False


@dataclass(frozen=True, slots=True)
class Inspection:
    """The other kind of job: what is to be known about a file, or about a drawn picture, whose bytes are at hand.

    With a `plan`, how large the file is as that plan looks at it, and nothing else.
    """

    source: Path | bytes
    content: Content
    limits: Limits
    source_bytes: int = 0
    extent: Extent | None = None
    plan: Plan | None = None

    outcome: ClassVar = "inspected"

    def __str__(self) -> str:
        """For the log."""
        name = self.source.name if isinstance(self.source, Path) else f"{len(self.source)} bytes"
        return f"{name} for its metadata"


Work = Job | Inspection

# One picture each, whose facts stand in front of its pixels: several jobs can be drawn from one decode.
SHARED = {Format.JPEG, Format.PNG, Format.WEBP, Format.AVIF, Format.HEIC, Format.TIFF}


def is_drawn(content: Content, plan: Plan) -> bool:
    """Whether the workers are needed. `orig-true`, an untouched SVG and what is no picture are sent as stored, but for
    a page of a document (`plan.page`).
    """
    if plan.original or content.picture is None:
        return content.has_pages and plan.page is not None and not plan.original
    if plan.placeholder:
        return True
    output = plan.output.format
    return content.drawn_by_us or (output is not None and output.explicit is not None)
