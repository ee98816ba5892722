"""How large files say they are, remembered: the next size of an original need not open it for that."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from proxy.formats import Content
from proxy.pixels.extent import Extent, extents_of

MOST = 4096
File = tuple[Path, Content]


class Extents:
    """Of the files that were asked for last. Of one that was replaced, what it was before is as good a guess."""

    def __init__(self) -> None:
        self.known: dict[File, Extent] = {}  # the oldest in front

    async def of(self, files: Sequence[File]) -> list[Extent | None]:
        """None for what does not tell, or is not there."""
        found = {file: self.known.get(file) for file in files}
        unknown = [file for file, extent in found.items() if extent is None]
        if unknown:
            found |= zip(unknown, await asyncio.to_thread(extents_of, unknown), strict=True)
            self.keep({file: extent for file in unknown if (extent := found[file]) is not None})
        return [found[file] for file in files]

    def keep(self, found: dict[File, Extent]) -> None:
        self.known |= found
        while len(self.known) > MOST:
            del self.known[next(iter(self.known))]
