"""What the harnesses take for the same picture drawn anew, and what they do not."""

from io import BytesIO

import pytest
from PIL import Image, ImageOps

from benchmarks.likeness import is_same_picture
from benchmarks.soak.catalogue import Ask
from benchmarks.soak.ledger import Answer, Ledger
from tests.pixels.pictures import SAMPLES

SIZE = (120, 80)


def sample(name: str = "coffee.png") -> Image.Image:
    with Image.open(SAMPLES / name) as image:
        return image.convert("RGB")


def packed(image: Image.Image, format: str = "JPEG") -> bytes:
    buffer = BytesIO()
    image.save(buffer, format, quality=80)
    return buffer.getvalue()


DIRECT = packed(sample().resize(SIZE, Image.Resampling.LANCZOS))
REDRAWN = packed(sample().reduce(2).resize(SIZE, Image.Resampling.LANCZOS))


def mixed(other: Image.Image) -> bytes:
    image = sample().resize(SIZE, Image.Resampling.LANCZOS)
    image.paste(other.resize(SIZE).crop((0, 40, 120, 80)), (0, 40))
    return packed(image)


def test_a_picture_drawn_from_a_larger_decode_is_the_same() -> None:
    assert DIRECT != REDRAWN
    assert is_same_picture(DIRECT, REDRAWN)


@pytest.mark.parametrize(
    "other",
    [
        packed(sample("chelsea.png").resize(SIZE)),
        mixed(sample("chelsea.png")),
        mixed(ImageOps.mirror(sample())),
        mixed(Image.new("RGB", SIZE, (128, 128, 128))),
        packed(ImageOps.mirror(sample().resize(SIZE))),
        packed(sample().resize((121, 80))),
        packed(sample().resize(SIZE), "WEBP"),
        packed(sample().resize(SIZE).convert("L")),
        REDRAWN[: len(REDRAWN) // 2],
        b"",
        b"an error",
    ],
)
def test_another_a_mixed_or_half_a_picture_is_not(other: bytes) -> None:
    assert not is_same_picture(DIRECT, other)


def test_the_soak_takes_a_redrawn_picture_and_no_other() -> None:
    ledger, ask = Ledger(patience_seconds=15), Ask("cold", "/tr:w-120/media-files/coffee.png")
    ledger.take(ask, Answer(200, 0.1, DIRECT, "MISS"), was_cached=False)

    ledger.take(ask, Answer(200, 0.1, REDRAWN, "MISS"), was_cached=False)
    taken = dict(ledger.broken)
    ledger.take(ask, Answer(200, 0.1, mixed(sample("chelsea.png")), "MISS"), was_cached=False)

    assert taken == {}
    assert ledger.broken == {"wrong bytes": 1}
