"""`srcset` as the SDK for browsers writes it: each candidate is as wide as it claims, or as its source."""

import asyncio
import io
import re

import pytest
from PIL import Image

from tests.conformance.case import Options
from tests.conformance.pictures import LOGO, PHOTO, TALL, path_of
from tests.conformance.sdks import POSITIONS, Node
from tests.site import Site

CANDIDATE = re.compile(r"(\S+) ([0-9]+)([wx])(?:, |$)")
ASKED = re.compile(r"w-([0-9]+),c-at_max")
WISHES: dict[str, tuple[str, int, int, Options]] = {
    "of any width": (PHOTO, 400, 8, {}),
    "the whole window": (PHOTO, 400, 8, {"sizes": "100vw"}),
    "half the window": (TALL, 150, 9, {"sizes": "(min-width: 800px) 50vw, 100vw"}),
    "a fixed width": (PHOTO, 400, 2, {"width": 100}),
    "a fixed width beyond": (LOGO, 80, 2, {"width": 300}),
    "breakpoints": (PHOTO, 400, 3, {"deviceBreakpoints": [200, 300, 500], "imageBreakpoints": [20]}),
    "behind a step": (PHOTO, 200, 8, {"transformation": [{"width": 200, "height": 200}]}),
    "behind a layer": (PHOTO, 400, 8, {"transformation": [{"overlay": {"type": "text", "text": "Sale, now"}}]}),
    "with a cache buster": (PHOTO, 400, 8, {"queryParameters": {"v": 42}}),
}  # a source and its width, how many candidates, the options

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES)
async def test_every_candidate_is_as_wide_as_it_claims(
    site: Site, node: Node, position: str, wish: tuple[str, int, int, Options]
) -> None:
    source, widest, count, options = wish
    endpoint = str(site.viewer.base_url)
    told = node.ask("responsive", src=path_of(source), urlEndpoint=endpoint, transformationPosition=position, **options)
    candidates = CANDIDATE.findall(told["srcSet"])

    responses = await asyncio.gather(*(site.get(url) for url, _, _ in candidates))

    assert len(candidates) >= count
    assert told["src"] == candidates[-1][0]
    for (url, claim, unit), response in zip(candidates, responses, strict=True):
        asked = int(claim) if unit == "w" else int(ASKED.findall(url)[-1])
        assert response.status_code == 200, url
        assert Image.open(io.BytesIO(response.content)).width == min(asked, widest), url
