from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from proxy.errors import LimitExceeded, SourceTooLarge, Undecodable
from proxy.formats import Format
from proxy.imagekit.reading import read_plan
from proxy.media import Rendition
from proxy.pixels.animation import plays
from proxy.pixels.job import Limits
from proxy.plan.frame import Crop, Frame
from proxy.plan.output import OutputFormat
from proxy.plan.steps import Step
from proxy.plan.values import Color, Length
from tests.golden_images import difference
from tests.pixels.pictures import MODERN, Studio, near, opened, photograph, sized

WEBP = frozenset({Format.WEBP})
TIMES = [100, 250, 80, 400]
COLORS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]


def flags(alpha: bool = False) -> list[Image.Image]:
    """One colour a frame; with alpha, a disc that moves over nothing."""
    if not alpha:
        return [Image.new("RGB", (80, 60), color) for color in COLORS]
    frames = [Image.new("RGBA", (80, 60)) for _ in COLORS]
    for index, (frame, color) in enumerate(zip(frames, COLORS, strict=True)):
        ImageDraw.Draw(frame).ellipse((index * 15, 10, index * 15 + 30, 40), fill=(*color, 255))
    return frames


def moving(studio: Studio, name: str, alpha: bool = False, **options: Any) -> Path:
    first, *others = flags(alpha)
    options = {"duration": TIMES, "loop": 0, "save_all": True, "append_images": others} | options
    if name.endswith("gif"):
        options["disposal"] = 2
    return studio.file(first, name, **options)


def frames_of(rendition: Rendition) -> list[tuple[Image.Image, int]]:
    image = opened(rendition)
    found = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        image.load()
        found.append((image.convert("RGBA"), round(image.info.get("duration", 0))))
    return found


@pytest.mark.parametrize(
    ("name", "accepts", "format", "expected"),
    [
        ("a.gif", frozenset(), OutputFormat.AUTO, Format.GIF),
        ("a.gif", MODERN, OutputFormat.AUTO, Format.WEBP),
        ("a.gif", MODERN, OutputFormat.SAME, Format.GIF),
        ("a.gif", frozenset(), OutputFormat.WEBP, Format.WEBP),
        ("a.webp", frozenset(), OutputFormat.AUTO, Format.WEBP),
        ("a.webp", MODERN, OutputFormat.SAME, Format.WEBP),
    ],
)
def test_frames_and_their_times_survive(
    studio: Studio, name: str, accepts: frozenset[Format], format: OutputFormat, expected: Format
) -> None:
    rendition = studio.draw(moving(studio, name), sized(40), accepts=accepts, format=format)
    frames = frames_of(rendition)

    assert rendition.format is expected
    assert [milliseconds for _, milliseconds in frames] == TIMES
    assert all(frame.size == (40, 30) for frame, _ in frames)
    assert all(
        near(frame.getpixel((20, 15)), (*color, 255), 12) for (frame, _), color in zip(frames, COLORS, strict=True)
    )


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
@pytest.mark.parametrize("format", [OutputFormat.SAME, OutputFormat.WEBP])
def test_moving_pictures_may_be_clear(studio: Studio, name: str, format: OutputFormat) -> None:
    frames = frames_of(studio.draw(moving(studio, name, alpha=True), sized(40), format=format))

    assert len(frames) == 4
    for index, ((frame, _), color) in enumerate(zip(frames, COLORS, strict=True)):
        center = (round((index * 15 + 15) / 2), 12)
        assert near(frame.getpixel(center), (*color, 255), 12)
        assert frame.getpixel((39, 29)) == (0, 0, 0, 0) or frame.getpixel((39, 29))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("format", [OutputFormat.JPEG, OutputFormat.PNG, OutputFormat.AVIF])
@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
def test_a_still_format_shows_the_first_frame(studio: Studio, name: str, format: OutputFormat) -> None:
    frames = frames_of(studio.draw(moving(studio, name), sized(40), format=format))

    assert len(frames) == 1
    assert near(frames[0][0].getpixel((20, 15)), (255, 0, 0, 255), 6)


