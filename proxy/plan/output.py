"""How the last picture of a chain is encoded."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from proxy.formats import Format
from proxy.plan.words import word


class OutputFormat(StrEnum):
    """What `f-` may say. AUTO negotiates, SAME keeps the format of the source."""

    AUTO = "auto"
    SAME = "orig"
    JPEG = "jpg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    GIF = "gif"
    SVG = "svg"

    @property
    def explicit(self) -> Format | None:
        """The format to deliver whatever `Accept` says. GIF and SVG are none: they depend on the source."""
        return Format(self.value) if self in EXPLICIT else None


EXPLICIT = {OutputFormat.JPEG, OutputFormat.PNG, OutputFormat.WEBP, OutputFormat.AVIF}


@dataclass(frozen=True, slots=True)
class Output:
    """How the last picture of the chain is encoded. None: as the endpoint's settings say."""

    format: OutputFormat | None = None
    quality: int | None = None
    progressive: bool = False
    lossless: bool = False
    keep_profile: bool = False
    keep_metadata: bool = False  # implies the profile

    def words(self) -> Iterator[str]:
        yield from word("f", self.format)
        yield from word("q", self.quality)
        flags = {
            "pr": self.progressive,
            "lo": self.lossless,
            "cp": self.keep_profile and not self.keep_metadata,
            "md": self.keep_metadata,
        }
        yield from (f"{key}-true" for key, on in flags.items() if on)
