"""Pictures drawn from pixels that were decoded for another size of the same file."""

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageMath

from proxy.errors import SourceTooLarge
from proxy.formats import Content, Format
from proxy.imagekit.reading import read_plan
from proxy.pixels import worker
from proxy.pixels.decode import CODECS, register_heic
from proxy.pixels.decoded import KEPT_SECONDS, DecodedPictures
from proxy.pixels.job import Drawn, Job, Limits
from proxy.pixels.render import render
from proxy.plan.frame import Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import Step
from proxy.plan.values import Length
from tests.clock import Clock
from tests.pixels.pictures import SAMPLES

LIMITS = Limits(max_source_pixels=100_000_000, max_output_side=8192)
MEBIBYTE = 2**20
SIDES = (480, 360)


@cache
def photo(size: tuple[int, int] = SIDES) -> Image.Image:
    with Image.open(SAMPLES / "chelsea.png") as sample:
        return sample.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def file_of(directory: Path, format: Format = Format.JPEG, image: Image.Image | None = None, **options: Any) -> Path:
    path = directory / f"photo.{format}"
    (image or photo()).save(path, **options)
    return path


def job_of(path: Path, width: int, format: Format = Format.JPEG, output: Output | None = None) -> Job:
    plan = Plan((Step(frame=Frame(width=Length(width))),), output or Output(format=OutputFormat.PNG), orient=True)
    return Job(path, Content.of(format), plan, frozenset(), 80, LIMITS)


def image_of(drawn: Drawn) -> Image.Image:
    return Image.open(io.BytesIO(drawn.rendition.body)).convert("RGB")


def ssim(one: Image.Image, other: Image.Image) -> float:
    """Of their greys, in blocks of 4 x 4: 1 where they are the same."""
    x, y = (image.convert("L").convert("F") for image in (one, other))
    product: Callable[[dict[str, Any]], Any] = lambda them: them["a"] * them["b"]  # noqa: E731

    def mean(a: Image.Image, b: Image.Image) -> Image.Image:
        found: Image.Image = ImageMath.lambda_eval(product, a=a, b=b).reduce(4)
        return found

    parts = {"x": x.reduce(4), "y": y.reduce(4), "xx": mean(x, x), "yy": mean(y, y), "xy": mean(x, y)}
    found = ImageMath.lambda_eval(likeness, **parts).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(found, float)
    return found


def likeness(them: dict[str, Any]) -> Any:
    x, y = them["x"], them["y"]
    covariance, variances = them["xy"] - x * y, them["xx"] - x * x + them["yy"] - y * y
    return ((x * y * 2 + 6.5) * (covariance * 2 + 58.5)) / ((x * x + y * y + 6.5) * (variances + 58.5))


@pytest.mark.parametrize("width", [30, 60, 80, 120, 180, 240])
def test_a_small_size_from_a_large_decode_is_as_good_as_its_own(tmp_path: Path, width: int) -> None:
    path = file_of(tmp_path, quality=90)
    decoded = DecodedPictures(64 * MEBIBYTE)
    render(job_of(path, 480), decoded)
    reused, direct = render(job_of(path, width), decoded), render(job_of(path, width))

    with Image.open(path) as original:
        wanted = original.convert("RGB").resize(image_of(direct).size, Image.Resampling.LANCZOS)

    assert (reused.reused, direct.reused) == (True, False)
    assert ssim(image_of(reused), wanted) > 0.98
    assert ssim(image_of(reused), wanted) >= ssim(image_of(direct), wanted) - 0.003


@pytest.mark.parametrize("format", [Format.PNG, Format.WEBP, Format.AVIF, Format.TIFF, Format.HEIC])
def test_what_no_decoder_shrinks_is_drawn_to_the_same_bytes(tmp_path: Path, format: Format) -> None:
    if format is Format.HEIC:
        register_heic()
    image = photo().copy()
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    path = tmp_path / "photo"
    (image.convert("RGB") if format is Format.HEIC else image).save(path, CODECS[format])
    decoded = DecodedPictures(64 * MEBIBYTE)
    render(job_of(path, 120, format), decoded)

    reused = render(job_of(path, 100, format), decoded)

    assert reused.reused
    assert reused.rendition == render(job_of(path, 100, format)).rendition


