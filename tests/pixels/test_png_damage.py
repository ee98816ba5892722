"""A damaged PNG is taken as far as Pillow takes it, or refused as Pillow refuses it."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryFile
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from benchmarks.mutated_files import CHANGES, with_right_checksums
from proxy.errors import SourceTooLarge, Undecodable
from proxy.formats import Format
from proxy.native.library import CAN_UNFILTER
from proxy.pixels import png as reader
from proxy.pixels.decode import open_raster
from proxy.pixels.decoded import DecodedPictures
from proxy.pixels.geometry import Placement, Size
from proxy.pixels.refusing import refusing
from tests.native.needs import needs_unfilter
from tests.pixels.pictures import LIMITS
from tests.pixels.png_files import (
    END,
    GRAY,
    HEIGHT,
    PALETTE,
    RGB,
    RGBA,
    WIDTH,
    Chunk,
    data_in,
    header,
    pixels,
    plain,
    png,
    rows,
)

HEAD, ROWS = header(), rows()
ROW = 1 + 3 * WIDTH
DATA = zlib.compress(ROWS)
LENGTHS = (0, 1, len(DATA) - 1, len(DATA) + 1, len(DATA) + 4, len(DATA) + 12, 2**16, 2**31 - 1, 2**31, 2**32 - 1)
Outcome = tuple[str, tuple[int, int], bytes] | None  # mode, size, pixels; or refused


def of(data: bytes, *behind: Chunk) -> bytes:
    return png(HEAD, *data_in(data, 1000), *behind, END)


def with_filter(number: int) -> bytes:
    changed = bytearray(ROWS)
    changed[5 * ROW] = number
    return of(zlib.compress(bytes(changed)))


def with_length(length: int) -> bytes:
    """Of the chunk of all pixels."""
    content = png(HEAD, (b"IDAT", DATA), END)
    return content.replace(struct.pack(">I", len(DATA)) + b"IDAT", struct.pack(">I", length) + b"IDAT")


def flushed() -> bytes:
    """A checksum is still to come when all pixels are there."""
    packer = zlib.compressobj()
    return packer.compress(ROWS) + packer.flush(zlib.Z_SYNC_FLUSH)


DAMAGED: dict[str, bytes] = {
    "wrong adler": of(DATA[:-1] + bytes([DATA[-1] ^ 1])),
    "no adler": of(DATA[:-4]),
    "half an adler": of(DATA[:-2]),
    "never ended": of(flushed()),
    "wrong crc": png(HEAD, (b"IDAT", DATA), END)[:-14] + b"\0\0" + png(END)[8:],
    "no zlib": of(b"\0\0" + DATA[2:]),
    "wrong zlib check": of(DATA[:1] + bytes([DATA[1] ^ 1]) + DATA[2:]),
    "a dictionary is wanted": of(b"\x78\xbb" + DATA[2:]),
    "window too large": of(b"\x88\x1c" + DATA[2:]),
    "broken in the middle": of(DATA[:500] + b"\xff" * 20 + DATA[520:]),
    "noise": of(Random(3).randbytes(3000)),
    "nothing": png(HEAD, (b"IDAT", b""), END),
    "no pixels at all": png(HEAD, END),
    "unknown filter": with_filter(5),
    "very unknown filter": with_filter(255),
    "a row too few": of(zlib.compress(ROWS[:-ROW])),
    "half a row too few": of(zlib.compress(ROWS[: -ROW // 2])),
    "a byte too few": of(zlib.compress(ROWS[:-1])),
    "no row": of(zlib.compress(b"")),
    "a byte too many": of(zlib.compress(ROWS + b"\0")),
    "rows too many": of(zlib.compress(ROWS + bytes(500 * ROW))),
    "far too many rows": of(zlib.compress(ROWS + bytes(10**7))),
    "noise behind the stream": of(DATA + Random(4).randbytes(100)),
    "much noise behind the stream": of(DATA + Random(4).randbytes(300_000)),
    "pixels twice": of(DATA, *pixels(ROWS)),
    "another chunk between": png(HEAD, (b"IDAT", DATA[:500]), (b"tEXt", b"a\0b"), (b"IDAT", DATA[500:]), END),
    "no chunk between": png(HEAD, (b"IDAT", DATA[:500]), (b"\0\1\2\3", b""), (b"IDAT", DATA[500:]), END),
    "no chunk behind": of(DATA, (b"\0\1\2\3", b"abc")),
    "pixels and the end damaged": of(b"\0\0" + DATA[2:], (b"tEXt", b"Title\0" + bytes(100)))[:-50],
    "interlaced, damaged": plain(interlaced=True).replace(zlib.compress(b"")[:2], b"\0\0"),
    "broken text behind": of(DATA, (b"zTXt", b"a\0\0broken"), (b"iTXt", b"a")),
    **{f"length {length}": with_length(length) for length in LENGTHS},
    **{f"cut at {at}": plain()[:at] for at in (33, 37, 41, 42, 600, len(plain()) - 20, len(plain()) - 14)},
    **{f"cut at {at} from the end": plain()[:-at] for at in (1, 4, 8, 11, 12, 13, 16, 17, 20, 21)},
}


def outcome(image: Image.Image) -> Outcome:
    image.load()
    return image.mode, image.size, image.tobytes()


@contextmanager
def on_disk(content: bytes) -> Iterator[IO[bytes]]:
    """As workers read it: what is in memory refuses other places to seek, by other names."""
    with TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        yield file


def ours(content: bytes) -> Outcome:
    """Compiled or not."""
    try:
        with refusing(), on_disk(content) as file:
            return outcome(open_raster(file, Format.PNG, LIMITS, orient=True).image)
    except (Undecodable, SourceTooLarge):
        return None


def pillows(content: bytes) -> Outcome:
    try:
        with refusing(), on_disk(content) as file, Image.open(file, formats=["PNG"]) as image:
            return outcome(image)
    except (Undecodable, SourceTooLarge):
        return None


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_met_as_pillow_meets_it(name: str) -> None:
    assert ours(DAMAGED[name]) == pillows(DAMAGED[name])


def test_some_damage_is_taken_and_some_is_refused() -> None:
    taken = {name for name, content in DAMAGED.items() if ours(content)}

    assert {"no adler", "wrong crc", "a byte too many", "noise behind the stream"} <= taken
    assert not taken & {
        "wrong adler",
        "no zlib",
        "noise",
        "nothing",
        "unknown filter",
        "cut at 600",
        "another chunk between",
    }


def test_a_length_that_lies_reserves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cup.png"
    path.write_bytes(with_length(2**31 - 1)[:600])

    with path.open("rb") as file, pytest.raises(Undecodable), refusing():
        open_raster(file, Format.PNG, LIMITS, orient=True).image.load()


SOUND = [plain(color, 8) for color in (GRAY, RGB, PALETTE, RGBA)]
SOUND += [png(HEAD, *pixels(ROWS, 200), (b"eXIf", b"MM\0*\0\0\0\x08\0\0"), END)]


@needs_unfilter
@given(st.sampled_from(SOUND), st.randoms(use_true_random=False), st.integers(1, 3))
def test_any_damage_is_met_as_pillow_meets_it(content: bytes, chance: Random, times: int) -> None:
    spoiled = bytearray(content)
    for _ in range(times):
        chance.choice(CHANGES[:-1])(spoiled, chance)
    checked = with_right_checksums(bytes(spoiled))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "CAN_UNFILTER", False)
        without = ours(checked)
    assert ours(checked) == without


@pytest.mark.parametrize("orient", [True, False])
@pytest.mark.parametrize("name", ["wrong adler", "noise", "unknown filter"])
@pytest.mark.parametrize("native", [True, False], ids=["native", "pillow"])
def test_refused_pixels_stay_refused(name: str, orient: bool, native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again, Pillow gives what it has, black where it has nothing."""
    monkeypatch.setattr(reader, "CAN_UNFILTER", native and CAN_UNFILTER)

    with pytest.raises(Undecodable), refusing():
        open_raster(BytesIO(DAMAGED[name]), Format.PNG, LIMITS, orient=orient).image.load()


def test_damage_behind_the_pixels_does_not_matter() -> None:
    content = of(DATA, (b"tEXt", b"Title\0" + bytes(100)))[:-50]

    assert pillows(content) is None
    assert ours(content) == ours(plain())


@pytest.mark.parametrize("orient", [True, False])
def test_nor_does_it_for_the_next_size_and_for_metadata(orient: bool) -> None:
    kept = DecodedPictures(10**6)
    with on_disk(of(DATA, (b"tEXt", b"Title\0" + bytes(100)))[:-50]) as file:
        for size in (Size(9, 6), Size(6, 4)):
            file.seek(0)
            raster = open_raster(file, Format.PNG, LIMITS, orient=orient, kept=kept.of("cup.png", file))
            raster.load(Placement.whole(raster.size, size))

            assert raster.metadata is not None

    assert kept.reused == 1


def test_rows_are_as_many_as_are_told() -> None:
    """Or the above would compare refusals alone."""
    assert len(ROWS) == HEIGHT * ROW
    assert ours(plain()) is not None
