"""What to do to the pixels: a frozen plan, complete from the first line on.

`str(plan)` is its one canonical text, in ImageKit's own words, for the cache key, the log and the tests. Two URLs that
ask for the same picture give the same text; reading the text gives the same plan again.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from proxy.plan.output import Output, OutputFormat
from proxy.plan.steps import Chain, Choice, write_chain
from proxy.plan.walk import font_sources, layer_sources
from proxy.plan.words import word


@dataclass(frozen=True)
class Plan:
    """A chain of links, each working on the picture before it, and an output. What follows from it is found out once:
    the same plan is asked for with many pictures.

    `orient` turns the picture upright by its EXIF orientation before everything else; None: as the settings say.
    `original` delivers the file as it is stored; nothing else counts then. `page` is that of a thumbnail, from 1.
    `placeholder` delivers what is to be known of the picture in place of it.
    """

    steps: Chain = ()
    output: Output = field(default_factory=Output)
    orient: bool | None = None
    original: bool = False
    page: int | None = None
    placeholder: bool = False

    def with_defaults(self, format: OutputFormat, orient: bool) -> Self:
        """Equal, but with nothing left open except the default quality, which depends on the source."""
        output = replace(self.output, format=self.output.format or format)
        return replace(self, output=output, orient=bool(self.orient) or orient)

    def __str__(self) -> str:
        return self.text

    def __getstate__(self) -> dict[str, Any]:
        """Without what follows from it: what is sent to a worker is to be small."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @cached_property
    def text(self) -> str:
        if self.original:
            return "orig-true"
        head = [*word("rt", "auto" if self.orient else None), *word("pg", self.page)]
        kind = "lqip" if self.placeholder else ""
        return ":".join(filter(None, [kind, ",".join(head), write_chain(self.steps, self.output)]))

    @cached_property
    def layer_sources(self) -> tuple[str, ...]:
        """Paths of the pictures that lie on the picture."""
        return layer_sources(self.steps)

    @cached_property
    def font_sources(self) -> tuple[str, ...]:
        """Paths of the fonts of its texts that are no family."""
        return font_sources(self.steps)

    @cached_property
    def has_choice(self) -> bool:
        """Whether what is delivered depends on the picture: then nothing about it is certain before."""
        return any(isinstance(link, Choice) for link in self.steps)

    @cached_property
    def leaves_quality_open(self) -> bool:
        """Whether the default may count."""
        return not (self.original or self.placeholder) and (self.output.quality is None or self.has_choice)

    @cached_property
    def negotiates(self) -> bool:
        """Whether the viewer's `Accept` may change the bytes: not if the plan names its format."""
        if self.placeholder:
            return False
        if self.has_choice and not self.original:
            return True  # a branch may have its own word on the format
        return not self.original and self.output.negotiates