def test_six_widths_that_begin_with_the_widest_are_one_decode(tmp_path: Path) -> None:
    path, decoded = file_of(tmp_path), DecodedPictures(64 * MEBIBYTE)

    drawn = [render(job_of(path, width), decoded) for width in (240, 120, 80, 60, 40, 30)]

    assert [one.reused for one in drawn] == [False] + [True] * 5


def test_no_picture_is_drawn_from_a_smaller_one(tmp_path: Path) -> None:
    path, decoded = file_of(tmp_path), DecodedPictures(64 * MEBIBYTE)
    render(job_of(path, 30), decoded)

    large = render(job_of(path, 240), decoded)

    assert not large.reused
    assert large.rendition == render(job_of(path, 240)).rendition


@pytest.mark.parametrize(
    "steps", ["w-80,h-100,fo-auto", "w-80,t-true", "w-80,bl-5,b-3_FF0000", "w-80,r-20,rt-45,e-grayscale"]
)
def test_whoever_draws_leaves_the_kept_pixels_as_they_are(tmp_path: Path, steps: str) -> None:
    path, decoded = file_of(tmp_path, Format.PNG), DecodedPictures(64 * MEBIBYTE)
    job = job_of(path, 480, Format.PNG)
    whole = render(job, decoded)

    render(replace(job, plan=read_plan(f"{steps},f-png").plan), decoded)

    again = render(job, decoded)
    assert again.reused
    assert again.rendition == whole.rendition


def test_a_change_in_place_is_made_on_a_copy(tmp_path: Path) -> None:
    path, decoded = file_of(tmp_path, Format.PNG), DecodedPictures(64 * MEBIBYTE)
    render(job_of(path, 480, Format.PNG), decoded)
    given = decoded.find(str(path), 1)
    assert isinstance(given, Image.Image)

    given.paste("red", (0, 0, *given.size))

    kept = decoded.find(str(path), 1)
    assert isinstance(kept, Image.Image)
    assert ImageChops.difference(kept, photo()).getbbox() is None


@pytest.mark.parametrize("upright_first", [True, False])
def test_a_lying_picture_is_turned_or_not_as_each_asks(tmp_path: Path, upright_first: bool) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path, decoded = file_of(tmp_path, Format.PNG, exif=exif), DecodedPictures(64 * MEBIBYTE)
    jobs = [job_of(path, 120, Format.PNG)]
    jobs.append(replace(jobs[0], plan=replace(jobs[0].plan, orient=False)))

    drawn = [render(job, decoded) for job in (jobs if upright_first else jobs[::-1])]

    upright, lying = drawn if upright_first else drawn[::-1]
    assert drawn[1].reused
    assert (upright.rendition.height, lying.rendition.height) == (160, 90)


@pytest.mark.parametrize("format", [Format.JPEG, Format.PNG, Format.WEBP])
def test_metadata_is_kept_on_request_though_the_pixels_were_there(tmp_path: Path, format: Format) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    path, decoded = file_of(tmp_path, format, exif=exif), DecodedPictures(64 * MEBIBYTE)
    render(job_of(path, 240, format), decoded)

    drawn = render(job_of(path, 240, format, Output(format=OutputFormat.JPEG, keep_metadata=True)), decoded)

    assert drawn.reused
    assert Image.open(io.BytesIO(drawn.rendition.body)).getexif()[0x010F] == "Camera"


def replaced(path: Path) -> None:
    other = path.with_suffix(".new")
    Image.new("RGB", SIDES, "red").save(other, "PNG")
    other.replace(path)