@pytest.mark.parametrize(("loop", "gif", "webp"), [(0, 0, 0), (None, None, 1), (1, 1, 2), (5, 5, 6)])
def test_it_is_shown_as_often_as_before(studio: Studio, loop: int | None, gif: int | None, webp: int) -> None:
    """A GIF counts repetitions, and is shown once if it counts none; a WebP counts how often it is shown."""
    first, *others = flags()
    options: dict[str, Any] = {} if loop is None else {"loop": loop}
    path = studio.file(first, "a.gif", save_all=True, append_images=others, duration=100, **options)

    assert opened(studio.draw(path, sized(40), format=OutputFormat.SAME)).info.get("loop") == gif
    assert opened(studio.draw(path, sized(40), format=OutputFormat.WEBP)).info.get("loop") == webp


@pytest.mark.parametrize("loop", [0, 1, 7])
def test_a_webp_is_shown_as_often_as_before(studio: Studio, loop: int) -> None:
    path = moving(studio, "a.webp", loop=loop)

    assert opened(studio.draw(path, sized(40), format=OutputFormat.SAME)).info.get("loop") == loop
    assert plays(Format.WEBP, loop) == loop


def test_every_frame_takes_every_step(studio: Studio) -> None:
    padded = Step(frame=Frame(Length(40), Length(40), crop=Crop.PAD_RESIZE), background=Color(255, 0, 255))

    frames = frames_of(studio.draw(moving(studio, "a.gif"), padded, Step(rotation=90.0), format=OutputFormat.SAME))

    assert all(near(frame.getpixel((1, 20)), (255, 0, 255, 255), 8) for frame, _ in frames)
    assert all(
        near(frame.getpixel((20, 20)), (*color, 255), 8) for (frame, _), color in zip(frames, COLORS, strict=True)
    )


def test_identical_frames_keep_the_time_that_they_take(studio: Studio) -> None:
    same = [Image.new("RGB", (40, 30), (200, 100, 0)) for _ in range(3)] + [Image.new("RGB", (40, 30))]
    path = studio.file(same[0], "a.webp", save_all=True, append_images=same[1:], duration=100, loop=0, kmin=0, kmax=0)

    for wanted in (OutputFormat.WEBP, OutputFormat.SAME):
        assert sum(milliseconds for _, milliseconds in frames_of(studio.draw(path, format=wanted))) == 400


def test_a_gif_of_one_frame_is_a_still_picture(studio: Studio) -> None:
    path = studio.file(Image.new("RGB", (80, 60), "red"), "a.gif")

    assert studio.draw(path, sized(40), format=OutputFormat.AUTO).format is Format.PNG
    still = studio.draw(path, sized(40), format=OutputFormat.GIF)
    assert still.format is Format.GIF
    assert len(frames_of(still)) == 1


def test_colours_of_an_untouched_gif_stay_exact(studio: Studio) -> None:
    frames = frames_of(studio.draw(moving(studio, "a.gif", alpha=True), format=OutputFormat.SAME))
    before = [frame.convert("RGBa") for frame in flags(alpha=True)]

    assert [frame.convert("RGBa").tobytes() for frame, _ in frames] == [frame.tobytes() for frame in before]


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
@pytest.mark.parametrize("before", [[], [sized(160)]], ids=["at-once", "enlarged"])
def test_a_trim_keeps_what_moves(studio: Studio, name: str, before: list[Step]) -> None:
    rendition = studio.draw(moving(studio, name, alpha=True), *before, Step(trim=40), format=OutputFormat.SAME)
    frames = frames_of(rendition)
    by = 2 if before else 1

    assert [milliseconds for _, milliseconds in frames] == TIMES
    assert near((rendition.width, rendition.height), (76 * by, 31 * by), 2)
    for index, ((frame, _), color) in enumerate(zip(frames, COLORS, strict=True)):
        assert near(frame.getpixel(((index * 15 + 15) * by, 15 * by)), (*color, 255), 12)


@pytest.mark.parametrize(
    ("words", "size"),
    [
        ("if-w_gt_10,t-40,if-end", (76, 31)),
        ("if-w_gt_100,bl-3,if-else,t-40,f-gif,if-end", (76, 31)),
        ("if-w_gt_10,t-40,f-png,if-end", (31, 31)),
    ],
)
def test_a_branch_that_trims_keeps_what_moves(studio: Studio, words: str, size: tuple[int, int]) -> None:
    """Unless it makes the picture a still one."""
    rendition = studio.draw(moving(studio, "a.gif", alpha=True), *read_plan(words).plan.steps, format=OutputFormat.SAME)

    assert near((rendition.width, rendition.height), size, 2)


