from pathlib import Path

import pytest

from proxy.errors import InvalidTransformation, LimitExceeded, SourceTooLarge
from proxy.formats import Content, Format
from proxy.media import etag_of
from proxy.pixels.job import ENGINE, Job
from proxy.pixels.render import render
from proxy.plan.frame import Crop
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from tests.pixels.pictures import LIMITS, MODERN, SAMPLES, Studio, opened, places, sized


def job(path: Path, plan: Plan, accepts: frozenset[Format] = frozenset()) -> Job:
    return Job(path, Content.of(Format.PNG), plan, accepts, 80, LIMITS)


def test_a_rendition_is_complete() -> None:
    plan = Plan((sized(90),), Output(OutputFormat.AUTO), orient=True)

    drawn = render(job(SAMPLES / "coffee.png", plan, MODERN))

    assert drawn.rendition.format is Format.AVIF
    assert (drawn.rendition.width, drawn.rendition.height) == (90, 60)
    assert opened(drawn.rendition).size == (90, 60)
    assert drawn.rendition.etag == etag_of(drawn.rendition.body)
    assert drawn.rendition.engine == ENGINE
    assert drawn.rendition.negotiated
    assert drawn.stages.keys() == {"decode", "draw", "encode"}
    assert all(0 < seconds < 30 for seconds in drawn.stages.values())


def test_a_plan_that_leaves_all_open_is_negotiated(studio: Studio) -> None:
    rendition = render(job(studio.file(places(40, 30), "a.png"), Plan())).rendition

    assert (rendition.format, rendition.negotiated) == (Format.JPEG, True)
    assert (rendition.width, rendition.height) == (40, 30)


def test_every_sample_is_drawn() -> None:
    for path in sorted(SAMPLES.iterdir()):
        kind = {".png": Format.PNG, ".jpg": Format.JPEG}.get(path.suffix)
        if kind is not None:
            plan = Plan((sized(64, 64),), Output(OutputFormat.WEBP))
            assert render(Job(path, Content.of(kind), plan, frozenset(), 80, LIMITS)).rendition.width == 64


def test_a_url_that_asks_for_too_much_is_told_so(studio: Studio) -> None:
    path = studio.file(places(40, 30), "a.png")

    with pytest.raises(LimitExceeded):
        render(job(path, Plan((sized(8193),))))
    with pytest.raises(LimitExceeded):
        render(job(studio.file(places(20_000, 1), "long.png"), Plan(output=Output(OutputFormat.WEBP))))
    with pytest.raises(InvalidTransformation):
        render(job(path, Plan((sized(41, 30, crop=Crop.EXTRACT),))))


def test_a_picture_too_long_for_webp_is_negotiated_otherwise(studio: Studio) -> None:
    path = studio.file(places(20_000, 2), "long.png")

    assert render(job(path, Plan(), frozenset({Format.WEBP}))).rendition.format is Format.JPEG


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 8000), (8000, 1), (3, 2)])
def test_extreme_sizes_are_drawn(studio: Studio, width: int, height: int) -> None:
    for source in (places(1, 1), places(1, 500), places(500, 1), places(31, 17)):
        for mode in ("RGB", "RGBA", "L"):
            path = studio.file(source.convert(mode), "a.png")
            assert studio.picture(path, sized(width, height)).size == (width, height)


def test_running_out_of_memory_is_blamed_on_the_picture(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("proxy.pixels.render.encode", exhausted)
    with pytest.raises(SourceTooLarge):
        render(job(studio.file(places(40, 30), "a.png"), Plan()))
