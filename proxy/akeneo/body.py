"""A download as it is read: not too slow, whole, decoded, and no page of a gateway in place of the file.

Akeneo gives neither length nor digest, so this is all that can be known before the bytes are decoded.
"""

import mimetypes
import zlib
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field

from proxy.akeneo.reply import Reply
from proxy.errors import OriginBroken, OriginMisconfigured, OriginTimeout
from proxy.formats import HTML, JSON, is_certain, sniff

LEAST_BYTES_PER_SECOND = 16 * 1024
PIECE_BYTES = 256 * 1024  # of what a compressed chunk becomes, so that a bomb never stands whole in memory
GZIP, ZLIB, RAW_DEFLATE = 31, 15, -15  # zlib's `wbits`
Chunks = AsyncGenerator[bytes, None]


@dataclass(frozen=True, slots=True)
class Download:
    """`length` after decoding, where known; `chunks` raise OriginBroken unless all of them came."""

    length: int | None
    attachment: bool
    chunks: Chunks = field(repr=False)


def open_download(reply: Reply, name: str, patience_seconds: float, clock: Callable[[], float]) -> Download:
    """`name` is the media code: its extension tells whether a page is what was asked for."""
    chunks = whole(quick(reply.chunks, patience_seconds, clock), reply.length)
    if reply.encoding:
        chunks = inflated(chunks, reply.encoding)
    chunks = some(chunks) if reply.attachment else no_page(some(chunks), name)
    return Download(None if reply.encoding else reply.length, reply.attachment, chunks)


async def quick(chunks: Chunks, patience_seconds: float, clock: Callable[[], float]) -> Chunks:
    """A drip would hold one of four places for ever; the time that our own reader takes does not count."""
    waited, received, asked = 0.0, 0, clock()
    async with aclosing(chunks):
        async for chunk in chunks:
            waited += clock() - asked
            received += len(chunk)
            if waited > patience_seconds and received < waited * LEAST_BYTES_PER_SECOND:
                raise OriginTimeout("Akeneo sends too slowly")
            yield chunk
            asked = clock()


async def whole(chunks: Chunks, length: int | None) -> Chunks:
    received = 0
    async with aclosing(chunks):
        async for chunk in chunks:
            received += len(chunk)
            yield chunk
    if length is not None and received != length:
        raise OriginBroken("Akeneo sent a body of another length than announced")


async def some(chunks: Chunks) -> Chunks:
    empty = True
    async with aclosing(chunks):
        async for chunk in chunks:
            empty = empty and not chunk
            yield chunk
    if empty:
        raise OriginBroken("Akeneo sent an empty file")


async def no_page(chunks: Chunks, name: str) -> Chunks:
    """Hold the first bytes back until they tell that this is no log-in page and no JSON (akeneo-api, 8.10)."""
    head = b""
    async with aclosing(chunks):
        async for chunk in chunks:
            head += chunk
            if is_certain(head):
                break
        if is_page(head, name):
            raise OriginMisconfigured("Akeneo sent a page in place of the file")
        yield head
        async for chunk in chunks:
            yield chunk


def is_page(head: bytes, name: str) -> bool:
    found = sniff(head, name).mime
    named = mimetypes.guess_type(name)[0] or ""
    return (found == HTML and "html" not in named) or (found == JSON and "json" not in named)


async def inflated(chunks: Chunks, encoding: str) -> Chunks:
    inflater = Inflater(encoding)
    async with aclosing(chunks):
        async for chunk in chunks:
            for piece in inflater.feed(chunk):
                yield piece
    yield inflater.finish()


class Inflater:
    """Undoes gzip and deflate, up to their own end mark: a clean end of HTTP proves nothing."""

    def __init__(self, encoding: str) -> None:
        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise OriginBroken("Akeneo sent an encoding that was not asked for")
        self.gzip = encoding != "deflate"
        self.engine: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            while data:
                # A gzip file may be several, one behind the other (RFC 1952, section 2.2).
                if self.engine is None or (self.engine.eof and self.gzip):
                    self.engine = zlib.decompressobj(GZIP if self.gzip else deflate_kind(data))
                yield self.engine.decompress(data, PIECE_BYTES)
                data = self.engine.unconsumed_tail or self.engine.unused_data
                if self.engine.eof and not self.gzip:
                    return
        except zlib.error:
            raise OriginBroken("Akeneo sent a damaged compressed answer") from None

    def finish(self) -> bytes:
        """The last few bytes that zlib may hold back."""
        rest = b"" if self.engine is None else self.engine.flush()
        if self.engine is not None and not self.engine.eof:
            raise OriginBroken("Akeneo broke off its compressed answer")
        return rest


def deflate_kind(data: bytes) -> int:
    """`deflate` should be zlib's frame; some servers send the bare stream (RFC 9110, section 8.4.1.2)."""
    return ZLIB if data[0] & 0x0F == 8 else RAW_DEFLATE