def overwritten(path: Path) -> None:
    Image.new("RGB", SIDES, "red").save(path, "PNG")


@pytest.mark.parametrize("change", [replaced, overwritten])
def test_a_file_that_was_replaced_is_never_drawn_from_old_pixels(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    path, decoded = file_of(tmp_path, Format.PNG), DecodedPictures(64 * MEBIBYTE)
    render(job_of(path, 120, Format.PNG), decoded)

    change(path)
    drawn = render(job_of(path, 120, Format.PNG), decoded)

    assert not drawn.reused
    assert image_of(drawn).getpixel((60, 40)) == (255, 0, 0)
    assert len(decoded.levels) == 1


def test_an_animation_is_not_kept(tmp_path: Path) -> None:
    path, decoded = tmp_path / "moves.webp", DecodedPictures(64 * MEBIBYTE)
    photo((40, 30)).save(path, save_all=True, append_images=[Image.new("RGB", (40, 30), "red")])

    render(job_of(path, 20, Format.WEBP), decoded)

    assert not decoded.levels


def test_the_bytes_stay_within_the_budget_and_the_oldest_go(tmp_path: Path) -> None:
    decoded = DecodedPictures(3 * 480 * 360 * 4)
    paths = [tmp_path / f"{number}.png" for number in range(5)]
    for path in paths:
        photo().save(path)
        render(job_of(path, 100, Format.PNG), decoded)
        assert decoded.size <= decoded.budget

    assert list(decoded.levels) == [str(path) for path in paths[2:]]


def test_a_picture_beyond_the_budget_is_drawn_and_not_kept(tmp_path: Path) -> None:
    path, decoded = file_of(tmp_path, Format.PNG), DecodedPictures(MEBIBYTE // 2)

    drawn = render(job_of(path, 100, Format.PNG), decoded)

    assert drawn.rendition == render(job_of(path, 100, Format.PNG)).rendition
    assert decoded.size == 0


def test_what_is_not_used_for_a_while_is_dropped(tmp_path: Path) -> None:
    clock = Clock(0.0)
    decoded, path = DecodedPictures(64 * MEBIBYTE, clock), file_of(tmp_path)
    render(job_of(path, 240), decoded)
    clock.now += KEPT_SECONDS - 1
    render(job_of(path, 120), decoded)

    clock.now += KEPT_SECONDS - 1
    left = decoded.drop_old()
    clock.now += 1
    then = decoded.drop_old()

    assert left == pytest.approx(1)
    assert then is None
    assert decoded.size == 0


def test_without_a_budget_every_size_is_decoded(tmp_path: Path) -> None:
    path, decoded = file_of(tmp_path), DecodedPictures()

    drawn = [render(job_of(path, width), decoded) for width in (240, 120)]

    assert [one.reused for one in drawn] == [False, False]


def test_kept_pixels_are_no_reason_to_refuse_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, decoded = file_of(tmp_path), DecodedPictures(64 * MEBIBYTE)
    render(job_of(path, 240), decoded)

    def short_of_memory(job: Job, kept: DecodedPictures) -> Drawn:
        if kept.levels:
            raise SourceTooLarge("the picture takes too much memory")
        return render(job, kept)

    monkeypatch.setattr(worker, "render", short_of_memory)

    assert worker.draw(job_of(path, 120), decoded).rendition.width == 120


def test_a_picture_that_may_need_all_memory_is_begun_once_with_nothing_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, decoded = file_of(tmp_path), DecodedPictures(64 * MEBIBYTE)
    render(job_of(path, 240), decoded)
    begun: list[int] = []

    def short_of_memory(job: Job, kept: DecodedPictures | None = None) -> Drawn:
        begun.append(decoded.size)
        raise SourceTooLarge("the picture takes too much memory")

    monkeypatch.setattr(worker, "render", short_of_memory)

    with pytest.raises(SourceTooLarge):
        worker.draw(replace(job_of(path, 120), alone=True), decoded)
    assert begun == [0]
