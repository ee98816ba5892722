"""The filters of PNGs, against the formulas of the specification."""

import ctypes
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.native import library
from proxy.native.arrow import Pixels
from proxy.native.library import unfilter

Rows = tuple[int, int, bytes]  # bytes a pixel, bytes a row, rows each behind its filter


@pytest.fixture(scope="module", params=["compiled", "plain"], autouse=True)
def _library(request: pytest.FixtureRequest) -> object:
    path: Path = request.getfixturevalue(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "LIBRARY", library.opened(path))
        yield


@st.composite
def filtered_rows(draw: st.DrawFn) -> Rows:
    size = draw(st.integers(1, 4))
    row_bytes = size * draw(st.integers(1, 40))
    rows = draw(st.lists(st.tuples(st.integers(0, 4), st.binary(min_size=row_bytes, max_size=row_bytes)), min_size=1))
    return size, row_bytes, b"".join(bytes([number]) + row for number, row in rows)


def paeth(left: int, above: int, corner: int) -> int:
    estimate = left + above - corner
    return min((left, above, corner), key=lambda value: abs(estimate - value))  # of equals the first


PREDICTED: list[Callable[[int, int, int], int]] = [
    lambda left, above, corner: 0,
    lambda left, above, corner: left,
    lambda left, above, corner: above,
    lambda left, above, corner: (left + above) // 2,
    paeth,
]


def reconstructed(size: int, row_bytes: int, rows: bytes) -> bytes:
    """Section 9.2 of the PNG specification, byte by byte."""
    result, above = b"", bytes(row_bytes)
    for start in range(0, len(rows), row_bytes + 1):
        row = bytearray(rows[start + 1 : start + 1 + row_bytes])
        for at in range(row_bytes):
            left, corner = (row[at - size], above[at - size]) if at >= size else (0, 0)
            row[at] = (row[at] + PREDICTED[rows[start]](left, above[at], corner)) % 256
        result += rows[start : start + 1] + row
        above = bytes(row)
    return result


@given(filtered_rows())
def test_every_filter_is_undone(filtered: Rows) -> None:
    size, row_bytes, content = filtered
    rows = bytearray(content)

    unfilter(rows, len(rows) // (row_bytes + 1), row_bytes, size)

    assert rows == reconstructed(size, row_bytes, content)


@given(filtered_rows())
def test_pixels_are_handed_over_without_filters_those_of_three_bytes_as_four(filtered: Rows) -> None:
    size, row_bytes, content = filtered
    count, width = len(content) // (row_bytes + 1), row_bytes // size
    channels = 4 if size == 3 else size
    result = (ctypes.c_char * (count * width * channels))()

    unfilter(bytearray(content), count, row_bytes, size, Pixels(ctypes.addressof(result), (width, count), channels))

    rows = reconstructed(size, row_bytes, content)
    pixels = b"".join(rows[start + 1 : start + 1 + row_bytes] for start in range(0, len(rows), row_bytes + 1))
    seen = [pixels[at : at + size] + b"\xff" * (channels - size) for at in range(0, len(pixels), size)]
    assert bytes(result) == b"".join(seen)


def test_a_result_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot become"):
        unfilter(bytearray(2 * 13), 2, 12, 3, Pixels(0, (4, 2), 3))
    with pytest.raises(ValueError, match="cannot become"):
        unfilter(bytearray(2 * 13), 2, 12, 3, Pixels(0, (2, 4), 4))


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("filter", [5, 128, 255])
def test_an_unknown_filter_is_refused(filter: int, size: int) -> None:
    rows = bytearray([0, *range(12), filter, *range(12)])

    with pytest.raises(ValueError, match="row 1 has an unknown filter"):
        unfilter(rows, 2, 12, size)


@pytest.mark.parametrize(
    ("count", "row_bytes", "size"),
    [(2, 13, 1), (3, 12, 1), (1, 12, 1), (2, 12, 5), (26, 0, 1), (-2, -14, 1), (0, 12, 1)],
)
def test_rows_of_another_size_are_refused(count: int, row_bytes: int, size: int) -> None:
    with pytest.raises(ValueError, match=r"are not|unknown"):
        unfilter(bytearray(26), count, row_bytes, size)


def test_a_library_of_another_source_is_not_taken(compiled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert library.opened(compiled) is not None

    monkeypatch.setattr(library, "INTERFACE", library.INTERFACE + 1)

    assert library.opened(compiled) is None
    assert library.opened(Path("/proc/self/exe")) is None
    assert library.opened(compiled.with_name("missing.so")) is None


def test_elsewhere_nothing_is_scaled(plain: Path) -> None:
    assert not library.opened(plain).can_resample()
