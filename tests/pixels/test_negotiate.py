import pytest

from proxy.errors import LimitExceeded
from proxy.formats import Format
from proxy.pixels.geometry import Size
from proxy.pixels.negotiate import Candidate, Choice, choose, keeps_moving
from proxy.plan.output import Output, OutputFormat
from tests.pixels.pictures import MODERN

WEBP = frozenset({Format.WEBP})
NONE: frozenset[Format] = frozenset()
SMALL, LONG = Size(90, 54), Size(16384, 100)
AUTO = Output(OutputFormat.AUTO)


def candidate(source: Format, size: Size = SMALL, transparent: bool = False, moving: bool = False) -> Candidate:
    return Candidate(source, size, transparent, moving)


@pytest.mark.parametrize("wanted", [OutputFormat.JPEG, OutputFormat.PNG, OutputFormat.WEBP, OutputFormat.AVIF])
@pytest.mark.parametrize("accepts", [NONE, WEBP, MODERN])
@pytest.mark.parametrize("moving", [True, False])
def test_an_explicit_format_is_obeyed(wanted: OutputFormat, accepts: frozenset[Format], moving: bool) -> None:
    choice = choose(Output(wanted), candidate(Format.GIF, moving=moving), accepts)

    assert choice == Choice(Format(wanted.value), negotiated=False)


@pytest.mark.parametrize(
    ("source", "transparent", "accepts", "expected"),
    [
        (Format.JPEG, False, MODERN, Format.AVIF),
        (Format.JPEG, False, WEBP, Format.WEBP),
        (Format.JPEG, False, NONE, Format.JPEG),
        (Format.JPEG, True, NONE, Format.PNG),
        (Format.PNG, True, NONE, Format.PNG),
        (Format.PNG, False, NONE, Format.JPEG),
        (Format.PNG, True, WEBP, Format.WEBP),
        (Format.WEBP, False, NONE, Format.JPEG),
        (Format.WEBP, True, NONE, Format.PNG),
        (Format.AVIF, True, NONE, Format.PNG),
        (Format.GIF, False, NONE, Format.PNG),
        (Format.TIFF, False, NONE, Format.JPEG),
        (Format.BMP, False, WEBP, Format.WEBP),
        (Format.HEIC, False, MODERN, Format.WEBP),
        (Format.HEIC, False, frozenset({Format.AVIF}), Format.JPEG),
    ],
)
def test_automatic_formats(source: Format, transparent: bool, accepts: frozenset[Format], expected: Format) -> None:
    assert choose(AUTO, candidate(source, transparent=transparent), accepts) == Choice(expected, negotiated=True)
    assert choose(Output(), candidate(source, transparent=transparent), accepts) == Choice(expected, negotiated=True)


@pytest.mark.parametrize("output", [Output(keep_profile=True), Output(keep_metadata=True)])
def test_a_kept_profile_rules_out_automatic_avif(output: Output) -> None:
    assert choose(output, candidate(Format.JPEG), MODERN).format is Format.WEBP
    assert choose(Output(OutputFormat.AVIF, keep_profile=True), candidate(Format.JPEG), NONE).format is Format.AVIF


@pytest.mark.parametrize(
    ("source", "transparent", "expected"),
    [
        (Format.JPEG, False, Format.JPEG),
        (Format.PNG, False, Format.PNG),
        (Format.WEBP, False, Format.WEBP),
        (Format.AVIF, False, Format.AVIF),
        (Format.GIF, False, Format.GIF),
        (Format.TIFF, False, Format.JPEG),
        (Format.TIFF, True, Format.PNG),
        (Format.HEIC, False, Format.JPEG),
        (Format.BMP, False, Format.JPEG),
        (Format.ICO, True, Format.PNG),
    ],
)
def test_the_format_of_the_source_is_kept_where_it_can_be_written(
    source: Format, transparent: bool, expected: Format
) -> None:
    choice = choose(Output(OutputFormat.SAME), candidate(source, transparent=transparent), MODERN)

    assert choice == Choice(expected, negotiated=False)


