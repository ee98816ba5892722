"""The parts of the benchmarks that could lie: ratios, the look of pictures, what counts as a right answer, verdicts."""

import io
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from benchmarks.bench.asks import Ask, WrongAnswerError, judged
from benchmarks.bench.bars import Bar, bars
from benchmarks.bench.load import LoadError, wrk_totals
from benchmarks.bench.measure import cpu_seconds, held_bytes
from benchmarks.bench.peers.codec_loop import Drawing, drawn
from benchmarks.bench.peers.template import read_template
from benchmarks.bench.pictures import Original, PictureSet, read_name, tiled
from benchmarks.bench.processes import running
from benchmarks.bench.ratios import Result, Sample, Spread, percentile, ratio
from benchmarks.bench.report import Report
from benchmarks.bench.ssim import reference, ssim
from proxy.demo.photographs import opened

COLD, MEBIBYTE = "cold, jpg to jpg, 300x200", 2**20
ORIGINAL = Original("3mp", "jpg", 0)


@pytest.fixture(scope="module")
def photograph() -> Image.Image:
    return opened("coffee.png").resize((240, 160))


def result(**rates: Sequence[int]) -> Result:
    found = Result(COLD)
    for peer, each in rates.items():
        for rate in each:
            found.add(peer, Sample(rate, 1.0))
    return found


def verdicts(*results: Result) -> dict[str, Bar]:
    return {bar.promise: bar for bar in bars({each.cell: each for each in results}, 128 * MEBIBYTE)}


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


# -- ratios --


def test_a_ratio_is_taken_round_by_round() -> None:
    """In the second round the machine was ten times as slow for both."""
    assert ratio([20, 2, 40], [10, 1, 10]) == Spread(2.0, 2.0, 3.0)


def test_rounds_that_do_not_match_have_no_ratio() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratio([20, 2], [10])


def test_what_was_not_measured_has_no_ratio() -> None:
    assert ratio([], [10]) is None
    assert result(ours=[10]).rate_ratio("ours", "thumbor") is None


def test_the_spread_is_the_median_and_the_quartiles() -> None:
    assert Spread.of([5, 1, 2, 4, 3]) == Spread(2, 3, 4)
    assert percentile(range(1, 101), 0.99) == 100


def test_a_sample_tells_cpu_a_request() -> None:
    assert Sample(200, 2.0, cpu_seconds=4.0).cpu_milliseconds == 20


# -- the look --


def test_the_same_picture_is_like_itself(photograph: Image.Image) -> None:
    assert ssim(photograph, photograph) == pytest.approx(1.0)


def test_a_blurred_picture_is_less_like_it_than_a_sharp_one(photograph: Image.Image) -> None:
    right = reference(photograph, (150, 100))
    sharp = photograph.resize((150, 100), Image.Resampling.LANCZOS)

    assert ssim(right, sharp) > ssim(right, sharp.filter(ImageFilter.GaussianBlur(0.7))) + 0.02


def test_blurred_colour_counts(photograph: Image.Image) -> None:
    luma, *chroma = photograph.convert("YCbCr").split()
    blurred = Image.merge("YCbCr", [luma, *(plane.filter(ImageFilter.GaussianBlur(4)) for plane in chroma)])

    assert ssim(photograph, blurred.convert("RGB")) < 0.99


def test_light_is_averaged_and_not_its_numbers() -> None:
    """A fine black and white grid shines half, which is 188 in sRGB."""
    grid = Image.new("L", (64, 64))
    grid.putdata([255 * ((column + row) % 2) for row in range(64) for column in range(64)])

    assert reference(grid.convert("RGB"), (8, 8)).getpixel((4, 4)) == pytest.approx((188, 188, 188), abs=1)


# -- right answers --


def test_a_right_answer_is_judged_by_its_look(photograph: Image.Image) -> None:
    right = photograph.resize((90, 60))

    assert judged(jpeg(right), "image/jpeg", Ask(ORIGINAL, 90, 60, "jpg"), right) > 0.9


@pytest.mark.parametrize(
    ("size", "content_type", "wrong"),
    [
        ((91, 60), "image/jpeg", "91x60 instead of 90x60"),
        ((90, 60), "image/png", "image/png instead of image/jpeg"),
    ],
)
def test_a_wrong_answer_is_detected(
    photograph: Image.Image, size: tuple[int, int], content_type: str, wrong: str
) -> None:
    with pytest.raises(WrongAnswerError, match=wrong):
        judged(jpeg(photograph.resize(size)), content_type, Ask(ORIGINAL, 90, 60, "jpg"), photograph.resize((90, 60)))


def test_a_type_that_the_bytes_do_not_have_is_detected(photograph: Image.Image) -> None:
    small = photograph.resize((90, 60))

    with pytest.raises(WrongAnswerError, match="the bytes are JPEG"):
        judged(jpeg(small), "image/webp", Ask(ORIGINAL, 90, 60, "webp"), small)


def test_the_bare_loop_draws_what_is_asked(photograph: Image.Image, tmp_path: Path) -> None:
    path = tmp_path / "coffee.jpg"
    path.write_bytes(jpeg(photograph))

    cropped, fitted = (drawn(Drawing(str(path), 90, 90, "webp", fit)) for fit in (False, True))

    ask = Ask(ORIGINAL, 90, 90, "webp")
    assert judged(cropped, "image/webp", ask, reference(photograph, (90, 90))) > 0.85
    assert Image.open(io.BytesIO(fitted)).size == (90, 60)


# -- pictures --


