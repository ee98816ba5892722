"""Deleting many objects: all that begin alike, or all that were made from certain files."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import obstore

from proxy.cache.objects.link import Link
from proxy.cache.objects.names import KEY_LENGTH, folder_of, key_in, name_of
from proxy.cache.purges.scope import PLACE_LENGTH
from proxy.cache.sweep import HEAD_BYTES, Chosen, Spared, nothing

PURGE_SECONDS = 10.0  # for one call: a list of a thousand, a deletion of as many, or a look into one
PAGE = 1000
LOOKS = 16  # at once


@dataclass(frozen=True, slots=True)
class ObjectRoom:
    """One kind of objects. `facts` gives what tells whence one comes, out of its first bytes. Raises ObjectsDown."""

    link: Link
    name: str
    facts: Callable[[bytes], bytes]

    async def delete_below(self, prefix: str, spared: Spared = nothing) -> int:
        """`prefix` is that of a file at least: raises ValueError below that."""
        if len(prefix) < PLACE_LENGTH:
            raise ValueError("that would be more than one file")
        if len(prefix) == KEY_LENGTH:
            return await self.delete([prefix], spared)
        folder = f"{folder_of(self.name)}/{prefix[:PLACE_LENGTH]}"
        deleted = 0
        async for sizes in self.pages(folder):
            deleted += await self.delete([key for key in sizes if key.startswith(prefix)], spared)
        return deleted

    async def sweep(self, chosen: Chosen, spared: Spared = nothing) -> int:
        deleted = 0
        async for sizes in self.pages(folder_of(self.name)):
            files = [list(keys) for _, keys in groupby(sorted(sizes), lambda key: key[:PLACE_LENGTH])]
            for start in range(0, len(files), LOOKS):
                some = files[start : start + LOOKS]
                verdicts = await asyncio.gather(*(self.is_chosen(keys, sizes, chosen) for keys in some))
                doomed = [key for keys, verdict in zip(some, verdicts, strict=True) if verdict for key in keys]
                deleted += await self.delete(doomed, spared)
        return deleted

    async def pages(self, folder: str) -> AsyncIterator[Mapping[str, int]]:
        """Sizes by key. What is not called as ours are is left alone."""
        listing = obstore.list(self.link.store, folder, chunk_size=PAGE)
        while True:
            page = await self.link.run(self.link.purge, lambda: anext(listing, []), PURGE_SECONDS)
            if not page:
                return
            yield {key: it["size"] for it in page if (key := key_in(it["path"])) is not None}

    async def is_chosen(self, keys: Sequence[str], sizes: Mapping[str, int], chosen: Chosen) -> bool:
        """What is damaged tells nothing: the next one is asked."""
        for key in keys:
            answer = chosen(key, self.facts(await self.head_of(key)) if sizes[key] else b"")
            if answer is not None:
                return answer
        return False

    async def head_of(self, key: str) -> bytes:
        """Nothing of what was deleted meanwhile."""

        async def look() -> bytes:
            name = name_of(self.name, key)
            return bytes(await obstore.get_range_async(self.link.store, name, start=0, length=2 * HEAD_BYTES))

        try:
            return await self.link.run(self.link.purge, look, PURGE_SECONDS)
        except FileNotFoundError:
            return b""

    async def delete(self, keys: Sequence[str], spared: Spared = nothing, seconds: float = PURGE_SECONDS) -> int:
        """Those that were asked for, whether they are there or not."""
        doomed = [name_of(self.name, key) for key in keys if not spared(key)]
        if doomed:
            await self.link.run(self.link.purge, lambda: obstore.delete_async(self.link.store, doomed), seconds)
        return len(doomed)