def test_gif_is_for_gifs() -> None:
    wanted = Output(OutputFormat.GIF)

    assert choose(wanted, candidate(Format.GIF), MODERN) == Choice(Format.GIF, negotiated=False)
    assert choose(wanted, candidate(Format.JPEG), WEBP) == Choice(Format.WEBP, negotiated=True)
    assert choose(wanted, candidate(Format.PNG, transparent=True), NONE) == Choice(Format.PNG, negotiated=True)


def test_svg_is_not_made_of_pixels() -> None:
    assert choose(Output(OutputFormat.SVG), candidate(Format.JPEG), WEBP) == Choice(Format.WEBP, negotiated=True)


def test_a_side_that_webp_cannot_hold() -> None:
    assert choose(AUTO, candidate(Format.JPEG, LONG), WEBP).format is Format.JPEG
    assert choose(AUTO, candidate(Format.JPEG, LONG), MODERN).format is Format.AVIF
    assert choose(Output(OutputFormat.SAME), candidate(Format.WEBP, LONG), WEBP).format is Format.JPEG
    with pytest.raises(LimitExceeded, match="16383"):
        choose(Output(OutputFormat.WEBP), candidate(Format.JPEG, LONG), NONE)


def test_a_side_that_only_png_can_hold() -> None:
    longer = candidate(Format.JPEG, Size(65536, 10))

    assert choose(AUTO, longer, MODERN).format is Format.PNG
    assert choose(Output(OutputFormat.SAME), longer, NONE).format is Format.PNG
    with pytest.raises(LimitExceeded, match="65535"):
        choose(Output(OutputFormat.JPEG), longer, NONE)


@pytest.mark.parametrize(
    ("source", "wanted", "accepts", "expected", "moves"),
    [
        (Format.GIF, OutputFormat.AUTO, NONE, Format.GIF, True),
        (Format.GIF, OutputFormat.AUTO, MODERN, Format.WEBP, True),
        (Format.GIF, OutputFormat.SAME, MODERN, Format.GIF, True),
        (Format.GIF, OutputFormat.GIF, MODERN, Format.GIF, True),
        (Format.GIF, OutputFormat.WEBP, NONE, Format.WEBP, True),
        (Format.GIF, OutputFormat.AVIF, NONE, Format.AVIF, False),
        (Format.GIF, OutputFormat.PNG, NONE, Format.PNG, False),
        (Format.WEBP, OutputFormat.AUTO, NONE, Format.WEBP, True),
        (Format.WEBP, OutputFormat.AUTO, MODERN, Format.WEBP, True),
        (Format.WEBP, OutputFormat.JPEG, MODERN, Format.JPEG, False),
    ],
)
def test_moving_pictures_keep_moving(
    source: Format, wanted: OutputFormat, accepts: frozenset[Format], expected: Format, moves: bool
) -> None:
    picture = candidate(source, moving=True)

    assert choose(Output(wanted), picture, accepts).format is expected
    assert keeps_moving(Output(wanted), picture, accepts) == moves
    assert not keeps_moving(Output(wanted), candidate(source), accepts)


def test_a_wish_for_no_loss_is_no_jpeg_unless_there_was_loss_before() -> None:
    lossless = Output(OutputFormat.AUTO, lossless=True)

    assert choose(lossless, candidate(Format.PNG), NONE).format is Format.PNG
    assert choose(lossless, candidate(Format.JPEG), NONE).format is Format.JPEG
    assert choose(lossless, candidate(Format.JPEG), MODERN).format is Format.WEBP


@pytest.mark.parametrize(("most", "expected"), [(200 * 100, Format.AVIF), (200 * 100 - 1, Format.WEBP)])
def test_a_picture_above_the_cap_is_avif_only_if_it_is_named(most: int, expected: Format) -> None:
    picture = candidate(Format.JPEG, Size(200, 100))

    assert choose(AUTO, picture, MODERN, most) == Choice(expected, negotiated=True)
    assert choose(Output(OutputFormat.AVIF), picture, NONE, most).format is Format.AVIF
