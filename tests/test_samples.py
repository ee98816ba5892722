"""The pictures of the URL reference: one for each parameter that can be seen, small, and as the server draws them."""

import io
import re

from PIL import Image, ImageChops, ImageStat

from proxy.imagekit.parameters import PARAMETERS
from tests.samples import DIRECTORY, GROUPS, SAMPLES, UNSEEN, drawn

MOST_BYTES = 30_000
ALIKE = 0.03  # another version of a codec may round otherwise


def test_every_parameter_has_its_picture_or_a_reason_to_have_none() -> None:
    keys = {row.key for row in PARAMETERS}
    shown = {one.name for name, group in GROUPS.items() for one in group if name != "layers"}

    assert shown | UNSEEN == keys
    assert not shown & UNSEEN


def test_every_picture_shows_the_parameter_whose_name_it_has() -> None:
    for name, group in GROUPS.items():
        for one in group if name != "layers" else ():
            said = re.split("[:,]", one.steps)
            assert [word for word in said if word == one.name or word.startswith(f"{one.name}-")], one.name


def test_the_pictures_are_small_and_there_are_no_others() -> None:
    files = sorted(DIRECTORY.iterdir())

    assert files == sorted(one.path for one in SAMPLES)
    assert max(file.stat().st_size for file in files) < MOST_BYTES


async def test_the_pictures_are_those_that_the_server_draws() -> None:
    today = await drawn(SAMPLES)

    for one in SAMPLES:
        kept, fresh = (on_grey(Image.open(it)) for it in (one.path, io.BytesIO(today[one.name])))
        assert kept.size == fresh.size, one.name
        assert max(ImageStat.Stat(ImageChops.difference(kept, fresh)).rms) / 255 < ALIKE, one.name


def on_grey(image: Image.Image) -> Image.Image:
    """As it is seen: what colour clear pixels have is the encoder's choice."""
    return Image.alpha_composite(Image.new("RGBA", image.size, "grey"), image.convert("RGBA"))
