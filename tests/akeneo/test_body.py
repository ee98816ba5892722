"""A download is whole, or it is an error: cut, empty, damaged, too slow, or a page in place of the file."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.akeneo.body import Inflater, is_page, quick
from proxy.demo.answers import Answer
from proxy.demo.faults import Alter, CutBody, EmptyBody, Fault, Gzip, Hold, WrongLength
from proxy.demo.files import DemoFile, Family
from proxy.errors import OriginBroken, OriginError, OriginMisconfigured, OriginTimeout
from proxy.origins.origin import Body
from tests.akeneo.bench import JPEG, SHOE, SWATCH, Bench, Clock, bench_with, path_of

KINDS = ["gzip", "deflate", "bare deflate"]


def changed(**headers: str | None) -> Fault:
    """A good answer with other headers; None takes one away."""

    def change(answer: Answer) -> Answer:
        merged = {**answer.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return replace(answer, headers={name: value for name, value in merged.items() if value is not None})

    return Alter(change)


def without_disposition(body: bytes) -> Fault:
    def change(answer: Answer) -> Answer:
        headers = {name: value for name, value in answer.headers.items() if name != "Content-Disposition"}
        return replace(answer, headers=headers, body=body)

    return Alter(change)


def sized(answer: Answer) -> Answer:
    return replace(answer, sized=True)


def squeezed(body: bytes, kind: str) -> bytes:
    if kind == "gzip":
        return gzip.compress(body)
    engine = zlib.compressobj(wbits=15 if kind == "deflate" else -15)
    return engine.compress(body) + engine.flush()


async def facts_of(bench: Bench, file: DemoFile = SHOE) -> tuple[int | None, bool]:
    async def look(body: Body) -> tuple[int | None, bool]:
        return body.length, body.attachment

    return await bench.origin.fetch(path_of(file), look, bench.deadline())


@pytest.mark.parametrize(
    "fault",
    [CutBody(1000), CutBody(0), WrongLength(), WrongLength(1), EmptyBody(), Gzip(truncated=True)],
    ids=repr,
)
async def test_a_body_that_is_not_whole_is_broken_and_tried_again(bench: Bench, fault: Fault) -> None:
    assert isinstance(await bench.fails(fault), OriginBroken)

    with bench.pim.misbehaving(replace(fault, times=2)):
        assert await bench.fetch() == JPEG


async def test_a_broken_body_has_its_word_in_the_metrics(bench: Bench) -> None:
    await bench.fails(CutBody(1000))

    assert bench.counted("origin_calls_total", family="media-files", status="cut") == 4
    assert bench.counted("origin_up") == 0


async def test_a_compressed_body_arrives_decoded(bench: Bench) -> None:
    with bench.pim.misbehaving(Gzip()):
        assert await bench.fetch() == JPEG
        assert await facts_of(bench) == (None, True)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "nonsense"])
async def test_an_encoding_that_was_not_asked_for_is_refused(bench: Bench, encoding: str) -> None:
    assert isinstance(await bench.fails(changed(Content_Encoding=encoding)), OriginBroken)


@pytest.mark.parametrize("encoding", ["identity", "", "Identity, identity"])
async def test_an_encoding_that_is_none_is_none(bench: Bench, encoding: str) -> None:
    with bench.pim.misbehaving(changed(Content_Encoding=encoding)):
        assert await bench.fetch() == JPEG


async def test_the_length_is_known_if_it_is_told(bench: Bench) -> None:
    assert await facts_of(bench) == (None, True)

    with bench.pim.misbehaving(Alter(sized)):
        assert await facts_of(bench) == (len(JPEG), True)
        assert await bench.fetch() == JPEG


async def test_an_akeneo_that_falls_silent_is_a_timeout() -> None:
    async with bench_with({"read_timeout_seconds": 0.02, "access_token": "a"}, app_token="a") as bench:
        never = asyncio.Event()

        assert isinstance(await bench.fails(Hold(never)), OriginTimeout)
        assert isinstance(await bench.fails(Hold(never, after=1000)), OriginTimeout)

    assert bench.counted("origin_calls_total", family="media-files", status="timeout") == 8


async def drip(clock: Clock, chunks: Iterable[bytes], pause_seconds: float) -> AsyncGenerator[bytes, None]:
    for chunk in chunks:
        clock.now += pause_seconds
        yield chunk


async def read_all(chunks: AsyncGenerator[bytes, None], into: list[bytes]) -> None:
    async for chunk in chunks:
        into.append(chunk)  # noqa: PERF401 - what came before an error counts


async def test_a_drip_is_given_up_once_patience_is_at_its_end() -> None:
    clock = Clock()
    received: list[bytes] = []

    with pytest.raises(OriginTimeout):
        await read_all(quick(drip(clock, [b"x"] * 100, 1), 30, clock), received)

    assert len(received) == 30


async def test_a_slow_line_that_still_moves_is_waited_for() -> None:
    clock = Clock()

    received = [chunk async for chunk in quick(drip(clock, [b"x" * 17_000] * 100, 1), 30, clock)]

    assert len(received) == 100


async def test_the_time_that_our_own_reader_takes_does_not_count() -> None:
    clock = Clock()
    received = 0

    async for chunk in quick(drip(clock, [b"x"] * 50, 0.1), 30, clock):
        received += len(chunk)
        clock.now += 60

    assert received == 50


@pytest.mark.parametrize(
    ("page", "error"),
    [
        (b"<!DOCTYPE html><html><body>Please log in</body></html>", OriginMisconfigured),
        (b'{"code": "a", "size": 12, "_links": {}}', OriginMisconfigured),
        (b"", OriginBroken),
    ],
)
async def test_a_page_in_place_of_the_file_is_not_stored(bench: Bench, page: bytes, error: type[OriginError]) -> None:
    assert isinstance(await bench.fails(without_disposition(page)), error)


async def test_a_file_without_the_header_is_delivered_all_the_same(bench: Bench) -> None:
    with bench.pim.misbehaving(without_disposition(JPEG)):
        assert await bench.fetch() == JPEG
        assert await facts_of(bench) == (None, False)


async def test_a_stored_page_is_a_file_like_any_other(bench: Bench) -> None:
    page = DemoFile.named(Family.PRODUCT, "size guide", "text/html", b"<html><body>Sizes</body></html>")
    bench.pim.add(page)

    assert await bench.fetch(page) == page.content


@pytest.mark.parametrize(
    ("head", "name", "page"),
    [
        (b"<html>", "a/b.jpg", True),
        (b"<html>", "a/b", True),
        (b"<html>", "a/b.html", False),
        (b"<html>", "a/b.xhtml", False),
        (b'{"a": 1}', "a/b.jpg", True),
        (b'{"a": 1}', "a/b.json", False),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a/b.svg", False),
        (b"just text", "a/b.txt", False),
        (b"%PDF-1.7", "a/b.pdf", False),
    ],
)
def test_a_page_is_known_by_its_first_bytes_and_the_name_that_was_asked_for(head: bytes, name: str, page: bool) -> None:
    assert is_page(head, name) is page


async def test_a_file_of_few_bytes_is_whole(bench: Bench) -> None:
    assert await bench.fetch(SWATCH) == SWATCH.content


@given(st.binary(max_size=5000), st.sampled_from(KINDS), st.integers(1, 700))
def test_whatever_was_squeezed_comes_out_again_in_any_chunks(body: bytes, kind: str, size: int) -> None:
    packed = squeezed(body, kind)
    inflater = Inflater("gzip" if kind == "gzip" else "deflate")

    pieces = [piece for at in range(0, len(packed), size) for piece in inflater.feed(packed[at : at + size])]

    assert b"".join([*pieces, inflater.finish()]) == body


@given(st.binary(min_size=20, max_size=500), st.sampled_from(KINDS), st.data())
def test_whatever_is_squeezed_and_cut_is_broken(body: bytes, kind: str, data: st.DataObject) -> None:
    packed = squeezed(body, kind)
    cut = data.draw(st.integers(1, len(packed) - 1))
    inflater = Inflater("gzip" if kind == "gzip" else "deflate")

    with pytest.raises(OriginBroken):
        inflate_all(inflater, packed[:cut])


def inflate_all(inflater: Inflater, packed: bytes) -> bytes:
    return b"".join([*inflater.feed(packed), inflater.finish()])


def test_a_gzip_file_of_several_parts_is_one_body() -> None:
    assert inflate_all(Inflater("gzip"), gzip.compress(b"one ") + gzip.compress(b"two")) == b"one two"


def test_damaged_bytes_are_broken() -> None:
    packed = bytearray(gzip.compress(bytes(1000)))
    packed[-5] ^= 0xFF  # its checksum

    with pytest.raises(OriginBroken):
        inflate_all(Inflater("gzip"), bytes(packed))


def test_a_bomb_comes_in_pieces() -> None:
    pieces = list(Inflater("gzip").feed(gzip.compress(bytes(20_000_000))))

    assert sum(len(piece) for piece in pieces) == 20_000_000
    assert max(len(piece) for piece in pieces) <= 256 * 1024
