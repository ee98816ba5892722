"""Pages of PDF files, and single frames of what moves, as pictures."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from proxy.demo.documents import data_sheet
from proxy.errors import InvalidTransformation, LimitExceeded, RenderCrashed, RenderTimeout, SourceTooLarge, Undecodable
from proxy.formats import Content, Format
from proxy.media import Rendition
from proxy.pixels.job import Job, is_drawn
from proxy.pixels.pool import Renderers
from proxy.pixels.render import render
from proxy.plan.expressions import Expression
from proxy.plan.frame import Crop
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import ImageLayer, Link, Position, Step
from proxy.plan.values import Focus
from tests.pixels.conftest import OpenPool
from tests.pixels.papers import BLUE, CORNER, GREEN, HALVES, RED, WHITE, bombs, form, locked, paper, restricted, scans
from tests.pixels.pictures import LIMITS, MODERN, SAMPLES, Studio, content_of, near, opened, sized

Golden = Callable[[Image.Image], None]
BOXES = b"/MediaBox [0 0 200 100]"


def still(
    path: Path, *steps: Link, page: int = 1, accepts: frozenset[Format] = frozenset(), **output: Any
) -> Rendition:
    plan = Plan(steps, Output(**{"format": OutputFormat.PNG} | output), orient=True, page=page)
    return render(Job(path, content_of(path), plan, accepts, 80, LIMITS)).rendition


def drawn(studio: Studio, content: bytes, *steps: Link, **options: Any) -> Image.Image:
    return opened(still(studio.bytes(content, "a.pdf"), *steps, **options)).convert("RGB")


def colors(image: Image.Image, *points: tuple[int, int]) -> list[Any]:
    return [image.getpixel(point) for point in points]


def test_a_page_is_a_picture_of_its_points_on_white(studio: Studio) -> None:
    image = drawn(studio, paper(CORNER))

    assert image.size == (200, 100)
    assert colors(image, (5, 95), (95, 55), (105, 95), (5, 45)) == [RED, RED, WHITE, WHITE]


def test_a_page_is_sharp_at_every_size(studio: Studio) -> None:
    image = drawn(studio, paper(CORNER), sized(2000))

    assert image.size == (2000, 1000)
    assert colors(image, (998, 700), (1001, 700), (500, 498), (500, 501)) == [RED, WHITE, WHITE, RED]


@pytest.mark.parametrize(
    ("step", "size", "points"),
    [
        (sized(66, 66), (66, 66), {(2, 30): RED, (63, 30): BLUE}),
        (sized(66, 66, crop=Crop.FORCE), (66, 66), {(31, 2): RED, (34, 63): BLUE}),
        (sized(400, 400, crop=Crop.PAD_RESIZE), (400, 400), {(5, 5): (0, 0, 0), (198, 200): RED, (202, 200): BLUE}),
        (sized(20, 10, crop=Crop.EXTRACT, x=95, y=5), (20, 10), {(4, 5): RED, (5, 5): BLUE}),
        (sized(900, 900, crop=Crop.AT_MAX), (200, 100), {(98, 5): RED, (101, 5): BLUE}),
    ],
)
def test_crops_work_as_on_any_picture(
    studio: Studio, step: Step, size: tuple[int, int], points: dict[tuple[int, int], tuple[int, int, int]]
) -> None:
    image = drawn(studio, paper(HALVES), step)

    assert image.size == size
    assert {point: image.getpixel(point) for point in points} == points


@pytest.mark.parametrize(
    ("boxes", "size", "red", "white"),
    [
        (BOXES + b" /Rotate 90", (100, 200), (5, 5), (95, 195)),
        (BOXES + b" /Rotate 180", (200, 100), (195, 5), (5, 95)),
        (BOXES + b" /Rotate 270", (100, 200), (95, 195), (5, 5)),
        (BOXES + b" /CropBox [50 20 150 80]", (100, 60), (45, 55), (55, 5)),
        (BOXES + b" /CropBox [50 20 150 80] /Rotate 90", (60, 100), (5, 45), (55, 95)),
        (b"/MediaBox [-100 -50 100 50]", (200, 100), (105, 5), (5, 95)),
        (b"/MediaBox [0 0 200.4 99.6]", (200, 100), (5, 95), (105, 5)),
    ],
)
def test_a_page_is_turned_and_cropped_as_it_says(
    studio: Studio, boxes: bytes, size: tuple[int, int], red: tuple[int, int], white: tuple[int, int]
) -> None:
    image = drawn(studio, paper(CORNER, boxes=boxes))

    assert image.size == size
    assert colors(image, red, white) == [RED, WHITE]


@pytest.mark.parametrize(("page", "color"), [(1, RED), (2, BLUE), (3, GREEN)])
def test_every_page_can_be_asked_for(studio: Studio, page: int, color: tuple[int, int, int]) -> None:
    image = drawn(studio, scans(RED, BLUE, GREEN), page=page)

    assert image.size == (60, 40)
    assert near(image.getpixel((30, 20)), color, 4)


@pytest.mark.parametrize(("content", "count"), [(scans(RED, BLUE), "from 1 to 2"), (paper(CORNER), "1, the only page")])
def test_a_page_behind_the_last_is_refused_with_the_number_there_is(studio: Studio, content: bytes, count: str) -> None:
    with pytest.raises(InvalidTransformation, match=f"^pg-3: expected .*{count}$"):
        drawn(studio, content, page=3)


@pytest.mark.parametrize(("density", "size"), [(72, (200, 100)), (144, (400, 200)), (36, (100, 50))])
def test_a_density_gives_the_natural_size(studio: Studio, density: int, size: tuple[int, int]) -> None:
    image = still(studio.bytes(paper(CORNER), "a.pdf"), density=density, format=OutputFormat.JPEG)

    assert (image.width, image.height) == size
    assert opened(image).info["dpi"] == (density, density)
    assert drawn(studio, paper(CORNER), sized(60), density=density).size == (60, 30)
    assert drawn(studio, paper(CORNER), density=Expression("idn", (("mul", 2.0),))).size == (400, 200)


def test_what_was_filled_in_is_seen(studio: Studio) -> None:
    assert colors(drawn(studio, form()), (40, 50), (10, 50)) == [BLUE, WHITE]


@pytest.mark.parametrize(
    ("accepts", "format", "expected"),
    [
        (frozenset(), OutputFormat.AUTO, Format.JPEG),
        (frozenset({Format.WEBP}), OutputFormat.AUTO, Format.WEBP),
        (MODERN, OutputFormat.AUTO, Format.AVIF),
        (MODERN, OutputFormat.SAME, Format.JPEG),
        (MODERN, OutputFormat.PNG, Format.PNG),
        (MODERN, OutputFormat.SVG, Format.AVIF),
        (frozenset(), OutputFormat.GIF, Format.JPEG),
    ],
)
def test_a_page_is_delivered_in_a_format_for_pictures(
    studio: Studio, accepts: frozenset[Format], format: OutputFormat, expected: Format
) -> None:
    path = studio.bytes(paper(CORNER), "a.pdf")

    assert still(path, sized(50), accepts=accepts, format=format).format is expected


@pytest.mark.parametrize("name", ["a.pdf", "a.ai", "a.bin"])
def test_illustrator_files_are_documents_too(studio: Studio, name: str) -> None:
    path = studio.bytes(paper(CORNER), name)

    assert content_of(path).mime == ("application/illustrator" if name == "a.ai" else "application/pdf")
    assert still(path).width == 200


WORTHLESS = {
    "cut": paper(CORNER)[:300],
    "only a head": b"%PDF-1.7\n",
    "rubbish": b"%PDF-1.4\n" + bytes(range(256)) * 20,
    "without pages": paper(),
    "with a page that is none": paper(CORNER).replace(b"/Type /Page /Parent", b"/Type /Nope /Oarent"),
}


@pytest.mark.parametrize("content", WORTHLESS.values(), ids=WORTHLESS)
def test_a_broken_document_is_refused(studio: Studio, content: bytes) -> None:
    with pytest.raises(Undecodable):
        drawn(studio, content, sized(20))


@pytest.mark.parametrize("by", [b"/Filter /Standard /V 1 /R 2 /P -4", b"/Filter /Strange /V 9"])
def test_a_password_is_named_as_the_obstacle(studio: Studio, by: bytes) -> None:
    with pytest.raises(Undecodable, match=r"^the document is protected by a password$"):
        drawn(studio, locked(by))


def test_a_document_behind_an_empty_line_is_drawn(studio: Studio) -> None:
    assert colors(drawn(studio, b"\r\n" + paper(CORNER)), (5, 95), (5, 45)) == [RED, WHITE]


def test_a_document_that_may_be_read_without_a_password_is_drawn(studio: Studio) -> None:
    content = restricted()

    assert CORNER not in content
    assert colors(drawn(studio, content), (5, 95), (5, 45)) == [RED, WHITE]


def test_a_huge_page_is_drawn_small_or_not_at_all(studio: Studio) -> None:
    content = paper(b"1 0 0 rg 0 0 14400 14400 re f", boxes=b"/MediaBox [0 0 14400 14400]")

    assert drawn(studio, content, sized(90)).getpixel((45, 45)) == RED
    assert drawn(studio, content, sized(50, 50, crop=Crop.EXTRACT, x=14000, y=14000)).getpixel((25, 25)) == RED
    with pytest.raises(LimitExceeded):
        drawn(studio, content)
    with pytest.raises(LimitExceeded):
        drawn(studio, paper(CORNER), sized(9000))
    with pytest.raises(LimitExceeded):
        drawn(studio, paper(CORNER, boxes=b"/MediaBox [0 0 600 600]"), density=1200)


@pytest.mark.parametrize("side", [b"99999999", b"1e9", b"-5", b"0", b"0.001", b"nonsense"])
def test_a_page_of_any_size_is_drawn_or_refused(studio: Studio, side: bytes) -> None:
    content = paper(CORNER, boxes=b"/MediaBox [0 0 %s 100]" % side)
    with suppress(Undecodable, LimitExceeded):
        assert drawn(studio, content, sized(20, 20)).size == (20, 20)


def test_a_document_of_too_many_bytes_is_not_opened(studio: Studio) -> None:
    path = studio.bytes(paper(CORNER) + b" " * 10_000, "a.pdf")
    job = Job(path, content_of(path), Plan(page=1), frozenset(), 80, replace(LIMITS, max_source_bytes=9_000))

    with pytest.raises(SourceTooLarge, match="larger than 9000 bytes"):
        render(job)
    assert render(replace(job, limits=LIMITS)).rendition.width == 200


def test_a_document_that_is_gone_is_told_as_such(studio: Studio) -> None:
    with pytest.raises(FileNotFoundError):
        render(Job(studio.directory / "gone.pdf", Content("application/pdf"), Plan(page=1), frozenset(), 80, LIMITS))


def test_nothing_stays_open(studio: Studio) -> None:
    path = studio.bytes(paper(CORNER), "a.pdf")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        still(path)

    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.fixture
async def renderers(open_pool: OpenPool) -> Renderers:
    return await open_pool(timeout_seconds=3, worker_memory_bytes=2**29)


async def test_a_worker_draws_documents_within_its_limits(renderers: Renderers, studio: Studio) -> None:
    """It may write no file, hold few of them open, and only so much memory."""
    path = studio.bytes(data_sheet(), "a.pdf")
    job = Job(path, content_of(path), Plan((sized(2000),), page=1), frozenset(), 80, LIMITS)

    for _ in range(3):
        drawn = await renderers.render(job, lambda: None)

    assert (drawn.rendition.width, drawn.rendition.height) == (2000, 2833)


async def test_a_document_that_asks_too_much_costs_its_own_request_only(renderers: Renderers, studio: Studio) -> None:
    """A picture that is far larger than its file is not unpacked as a whole; figures in figures take all memory."""
    bomb = studio.bytes(bombs(), "bomb.pdf")
    good = studio.bytes(paper(CORNER), "a.pdf")
    job = Job(bomb, content_of(bomb), Plan((sized(900),), page=1), frozenset(), 80, LIMITS)

    vast = await renderers.render(job, lambda: None)
    with pytest.raises((RenderCrashed, RenderTimeout)):
        await renderers.render(replace(job, plan=replace(job.plan, page=2)), lambda: None)
    afterwards = await renderers.render(replace(job, source=good), lambda: None)

    assert (vast.rendition.width, afterwards.rendition.width) == (900, 900)


def test_a_page_is_drawn_only_where_one_is_asked_for() -> None:
    document, page = Content("application/pdf"), Plan(page=1)

    assert is_drawn(document, page)
    assert is_drawn(Content("application/illustrator"), page)
    assert not is_drawn(document, Plan())
    assert not is_drawn(document, replace(page, original=True))
    assert not is_drawn(Content("application/postscript"), page)
    assert is_drawn(Content.of(Format.GIF), page)
    assert not is_drawn(Content.of(Format.SVG), page)


def test_a_data_sheet(studio: Studio, golden: Golden) -> None:
    golden(drawn(studio, data_sheet(), sized(240)))


def test_a_data_sheet_cropped(studio: Studio, golden: Golden) -> None:
    golden(drawn(studio, data_sheet(), sized(300, 100, focus=Focus.TOP)))


def test_a_data_sheet_on_a_photograph(studio: Studio, golden: Golden) -> None:
    path = studio.bytes(data_sheet(), "a.pdf")
    layer = ImageLayer("a.pdf", Position(focus=Focus.RIGHT), (Step(frame=sized(90).frame, rotation=8.0),))

    golden(
        studio.picture(SAMPLES / "coffee.png", Step(frame=sized(240).frame, layers=(layer,)), layers={"a.pdf": path})
    )


def test_a_page_is_a_layer(studio: Studio) -> None:
    base = studio.file(Image.new("RGB", (60, 40), "black"), "a.png")
    path = studio.bytes(scans(RED, BLUE), "a.pdf")

    def shown(page: int | None) -> Any:
        return studio.picture(base, Step(layers=(ImageLayer("l", page=page),)), layers={"l": path}).getpixel((30, 20))

    assert near(shown(None), RED, 4)
    assert near(shown(2), BLUE, 4)
    with pytest.raises(InvalidTransformation, match="from 1 to 2"):
        shown(3)


def test_two_layers_may_show_two_pages_of_one_document(studio: Studio) -> None:
    base = studio.file(Image.new("RGB", (100, 40), "black"), "a.png")
    path = studio.bytes(scans(RED, BLUE), "a.pdf")
    first = ImageLayer("l", Position(focus=Focus.LEFT), (sized(30),))
    second = ImageLayer("l", Position(focus=Focus.RIGHT), (sized(30),), page=2)

    image = studio.picture(base, Step(layers=(first, second)), layers={"l": path})

    assert near(image.getpixel((15, 20)), RED, 4)
    assert near(image.getpixel((85, 20)), BLUE, 4)


def test_a_trimmed_page_is_drawn_as_large_as_it_is_wanted(studio: Studio) -> None:
    """Not enlarged from what was looked at to find its edges."""
    content = paper(b"1 0 0 rg 50 20 50 50 re f 0 0 1 rg 100 20 50 50 re f")

    image = drawn(studio, content, Step(trim=10, frame=sized(1000).frame))

    assert image.size == (1000, 500)
    assert colors(image, (2, 2), (498, 250), (501, 250), (997, 497)) == [RED, RED, BLUE, BLUE]
