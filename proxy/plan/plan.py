"""What to do to the pixels: a frozen plan, complete from the first line on.

`str(plan)` is its one canonical text, in ImageKit's own words, for the cache key, the log and the tests. Two URLs that
ask for the same picture give the same text; reading the text gives the same plan again.
"""

from dataclasses import dataclass, field, replace
from typing import Self

from proxy.plan.output import Output, OutputFormat
from proxy.plan.steps import Chain, write_chain
from proxy.plan.words import word


@dataclass(frozen=True, slots=True)
class Plan:
    """A chain of links, each working on the picture before it, and an output.

    `orient` turns the picture upright by its EXIF orientation before everything else; None: as the settings say.
    `original` delivers the file as it is stored; nothing else counts then. `page` is that of a thumbnail, from 1.
    """

    steps: Chain = ()
    output: Output = field(default_factory=Output)
    orient: bool | None = None
    original: bool = False
    page: int | None = None

    def with_defaults(self, format: OutputFormat, orient: bool) -> Self:
        """Equal, but with nothing left open except the default quality, which depends on the source."""
        output = replace(self.output, format=self.output.format or format)
        return replace(self, output=output, orient=bool(self.orient) or orient)

    def __str__(self) -> str:
        if self.original:
            return "orig-true"
        head = [*word("rt", "auto" if self.orient else None), *word("pg", self.page)]
        return ":".join(filter(None, [",".join(head), write_chain(self.steps, self.output)]))
