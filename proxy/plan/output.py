"""How the last picture of a chain is encoded."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Self

from proxy.formats import Format
from proxy.plan.expressions import Expression
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
    """How the last picture of the chain is encoded. None is a word not said: what the plan says, and without that the
    endpoint's settings, or no. Only a branch has to say no, to what the plan may have said before.

    `density` is in dots per inch, 1-1200: a tag, and the size of what has no pixels of its own.
    """

    format: OutputFormat | None = None
    quality: int | None = None
    progressive: bool | None = None
    lossless: bool | None = None
    keep_profile: bool | None = None
    keep_metadata: bool | None = None  # implies the profile
    density: int | Expression | None = None

    @property
    def negotiates(self) -> bool:
        """Whether the viewer's `Accept` may choose the format."""
        return self.format is None or (self.format is not OutputFormat.SAME and self.format.explicit is None)

    def followed_by(self, other: Self) -> Self:
        """What the other says wins."""
        said = {field.name: getattr(other, field.name) for field in fields(other)}
        return replace(self, **{name: value for name, value in said.items() if value is not None})

    def words(self) -> Iterator[str]:
        yield from word("f", self.format)
        yield from word("q", self.quality)
        flags = {"pr": self.progressive, "lo": self.lossless, "cp": self.keep_profile, "md": self.keep_metadata}
        yield from (f"{key}-{'true' if on else 'false'}" for key, on in flags.items() if on is not None)
        yield from word("dn", self.density)
