"""A file on its way: written down, told about early, followed while it grows, and never ended cleanly by a break."""

import asyncio
import gc
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from proxy.cache.originals.spool import PIECE_BYTES, NoPlace, Spool, SpoolLimits
from proxy.errors import OriginBroken, SourceTooLarge
from proxy.formats import SNIFF_BYTES, Format
from tests.cache.bench import FILM

ROOMY = SpoolLimits(picture=10_000_000, file=10_000_000)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 2000
TEXT = b"plain words, \n" * 1000
END = None
CUT = b"the connection is lost here"


class Source:
    """Chunks as the test sends them, CUT or END."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue()

    def send(self, *chunks: bytes | None) -> None:
        for chunk in chunks:
            self.queue.put_nowait(chunk)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        chunk = await self.queue.get()
        if chunk is END:
            raise StopAsyncIteration
        if chunk is CUT:
            raise OriginBroken("cut")
        return chunk


@pytest.fixture
def source() -> Source:
    return Source()


def spool_at(folder: Path, name: str = "a", length: int | None = None, limits: SpoolLimits = ROOMY) -> Spool:
    return Spool([lambda: folder / "spooled"], name, length, limits)


def pieces(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


def ignore(spool: Spool) -> None:
    pass


async def everything(spool: Spool) -> bytes:
    return b"".join([chunk async for chunk in spool.follow()])


async def filled(spool: Spool, source: Source, *chunks: bytes) -> Spool:
    source.send(*chunks, END)
    await spool.fill(source, ignore)
    return spool


@pytest.mark.parametrize("size", [1, 1000, PIECE_BYTES, PIECE_BYTES + 1, 10**6])
@pytest.mark.parametrize("body", [PICTURE[:5000], FILM.content[:5000], TEXT[:5000]], ids=["picture", "film", "text"])
async def test_all_chunks_are_written_down_and_digested(tmp_path: Path, source: Source, body: bytes, size: int) -> None:
    spool = await filled(spool_at(tmp_path), source, *pieces(body, size))

    assert spool.path.read_bytes() == body
    assert (spool.size, spool.written) == (len(body), len(body))
    assert spool.digest == hashlib.blake2b(body, digest_size=16).hexdigest()


@pytest.mark.parametrize(("body", "streams"), [(PICTURE, False), (FILM.content, True)], ids=["picture", "film"])
async def test_the_kind_is_known_as_soon_as_the_first_bytes_tell(
    tmp_path: Path, source: Source, body: bytes, streams: bool
) -> None:
    spool = spool_at(tmp_path)
    known: asyncio.Queue[Spool] = asyncio.Queue()
    filling = asyncio.create_task(spool.fill(source, known.put_nowait))

    source.send(body[:100])
    told = await known.get()

    assert told is spool
    assert (spool.streams, spool.size) == (streams, 100)
    source.send(body[100:], END)
    await filling
    assert known.empty()


async def test_text_is_known_after_as_many_bytes_as_it_takes(tmp_path: Path, source: Source) -> None:
    spool = spool_at(tmp_path, "notes.txt")
    known: asyncio.Queue[Spool] = asyncio.Queue()
    filling = asyncio.create_task(spool.fill(source, known.put_nowait))

    source.send(*pieces(TEXT[:SNIFF_BYTES], 100))
    await known.get()

    assert spool.size == SNIFF_BYTES
    assert spool.content is not None
    assert spool.content.mime == "text/plain"
    source.send(END)
    await filling


async def test_a_short_text_is_known_at_its_end(tmp_path: Path, source: Source) -> None:
    told: list[Spool] = []
    source.send(b"short", END)

    content = await spool_at(tmp_path, "a.txt").fill(source, told.append)

    assert content.mime == "text/plain"
    assert len(told) == 1


async def test_the_kind_comes_from_the_bytes_and_not_from_the_name(tmp_path: Path, source: Source) -> None:
    spool = await filled(spool_at(tmp_path, "film.mp4"), source, PICTURE)

    assert spool.content is not None
    assert spool.content.picture is Format.PNG


async def test_not_one_byte_is_a_broken_answer(tmp_path: Path, source: Source) -> None:
    with pytest.raises(OriginBroken, match="empty"):
        await filled(spool_at(tmp_path), source)


async def test_empty_chunks_are_no_bytes(tmp_path: Path, source: Source) -> None:
    with pytest.raises(OriginBroken, match="empty"):
        await filled(spool_at(tmp_path), source, b"", b"")


async def test_what_the_chunks_raise_is_raised(tmp_path: Path, source: Source) -> None:
    source.send(PICTURE, CUT)

    with pytest.raises(OriginBroken, match="cut"):
        await spool_at(tmp_path).fill(source, ignore)


async def test_without_a_writable_place_there_is_none(tmp_path: Path, source: Source) -> None:
    source.send(PICTURE, END)

    with pytest.raises(NoPlace):
        await spool_at(tmp_path / "not there").fill(source, ignore)


# -- limits --


async def test_a_picture_up_to_its_limit_is_taken(tmp_path: Path, source: Source) -> None:
    limits = SpoolLimits(picture=len(PICTURE), file=10**9)

    spool = await filled(spool_at(tmp_path, limits=limits), source, *pieces(PICTURE, 10_000))

    assert spool.size == len(PICTURE)


async def test_a_picture_beyond_its_limit_is_refused_while_it_comes(tmp_path: Path, source: Source) -> None:
    spool = spool_at(tmp_path, limits=SpoolLimits(picture=50_000, file=10**9))
    source.send(*pieces(PICTURE, 10_000))  # and no end

    with pytest.raises(SourceTooLarge, match="50000"):
        await spool.fill(source, ignore)

    assert spool.size <= 60_000


async def test_a_picture_that_announces_too_much_is_refused_with_its_first_bytes(
    tmp_path: Path, source: Source
) -> None:
    spool = spool_at(tmp_path, length=50_001, limits=SpoolLimits(picture=50_000, file=10**9))
    source.send(PICTURE[:100])

    with pytest.raises(SourceTooLarge):
        await spool.fill(source, ignore)


async def test_a_short_picture_beyond_its_limit_is_refused_too(tmp_path: Path, source: Source) -> None:
    """An SVG shows what it is only when all of its few bytes have come."""
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'>" + b" " * 100 + b"</svg>"

    with pytest.raises(SourceTooLarge):
        await filled(spool_at(tmp_path, limits=SpoolLimits(picture=100, file=10**9)), source, svg)


async def test_a_file_may_be_larger_than_a_picture_may(tmp_path: Path, source: Source) -> None:
    limits = SpoolLimits(picture=100, file=len(FILM.content))

    spool = await filled(spool_at(tmp_path, limits=limits), source, FILM.content)

    assert spool.size == len(FILM.content)


async def test_a_file_beyond_its_limit_is_refused_whatever_it_is(tmp_path: Path, source: Source) -> None:
    with pytest.raises(SourceTooLarge):
        await filled(spool_at(tmp_path, limits=SpoolLimits(picture=100, file=1000)), source, *pieces(TEXT, 900))


# -- followers --


async def test_a_follower_sees_the_file_grow_and_gets_all_of_it_in_order(tmp_path: Path, source: Source) -> None:
    spool = spool_at(tmp_path)
    filling = asyncio.create_task(spool.fill(source, ignore))
    source.send(FILM.content[:1000])
    chunks = spool.follow()

    first = await anext(chunks)
    source.send(FILM.content[1000:3000])
    second = await anext(chunks)
    source.send(FILM.content[3000:], END)
    await filling
    spool.end(good=True)
    rest = b"".join([chunk async for chunk in chunks])

    assert (first, second) == (FILM.content[:1000], FILM.content[1000:3000])
    assert first + second + rest == FILM.content


async def test_many_followers_who_come_at_any_time_all_get_everything(tmp_path: Path, source: Source) -> None:
    spool = spool_at(tmp_path)
    filling = asyncio.create_task(spool.fill(source, ignore))
    followers = []
    for piece in pieces(FILM.content, 100_000):
        followers.append(asyncio.create_task(everything(spool)))
        source.send(piece)
        await asyncio.sleep(0)
    source.send(END)
    await filling
    spool.end(good=True)
    followers.append(asyncio.create_task(everything(spool)))

    assert [len(body) for body in await asyncio.gather(*followers)] == [len(FILM.content)] * len(followers)
    assert {await follower for follower in followers} == {FILM.content}


async def test_no_follower_is_given_more_than_a_piece_at_a_time(tmp_path: Path, source: Source) -> None:
    spool = await filled(spool_at(tmp_path), source, FILM.content)
    spool.end(good=True)

    assert max([len(chunk) async for chunk in spool.follow()]) <= PIECE_BYTES


async def test_a_follower_gets_the_bytes_and_then_an_error_where_the_download_breaks(
    tmp_path: Path, source: Source
) -> None:
    spool = spool_at(tmp_path)
    source.send(FILM.content[:1000], CUT)
    with pytest.raises(OriginBroken):
        await spool.fill(source, ignore)
    chunks = spool.follow()
    beginning = await anext(chunks)
    spool.end(good=False)

    assert beginning == FILM.content[:1000]
    with pytest.raises(OriginBroken):
        await anext(chunks)


async def test_a_follower_who_waits_is_told_of_the_break(tmp_path: Path, source: Source) -> None:
    spool = spool_at(tmp_path)
    filling = asyncio.create_task(spool.fill(source, ignore))
    source.send(FILM.content[:1000])
    chunks = spool.follow()
    await anext(chunks)
    waiting = asyncio.ensure_future(anext(chunks))

    source.send(CUT)
    await asyncio.gather(filling, return_exceptions=True)
    spool.end(good=False)

    with pytest.raises(OriginBroken):
        await waiting


async def test_a_follower_is_not_told_of_the_end_before_the_file_is_judged(tmp_path: Path, source: Source) -> None:
    spool = await filled(spool_at(tmp_path), source, FILM.content)
    following = asyncio.create_task(everything(spool))
    await asyncio.sleep(0)

    assert not following.done()
    spool.end(good=False)
    with pytest.raises(OriginBroken):
        await following


async def test_a_file_that_is_renamed_or_removed_is_followed_to_its_end(tmp_path: Path, source: Source) -> None:
    spool = await filled(spool_at(tmp_path), source, FILM.content)
    spool.end(good=True)
    chunks = spool.follow()
    first = await anext(chunks)

    spool.path.rename(tmp_path / "stored")
    (tmp_path / "stored").unlink()

    assert first + b"".join([chunk async for chunk in chunks]) == FILM.content


def handles(folder: Path) -> list[str]:
    """Files below `folder` that this process holds open, deleted ones too."""
    links = [Path(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")]
    return [target for link in links if (target := read_link(link)).startswith(str(folder))]


def read_link(link: Path) -> str:
    try:
        return os.readlink(link)
    except FileNotFoundError:  # the handle of the listing itself
        return ""


async def test_a_finished_download_holds_no_file_open_once_nobody_follows(tmp_path: Path, source: Source) -> None:
    spool = await filled(spool_at(tmp_path), source, FILM.content)
    spool.end(good=True)
    gc.disable()
    try:
        del spool

        assert handles(tmp_path) == []
    finally:
        gc.enable()


async def test_a_broken_download_holds_no_file_open_either(tmp_path: Path, source: Source) -> None:
    """An open handle keeps the space of a deleted file, and an outage breaks many downloads."""

    async def store() -> None:
        spool = spool_at(tmp_path)
        try:
            await spool.fill(source, ignore)
        except BaseException:
            spool.end(good=False)
            raise
        finally:
            spool.path.unlink()

    source.send(FILM.content[:1000], CUT)
    gc.disable()
    try:
        with suppress(OriginBroken):
            await store()

        assert handles(tmp_path) == []
    finally:
        gc.enable()
