"""An original as one object: a record of what it is, then its bytes in blocks, each with a digest of its own.

So record and bytes never disagree, and a viewer may be sent what has come: not one damaged byte is among it.
"""

import hashlib
import struct
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO

from proxy.media import SEAL_BYTES, Original

MAGIC = b"MPO1"
HEADER = struct.Struct(f">{len(MAGIC)}sI")  # with the length of the record, which follows
MOST_RECORD_BYTES = 4096
BLOCK_BYTES = 2**20


class Damaged(Exception):
    """It is not what was packed."""


def pack(original: Original) -> Iterator[bytes]:
    """Blocking. Raises OSError, and Damaged where another file lies under its name by now."""
    record = original.pack()
    yield HEADER.pack(MAGIC, len(record)) + record
    whole = hashlib.blake2b(digest_size=16)
    with original.file.open("rb") as file:
        for number, block in enumerate(blocks_of(file)):
            whole.update(block)
            yield digest_of(record, number, block) + block
    if whole.hexdigest() != original.digest:
        raise Damaged("the file has changed")


def blocks_of(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(BLOCK_BYTES):
        yield block


def digest_of(record: bytes, number: int, block: bytes) -> bytes:
    """Of this file and at this place."""
    return hashlib.blake2b(
        block, digest_size=SEAL_BYTES, key=record[:SEAL_BYTES], salt=number.to_bytes(16, "big")
    ).digest()


def packed_size(original: Original) -> int:
    blocks = -(-original.size // BLOCK_BYTES)
    return HEADER.size + len(original.pack()) + original.size + blocks * SEAL_BYTES


def record_in(head: bytes) -> bytes:
    """The record in the first bytes of an object; nothing where there is none."""
    if len(head) < HEADER.size:
        return b""
    magic, length = HEADER.unpack_from(head)
    return head[HEADER.size : HEADER.size + length] if magic == MAGIC and length <= MOST_RECORD_BYTES else b""


class Unpacking:
    """An object as it comes, in pieces of any size. Whatever they raise is passed on."""

    def __init__(self, pieces: AsyncIterator[bytes], size: int) -> None:
        self.pieces = pieces
        self.size = size  # of the whole object
        self.buffer = bytearray()
        self.record = b""

    async def take(self, count: int) -> bytes:
        """Raises Damaged if there are not so many bytes."""
        while len(self.buffer) < count:
            piece = await anext(self.pieces, b"")
            if not piece:
                raise Damaged("it is too short")
            self.buffer += piece
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken

    async def original(self) -> Original:
        """What it is; raises Damaged."""
        try:
            magic, length = HEADER.unpack(await self.take(HEADER.size))
            if magic != MAGIC or length > MOST_RECORD_BYTES:
                raise Damaged("nobody of us has packed it")
            self.record = await self.take(length)
            original = Original.unpack(self.record, Path())
            fits = original.pack() == self.record and packed_size(original) == self.size
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Damaged(f"its record is damaged: {type(error).__name__}") from None
        if not fits:
            raise Damaged("its size is another")
        return original

    async def blocks(self, size: int) -> AsyncIterator[bytes]:
        """The file's bytes, block by block; raises Damaged before it gives a wrong one."""
        number = 0
        while size:
            block_size = min(size, BLOCK_BYTES)
            digest = await self.take(SEAL_BYTES)
            block = await self.take(block_size)
            if digest != digest_of(self.record, number, block):
                raise Damaged(f"block {number} is damaged")
            yield block
            size -= block_size
            number += 1
