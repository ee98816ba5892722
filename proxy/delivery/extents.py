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
        self.looking: dict[tuple[File, ...], asyncio.Future[list[Extent | None]]] = {}

    async def of(self, files: Sequence[File]) -> list[Extent | None]:
        """None for what does not tell, or is not there."""
        found = {file: self.known.get(file) for file in files}
        unknown = tuple(file for file, extent in found.items() if extent is None)
        if unknown:
            found |= zip(unknown, await self.look(unknown), strict=True)
            self.keep({file: extent for file in unknown if (extent := found[file]) is not None})
        return [found[file] for file in files]

    async def look(self, files: tuple[File, ...]) -> list[Extent | None]:
        """Once, however many ask at one moment, and for all of them, whoever of them leaves."""
        looking = self.looking.get(files)
        if looking is None:
            looking = self.looking[files] = asyncio.ensure_future(asyncio.to_thread(extents_of, files))
            looking.add_done_callback(lambda _: self.looking.pop(files))
        return await asyncio.shield(looking)

    def keep(self, found: dict[File, Extent]) -> None:
        self.known |= found
        while len(self.known) > MOST:
            del self.known[next(iter(self.known))]