def test_an_even_frame_does_not_keep_the_edges_of_the_others(studio: Studio) -> None:
    blank, marked = Image.new("RGB", (40, 30), "white"), Image.new("RGB", (40, 30), "white")
    marked.paste("black", (10, 5, 20, 25))
    path = studio.file(blank, "a.gif", save_all=True, append_images=[marked], duration=100)
    even = studio.file(blank, "b.gif", save_all=True, append_images=[Image.new("RGB", (40, 30), "red")], duration=100)

    trimmed = studio.draw(path, Step(trim=10), format=OutputFormat.SAME)
    whole = studio.draw(even, Step(trim=10), format=OutputFormat.SAME)

    assert (trimmed.width, trimmed.height) == (10, 20)
    assert (whole.width, whole.height) == (40, 30)


@pytest.mark.parametrize("alpha", [False, True])
def test_a_faint_gif_does_not_vanish(studio: Studio, alpha: bool) -> None:
    frames = frames_of(studio.draw(moving(studio, "a.gif", alpha), Step(opacity=30), format=OutputFormat.SAME))

    assert len(frames) == 4
    assert all(
        near(frame.getpixel((index * 15 + 15, 25)), (*color, 255))
        for index, ((frame, _), color) in enumerate(zip(frames, COLORS, strict=True))
    )


def test_an_invisible_gif_is_invisible(studio: Studio) -> None:
    [(frame, _)] = frames_of(studio.draw(moving(studio, "a.gif"), Step(opacity=0), format=OutputFormat.SAME))

    assert frame.getchannel("A").getextrema() == (0, 0)


def test_frames_cost_their_pixels(studio: Studio) -> None:
    path = moving(studio, "a.gif")
    pixels = 4 * 80 * 60

    assert studio.draw(path, format=OutputFormat.SAME, limits=Limits(pixels, 8192)).width == 80
    with pytest.raises(SourceTooLarge, match="4 frames"):
        studio.draw(path, format=OutputFormat.SAME, limits=Limits(pixels - 1, 8192))
    with pytest.raises(LimitExceeded, match="4 frames"):
        studio.draw(path, sized(81), format=OutputFormat.SAME, limits=Limits(pixels, 8192))
    assert studio.draw(path, sized(81), format=OutputFormat.PNG, limits=Limits(pixels, 8192)).width == 81


def test_there_may_not_be_frames_without_end(studio: Studio) -> None:
    dots = [Image.new("1", (1, 1), number % 2) for number in range(2001)]
    path = studio.file(dots[0], "a.gif", save_all=True, append_images=dots[1:], duration=10)

    with pytest.raises(SourceTooLarge):
        studio.draw(path, format=OutputFormat.SAME)


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95])
def test_an_animation_that_was_cut_is_refused(studio: Studio, name: str, share: float) -> None:
    frames = [photograph("coffee.png").convert("RGB").resize((90, 60)).rotate(9 * turn) for turn in range(5)]
    whole = studio.file(frames[0], name, save_all=True, append_images=frames[1:], duration=100).read_bytes()
    path = studio.bytes(whole[: int(len(whole) * share)], name)

    with pytest.raises(Undecodable):
        studio.draw(path, sized(40), format=OutputFormat.SAME)


def test_an_animation_is_not_turned_into_avif(studio: Studio) -> None:
    rendition = studio.draw(moving(studio, "a.gif"), sized(40), accepts=MODERN, format=OutputFormat.AUTO)

    assert rendition.format is Format.WEBP
    assert rendition.negotiated


def test_photographs_in_a_gif_stay_recognisable(studio: Studio) -> None:
    picture = photograph("coffee.png").convert("RGB").resize((300, 200))
    path = studio.file(picture, "a.gif", save_all=True, append_images=[picture.transpose(Image.Transpose.ROTATE_180)])

    frame, _ = frames_of(studio.draw(path, sized(150), format=OutputFormat.SAME))[0]

    assert difference(frame, picture.resize((150, 100), Image.Resampling.LANCZOS)) < 0.03
