"""Every transformation that the SDKs can write, by each SDK and in both positions: status, type, size, a pixel."""

import asyncio
import io
from collections.abc import Iterable
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.conformance import looks, overlays, sizes
from tests.conformance.case import Case
from tests.conformance.pictures import path_of
from tests.conformance.sdks import LANGUAGES, POSITIONS, WriteUrl
from tests.site import Site

CASES = [*sizes.CASES, *looks.CASES, *overlays.CASES]
TOLERANCE = 1  # pixels, as the reference says
SHADES = 12  # of a colour that went through JPEG
NAMELESS = {"density of print", "density of print by an expression"}  # some SDKs have no name for it
IN_VAIN = {
    "wider than is taken",
    "automatic width without a hint",
    "automatic density without a hint",
    "density beyond its bounds",
    "focus with zoom",
    "a name that nobody knows",
    "what is about videos",
    *(f"codec {word}" for word in ("h264", "vp9", "av1", "none")),
    *(f"sound {word}" for word in ("aac", "opus", "none")),
    "streaming",
    "a style of subtitles",
    "image with density",
    "with times",
}

Answers = dict[tuple[str, str], httpx.Response]  # to a URL and its `Accept`

pytestmark = pytest.mark.asyncio(loop_scope="session")


def close(found: Iterable[int], wanted: Iterable[int], tolerance: int) -> bool:
    return all(abs(one - other) <= tolerance for one, other in zip(found, wanted, strict=True))


def check_picture(body: bytes, case: Case) -> None:
    picture = Image.open(io.BytesIO(body))
    assert case.size is None or close(picture.size, case.size, TOLERANCE), picture.size
    if case.pixel:
        place, wanted = case.pixel
        found = picture.convert("RGB").getpixel(place)
        assert isinstance(found, tuple)
        assert close(found, wanted, SHADES), found


@pytest.fixture(scope="module")
def answers() -> Answers:
    """What has been asked for already, as SDKs often write the same."""
    return {}


def wish(case: Case, site: Site, position: str) -> dict[str, Any]:
    return {
        "src": path_of(case.source),
        "urlEndpoint": str(site.viewer.base_url),
        "transformation": case.steps,
        "transformationPosition": position,
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("sdks", LANGUAGES.values(), ids=LANGUAGES)
async def test_what_sdks_write_gives_what_the_reference_predicts(
    site: Site, write_url: WriteUrl, answers: Answers, sdks: tuple[str, ...], case: Case
) -> None:
    urls = {write_url(sdk, **wish(case, site, position)) for sdk in sdks for position in POSITIONS}
    asked = [(url, case.accept) for url in urls if (url, case.accept) not in answers]
    answers.update(zip(asked, await asyncio.gather(*(site.get(*ask) for ask in asked)), strict=True))
    for url in urls:
        check(case, url, answers[url, case.accept])
        if case.status == 200 and case.name not in NAMELESS:
            assert (ignored(site, url) == []) == (case.name not in IN_VAIN), url


def ignored(site: Site, url: str) -> list[str]:
    """What of it has no effect: otherwise an answer of the right size and type would prove little."""
    gate, remainder = site.server.house.endpoints.find(url, {})
    return [note.text for note in gate.read(remainder, "").ignored]


def check(case: Case, url: str, response: httpx.Response) -> None:
    assert response.status_code == case.status, (url, response.headers.get("ik-error"))
    if case.status != 200:
        assert " - " in response.headers["ik-error"], url
        return
    kind = response.headers["Content-Type"].partition(";")[0]
    assert kind.removeprefix("image/") == case.type, url
    if kind.startswith("image/") and case.type != "svg+xml":
        check_picture(response.content, case)
