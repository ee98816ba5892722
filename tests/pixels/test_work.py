"""What a drawing is foretold to cost, and what is refused for it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from proxy.demo.drawings import vector_badge
from proxy.errors import InvalidTransformation, LimitExceeded
from proxy.formats import Format
from proxy.imagekit.reading import read_plan
from proxy.pixels import worker
from proxy.pixels.decoded import DecodedPictures
from proxy.pixels.encode import Wish, encode, milliseconds_for
from proxy.pixels.geometry import Size
from proxy.pixels.job import Job, Limits
from proxy.pixels.picture import Picture
from proxy.pixels.render import render
from proxy.pixels.sandbox import resident_bytes
from proxy.pixels.stages import plan_stages
from proxy.pixels.text import write_text
from proxy.pixels.wire import HEADER
from proxy.pixels.work import Work, work_of, work_of_encoding
from proxy.plan.frame import Frame
from proxy.plan.output import OutputFormat
from proxy.plan.steps import CanvasLayer, Look, Step, TextLayer
from proxy.plan.values import Color, Length
from tests.pixels.pictures import LIMITS, Studio, content_of, places, sized

PHOTO = Size(5472, 3648)  # 20 megapixels


def seconds(
    text: str, source: Size = PHOTO, frames: int = 1, format: Format | None = None, clear: bool = False
) -> float:
    plan, work = read_plan(text).plan, Work()
    stages = plan_stages(plan.steps, source, LIMITS)
    for stage in stages:
        work.spend(work_of(stage, clear), frames)
    if format is not None:
        wish = Wish(plan.output.quality or 80, lossless=bool(plan.output.lossless))
        size = stages[-1].size
        work.spend(work_of_encoding(format, size, milliseconds_for(format, size.pixels, wish), frames))
    return sum(work.spent.values())


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("w-8192", Format.JPEG),
        ("w-8192", Format.WEBP),
        ("w-8192,bl-50", Format.JPEG),
        ("bl-10,r-max", Format.AVIF),
        ("w-4000,f-avif,q-95", Format.AVIF),
        ("w-2500,rt-33,e-gradient,e-sharpen", Format.WEBP),
        ("lo-true,w-6000", Format.WEBP),
        ("w-0.5:e-contrast:rt-90:w-2000,c-at_max", Format.PNG),
    ],
)
def test_what_shops_do_to_a_large_photo_is_welcome(text: str, format: Format) -> None:
    assert seconds(text, format=format) < LIMITS.max_work_seconds


def test_a_hundred_frames_at_a_size_for_the_screen_are_welcome() -> None:
    size = Size(800, 600)

    assert seconds("w-600", size, frames=100, format=Format.GIF, clear=True) < LIMITS.max_work_seconds


@pytest.mark.parametrize(
    "text",
    [
        "w-8000:" + ":".join(["bl-100"] * 3),
        "w-5000,e-distort-a-60,rt-33,e-gradient",
        "w-4000:" + ":".join(["w-4001:w-4000"] * 10),
    ],
)
def test_more_than_a_worker_has_time_for_is_refused(text: str) -> None:
    assert seconds(text) > LIMITS.max_work_seconds


def test_every_effect_has_its_price() -> None:
    plain = seconds("w-2000")

    for effect in (
        "e-sharpen",
        "e-usm-1-1-1-0",
        "bl-1",
        "e-gradient",
        "e-distort-a-9",
        "cr-red",
        "e-colorize",
        "e-contrast",
    ):
        assert seconds(f"w-2000,{effect}") > plain


def test_the_refusal_says_what_takes_most() -> None:
    work = Work(most_seconds=1)
    work.spend({"scaling": 0.3})

    with pytest.raises(LimitExceeded, match=r"1\.2 seconds of work expected, most of it for blur; 1 are allowed"):
        work.spend({"blur": 0.3}, times=3)


def test_what_is_foreseen_is_not_spent() -> None:
    work = Work(most_seconds=1)

    work.foresee([{"blur": 0.9}])
    work.foresee([{"blur": 0.9}])
    with pytest.raises(LimitExceeded):
        work.foresee([{"blur": 0.9}, {"scaling": 0.2}])


def test_frames_multiply_what_is_done_to_them(studio: Studio) -> None:
    first, *others = (places(60, 40).rotate(10 * number) for number in range(12))
    path = studio.file(first, "a.gif", save_all=True, append_images=others)
    tight = Limits(10**8, 8192, max_work_seconds=0.5)

    assert studio.draw(path, sized(400), limits=tight, format=OutputFormat.GIF).width == 400
    assert studio.draw(path, sized(1200), limits=tight, format=OutputFormat.JPEG).width == 1200
    with pytest.raises(LimitExceeded, match="work"):
        studio.draw(path, sized(1200), limits=tight, format=OutputFormat.GIF)


def test_layers_are_work(studio: Studio) -> None:
    path = studio.file(places(60, 40), "a.png")
    layer = CanvasLayer(Color(1, 2, 3), links=(Step(look=Look(blur=50)),))
    tight = Limits(10**8, 8192, max_work_seconds=0.6)

    assert studio.draw(path, sized(1000), Step(layers=(layer,)), limits=tight).width == 1000
    with pytest.raises(LimitExceeded, match="work"):
        studio.draw(path, sized(1000), Step(layers=(layer,) * 9), limits=tight)


def test_pictures_that_an_error_has_met_are_not_the_workers_own(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(job: Job, decoded: DecodedPictures) -> None:
        hoard = Image.new("RGB", (10_000, 10_000), "red")
        raise LimitExceeded(str(hoard.size))

    monkeypatch.setattr(worker, "render", fail)
    path: Path = studio.file(places(4, 3), "a.png")
    before = resident_bytes()

    head, _ = worker.answer(Job(path, content_of(path), read_plan("").plan, frozenset(), 80, LIMITS), DecodedPictures())

    assert json.loads(head[HEADER.size :])["memory"] - before < 200_000_000


@pytest.mark.parametrize(
    "text", ["e-distort-a-90", "e-distort-a-N300", "l-image,i-ik_canvas,w-50,h-50,bg-FF0000,lm-displace,l-end"]
)
def test_what_bends_many_small_frames_is_refused(text: str) -> None:
    """However small they are, each has thousands of cells."""
    assert seconds(text, Size(380, 380), frames=10) < LIMITS.max_work_seconds
    assert seconds(text, Size(380, 380), frames=100) > LIMITS.max_work_seconds


def test_a_text_whose_scripts_change_at_every_letter_costs_more() -> None:
    plain, mixed = Work(), Work()

    for work, words in ((plain, "ab" * 30), (mixed, "aक" * 30)):
        write_text(TextLayer(words, size=9), {}, LIMITS, {}, work)

    assert plain.spent["text"] * 10 < mixed.spent["text"]


def test_a_text_is_refused_before_it_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    large = TextLayer(("M" * 30 + " ") * 7, size=500, width=14_000, bold=True, italic=True, font="Lobster")
    monkeypatch.setattr("proxy.pixels.text.inked", lambda *given: pytest.fail("it is drawn"))

    with pytest.raises(LimitExceeded, match="most of it for text"):
        write_text(large, {}, LIMITS, {}, Work(LIMITS.max_work_seconds))


def test_a_density_that_comes_to_nothing_is_refused_before_anything_is_drawn(studio: Studio) -> None:
    path = studio.file(places(4, 3), "a.png")
    plan = read_plan("w-4000,bl-9,dn-idn_pow_9").plan
    tight = replace(LIMITS, max_work_seconds=0.001)

    with pytest.raises(InvalidTransformation, match="from 1 to 1200"):
        render(Job(path, content_of(path), plan, frozenset(), 80, tight))


def test_lines_are_refused_before_they_are_drawn(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what they and all that is done to them will take."""
    path = studio.bytes(vector_badge(), "badge.svg")
    monkeypatch.setattr("proxy.pixels.svg.rasterise", lambda *given: pytest.fail("it is drawn"))

    with pytest.raises(LimitExceeded, match="most of it for drawing lines"):
        studio.draw(path, Step(frame=Frame(Length(4096), Length(4096)), look=Look(sharpen=9)), format=OutputFormat.PNG)


def test_a_webp_that_its_encoder_has_no_room_for_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """libwebp would go on, asking for memory again and again, until the time limit."""
    monkeypatch.setattr("proxy.pixels.encode.WEBP_CLEAR_BYTES", 2**46)
    saved: list[bool] = []
    monkeypatch.setattr(Image.Image, "save", lambda *given, lossless, **options: saved.append(lossless))

    with pytest.raises(MemoryError):
        encode(Picture(Image.new("RGBA", (9, 9))), Format.WEBP, Wish(80))
    encode(Picture(Image.new("RGBA", (9, 9))), Format.WEBP, Wish(80, lossless=True))

    assert saved == [True]  # the other encoder gives up by itself