def test_an_original_is_told_by_its_name() -> None:
    original = Original("15mp", "avif", 17, "srcset")

    assert read_name(original.name) == original


def test_tiles_are_mirror_images(photograph: Image.Image) -> None:
    picture = tiled(photograph, (400, 300))

    assert picture.getpixel((239, 10)) == picture.getpixel((240, 10))
    assert picture.getpixel((10, 159)) == picture.getpixel((10, 160))


def test_pictures_are_made_once_and_have_many_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules["benchmarks.bench.pictures"].SIZES, "3mp", (200, 100))
    pictures = PictureSet(tmp_path)
    originals = [Original("3mp", "jpg", number) for number in (0, 3)]

    pictures.lay_out(originals)

    first, other = (pictures.files / original.name for original in originals)
    assert first.samefile(other)
    with Image.open(first) as picture:
        assert picture.size == (200, 100)


# -- load and measurements --


def test_what_wrk_says_is_read() -> None:
    assert wrk_totals("  7311 requests in 1.10s, 103.46MB read\nRequests/sec: 6646.36") == (7311, 1.1)


@pytest.mark.parametrize("trouble", ["Non-2xx or 3xx responses: 3", "Socket errors: connect 0, read 8", ""])
def test_a_load_with_errors_is_no_measurement(trouble: str) -> None:
    done = "10 requests in 1.00s" if trouble else "0 requests in 1.00s"

    with pytest.raises(LoadError):
        wrk_totals(f"{done}\n{trouble}")


async def test_children_that_have_ended_are_paid_for(tmp_path: Path) -> None:
    """A shell's child burns CPU time and ends; another holds memory."""
    burn = f"'{sys.executable}' -c 'import time\nwhile time.process_time() < 0.2: pass'"
    hold = f"'{sys.executable}' -c 'held = bytearray(30_000_000); print(flush=True); input()'"

    async with running(["sh", "-c", f"{burn}; {hold}; true"], tmp_path / "log", piped=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        await process.stdout.readline()

        assert cpu_seconds(process.pid) >= 0.2
        assert held_bytes(process.pid) > 30_000_000
        process.stdin.close()
        await process.wait()


async def test_a_server_that_leaves_its_children_behind_is_ended_whole(tmp_path: Path) -> None:
    command = ["sh", "-c", "sleep 600 & echo begun; wait"]

    async with running(command, tmp_path / "log", piped=True) as process:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"begun\n"

    assert await process.stdout.read() == b"", "the child still holds its end of the pipe"


def test_we_burn_time_ourselves() -> None:
    before, until = cpu_seconds(os.getpid()), time.process_time() + 0.05
    while time.process_time() < until:
        pass

    assert cpu_seconds(os.getpid()) >= before + 0.02


# -- verdicts --


def test_a_bar_that_is_held() -> None:
    bar = verdicts(result(ours=[10, 10], thumbor=[5, 6]))[f"{COLD}: rate / thumbor"]

    assert bar.verdict == "held"


def test_a_bar_that_is_broken() -> None:
    bar = verdicts(result(ours=[7, 7], thumbor=[5, 5]))[f"{COLD}: rate / thumbor"]

    assert bar.verdict == "BROKEN"


def test_what_was_not_measured_is_neither() -> None:
    assert {bar.verdict for bar in verdicts().values()} == {"not measured"}


def test_speed_that_was_bought_with_blur_breaks_the_bar() -> None:
    found = result(ours=[10], thumbor=[5])
    found.ssim = {"ours": 0.95, "thumbor": 0.97}

    assert verdicts(found)[f"{COLD}: rate / thumbor"].verdict == "BROKEN: worse to look at"


def test_a_wrong_answer_of_ours_breaks_the_bar() -> None:
    found = result(thumbor=[5])
    found.wrong = {"ours": "90x61 instead of 90x60"}

    assert verdicts(found)[f"{COLD}: rate / thumbor"].held is False


def test_memory_and_times_are_to_be_at_most_so_much() -> None:
    memory = Result("memory after many renditions", facts={"parent, MiB": 249.0, "whole tree, MiB, at most": 590.0})

    found = verdicts(memory)

    assert found["parent's memory, MiB"].held is False
    assert found["memory of the whole tree, MiB"].held is True


def test_the_report_marks_what_is_broken_worse_and_missing(tmp_path: Path) -> None:
    found = result(ours=[7, 7], thumbor=[5, 5], ipx=[9, 9], nginx=[1, 1])
    found.ssim = {"ours": 0.97, "thumbor": 0.97, "ipx": 0.90, "nginx": 0.98}
    report = Report([found], list(verdicts(found).values()), {"processor": "two cores"}, {}, {"nginx": "not here"})

    page = report.write(tmp_path).read_text()

    assert f"| {COLD}: rate / thumbor | at least 1.50 | 1.40 (1.40 to 1.40) | BROKEN |" in page
    assert "0.900 **worse**" in page
    assert "0.980 **better**" in page
    assert "| 0.970 |" in page
    assert "- nginx: not here" in page
    assert "thumbor" in (tmp_path / "bench-cold-jpg-to-jpg-300x200.svg").read_text()


@pytest.mark.parametrize(
    "text", ["imgproxy", "x=ftp://h/{width}{height}{path}", "x=http://h/{width}/{path}", "=http://h"]
)
def test_a_template_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_template(text)


def test_a_template_is_read() -> None:
    text = "http://h/rs:fill:{width}:{height}/plain/{path}@{format}"

    assert read_template(f"imgproxy={text}") == ("imgproxy", text)
