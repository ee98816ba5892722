import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms

from proxy.pixels.colour import conversion, plain, to_srgb, uses_alpha
from proxy.plan.frame import Crop, Frame
from proxy.plan.output import OutputFormat
from proxy.plan.steps import Step
from proxy.plan.values import Color, Length
from tests.pixels.pictures import Studio, near, opened, photograph, sized
from tests.pixels.profiles import display_p3, grey, lab_in_srgb, p3_in_srgb, press

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
CYAN = (60, -40, -30)


@pytest.mark.parametrize("color", [(200, 100, 50), (30, 160, 90), (128, 128, 128), (250, 240, 20)])
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.avif", "a.tiff"])
def test_a_wide_gamut_picture_keeps_its_colours(studio: Studio, name: str, color: tuple[int, int, int]) -> None:
    options: dict[str, Any] = {"quality": 100} if name[2:] in {"jpg", "avif"} else {}
    options |= {"lossless": True} if name == "a.webp" else {}
    path = studio.file(Image.new("RGB", (60, 40), color), name, icc_profile=display_p3(), **options)

    image = studio.picture(path, sized(30))

    assert near(image.getpixel((10, 10)), p3_in_srgb(color), 3)
    assert "icc_profile" not in image.info


def test_a_wide_gamut_picture_keeps_its_transparency(studio: Studio) -> None:
    path = studio.file(Image.new("RGBA", (60, 40), (200, 100, 50, 128)), "a.png", icc_profile=display_p3())

    assert near(studio.picture(path, sized(30)).getpixel((10, 10)), (*p3_in_srgb((200, 100, 50)), 128), 3)


def test_a_profile_that_is_srgb_costs_nothing() -> None:
    assert conversion(SRGB, "RGB") is None


def test_a_grey_profile_is_applied(studio: Studio) -> None:
    path = studio.file(Image.new("L", (60, 40), 128), "a.png", icc_profile=grey(1.0))

    assert near(studio.picture(path, sized(30)).convert("RGB").getpixel((5, 5)), (188, 188, 188))


def test_grey_with_alpha_keeps_it_under_a_profile(studio: Studio) -> None:
    path = studio.file(Image.new("LA", (60, 40), (128, 77)), "a.png", icc_profile=grey(1.0))

    assert near(studio.picture(path, sized(30)).convert("RGBA").getpixel((5, 5)), (188, 188, 188, 77))


@pytest.mark.parametrize(
    "damaged",
    [b"", b"no profile", display_p3().replace(b"RGB ", b"RG\xff "), display_p3()[:200], display_p3()[:40] + bytes(600)],
)
def test_a_broken_profile_is_ignored(studio: Studio, damaged: bytes) -> None:
    path = studio.file(Image.new("RGB", (60, 40), (200, 100, 50)), "a.png", icc_profile=damaged)

    assert studio.picture(path, sized(30)).getpixel((5, 5)) == (200, 100, 50)


def test_a_profile_for_another_kind_of_picture_is_ignored() -> None:
    image = Image.new("RGB", (4, 4), (200, 100, 50))

    assert to_srgb(image, grey(1.0)).getpixel((1, 1)) == (200, 100, 50)
    assert to_srgb(image, press(CYAN)).getpixel((1, 1)) == (200, 100, 50)


@pytest.mark.parametrize(
    ("ink", "expected"),
    [
        ((0, 0, 0, 0), (255, 255, 255)),
        ((255, 0, 0, 0), (0, 255, 255)),
        ((0, 255, 255, 0), (255, 0, 0)),
        ((0, 0, 0, 255), (0, 0, 0)),
    ],
)
@pytest.mark.parametrize("name", ["a.jpg", "a.tiff"])
def test_cmyk_without_a_profile_is_no_negative(
    studio: Studio, name: str, ink: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    path = studio.file(Image.new("CMYK", (64, 48), ink), name, **({"quality": 100} if name == "a.jpg" else {}))

    assert near(studio.picture(path, sized(32)).getpixel((9, 9)), expected, 4)


def test_cmyk_with_a_profile_is_what_that_press_prints(studio: Studio) -> None:
    path = studio.file(Image.new("CMYK", (64, 48), (255, 0, 0, 0)), "a.jpg", quality=100, icc_profile=press(CYAN))

    assert near(studio.picture(path, sized(32)).getpixel((9, 9)), lab_in_srgb(CYAN), 6)


def test_cmyk_is_shrunk_by_its_decoder_too(studio: Studio) -> None:
    path = studio.file(photograph("coffee.png").convert("CMYK"), "a.jpg", quality=95)

    small = studio.picture(path, sized(60))

    assert near(small.resize((1, 1)).getpixel((0, 0)), photograph("coffee.png").resize((1, 1)).getpixel((0, 0)), 4)


def test_lab_comes_out_in_its_colours(studio: Studio) -> None:
    image = Image.merge("LAB", [Image.new("L", (40, 30), value) for value in (138, 209, 198)])

    assert near(studio.picture(studio.file(image, "a.tiff"), sized(20)).getpixel((5, 5)), (255, 0, 0), 6)


@pytest.mark.parametrize("mode", ["I;16", "I", "I;16B"])
@pytest.mark.parametrize("level", [0, 7000, 32768, 51400, 65535])
def test_sixteen_bits_are_scaled_and_not_clipped(studio: Studio, mode: str, level: int) -> None:
    path = studio.file(Image.new(mode, (40, 30), level), "a.png" if mode == "I;16" else "a.tiff")

    assert studio.picture(path, sized(20)).convert("L").getpixel((5, 5)) == round(level / 257)


def test_floating_point_has_its_white_at_one(studio: Studio) -> None:
    path = studio.file(Image.new("F", (40, 30), 0.5), "a.tiff")

    assert studio.picture(path, sized(20)).convert("L").getpixel((5, 5)) == 128


def test_floating_point_beyond_one_has_its_white_at_its_brightest() -> None:
    image = Image.new("F", (2, 1), 50.0)
    image.putpixel((1, 0), 200.0)

    assert [plain(image).getpixel((x, 0)) for x in range(2)] == [64, 255]


def test_thirty_two_bits_are_scaled_as_a_whole() -> None:
    image = Image.new("I", (2, 1), 1_000_000)
    image.putpixel((1, 0), 2_000_000)

    assert [plain(image).getpixel((x, 0)) for x in range(2)] == [128, 255]


def test_a_palette_is_averaged_in_colour_and_not_by_number(studio: Studio) -> None:
    image = Image.new("P", (80, 40), 0)
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    image.paste(2, (40, 0, 80, 40))

    seam = studio.picture(studio.file(image, "a.png"), sized(5)).convert("RGB").getpixel((2, 1))

    assert isinstance(seam, tuple)
    assert seam[1] < 5
    assert seam[0] > 60 < seam[2]


def test_a_palette_may_be_transparent(studio: Studio) -> None:
    image = Image.new("P", (40, 30), 1)
    image.putpalette([255, 0, 0, 0, 255, 0])
    path = studio.file(image, "a.png", transparency=bytes([255, 100]))

    assert near(studio.picture(path, sized(20)).convert("RGBA").getpixel((5, 5)), (0, 255, 0, 100))


@pytest.mark.parametrize(
    ("mode", "color", "transparent"),
    [("RGB", (10, 20, 30), (10, 20, 30)), ("L", 7, 7), ("1", 1, 255), ("I;16", 6939, 6939)],
)
def test_the_one_transparent_colour_of_a_png(studio: Studio, mode: str, color: Any, transparent: Any) -> None:
    image = Image.new(mode, (40, 30), 0)
    image.paste(color, (0, 0, 20, 30))
    drawn = studio.picture(studio.file(image, "a.png", transparency=transparent), sized(40)).convert("RGBA")

    assert drawn.getpixel((5, 5))[3] == 0  # type: ignore[index]
    assert drawn.getpixel((35, 5)) == (0, 0, 0, 255)


def test_the_transparent_colour_of_a_png_of_48_bits(studio: Studio) -> None:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    color = struct.pack(">HHH", 1000, 2000, 3000)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0)) + chunk(b"tRNS", color)
    rows = chunk(b"IDAT", zlib.compress(b"\x00" + color + struct.pack(">HHH", 60000, 2000, 3000))) + chunk(b"IEND", b"")
    drawn = studio.picture(studio.bytes(b"\x89PNG\r\n\x1a\n" + header + rows, "a.png")).convert("RGBA")

    assert [drawn.getpixel((x, 0)) for x in range(2)] == [(3, 7, 11, 0), (234, 7, 11, 255)]


def test_one_bit_becomes_grey_when_shrunk(studio: Studio) -> None:
    image = Image.new("1", (80, 40))
    image.paste(1, (40, 0, 80, 40))

    drawn = studio.picture(studio.file(image, "a.png"), sized(5))

    assert drawn.mode == "L"
    assert 90 < float(drawn.getpixel((2, 1)) or 0) < 165  # type: ignore[arg-type]


def test_clear_pixels_leave_no_fringe(studio: Studio) -> None:
    """What is clear has a colour nobody sees, here green, and it must not bleed into the red."""
    image = Image.new("RGBA", (200, 200), (0, 255, 0, 0))
    image.paste((255, 0, 0, 255), (50, 50, 150, 150))

    drawn = studio.picture(studio.file(image, "a.png"), sized(33))

    seen = [color for _, color in drawn.getcolors(10_000) or [] if isinstance(color, tuple) and color[3] > 8]
    assert len(seen) > 2
    assert all(color[1] <= 4 and color[0] >= 250 for color in seen)


def test_what_is_opaque_has_no_bright_rim(studio: Studio) -> None:
    image = Image.new("RGBA", (200, 200))
    image.paste((180, 90, 40, 255), (50, 50, 150, 150))

    for width in (33, 70, 333):
        drawn = studio.picture(studio.file(image, "a.png"), sized(width))
        brightest = max(
            color[0] for _, color in drawn.getcolors(100_000) or [] if isinstance(color, tuple) and color[3] > 250
        )
        assert brightest <= 181


@pytest.mark.parametrize(("mode", "color"), [("RGBA", (9, 9, 9, 255)), ("LA", (9, 255))])
def test_opaque_alpha_is_dropped(mode: str, color: tuple[int, ...]) -> None:
    assert plain(Image.new(mode, (4, 4), color)).mode == mode[:-1]


def test_alpha_is_used_if_one_pixel_is() -> None:
    image = Image.new("RGBA", (50, 50), (0, 0, 0, 255))
    assert not uses_alpha(image)

    image.putpixel((7, 7), (0, 0, 0, 254))
    assert uses_alpha(image)


def test_a_kept_profile_keeps_the_pixels(studio: Studio) -> None:
    path = studio.file(Image.new("RGB", (60, 40), (200, 100, 50)), "a.png", icc_profile=display_p3())

    image = studio.picture(path, sized(30), keep_profile=True)

    assert image.getpixel((5, 5)) == (200, 100, 50)
    assert image.info["icc_profile"] == display_p3()


def test_a_kept_profile_of_a_press_stays_in_a_jpeg_only(studio: Studio) -> None:
    path = studio.file(Image.new("CMYK", (64, 48), (255, 0, 0, 0)), "a.jpg", quality=100, icc_profile=press(CYAN))

    jpeg = studio.picture(path, sized(32), keep_profile=True, format=OutputFormat.JPEG)
    png = studio.picture(path, sized(32), keep_profile=True)

    assert jpeg.mode == "CMYK"
    assert jpeg.info["icc_profile"] == press(CYAN)
    assert "icc_profile" not in png.info
    assert near(png.getpixel((9, 9)), lab_in_srgb(CYAN), 6)


def test_padding_has_its_colour_in_the_space_of_a_kept_profile(studio: Studio) -> None:
    path = studio.file(Image.new("RGB", (60, 40), (200, 100, 50)), "a.png", icc_profile=display_p3())
    padded = Step(frame=Frame(Length(60), Length(60), crop=Crop.PAD_RESIZE), background=Color(180, 110, 60))

    image = studio.picture(path, padded, keep_profile=True)
    corner = image.getpixel((3, 3))

    assert isinstance(corner, tuple)
    assert corner != (180, 110, 60)
    assert near(p3_in_srgb((int(corner[0]), int(corner[1]), int(corner[2]))), (180, 110, 60), 3)


def test_a_grey_picture_stays_grey(studio: Studio) -> None:
    path = studio.file(photograph("coffee.png").convert("L"), "a.jpg")

    assert opened(studio.draw(path, sized(60), format=OutputFormat.JPEG)).mode == "L"


def test_ramps_are_monotonous_after_conversion() -> None:
    ramp = Image.linear_gradient("L").rotate(90).convert("RGB")

    drawn = to_srgb(ramp, display_p3())
    row = [drawn.getpixel((x, 0)) for x in range(256)]

    assert row == sorted(row, key=lambda pixel: pixel[0])  # type: ignore[index]
    assert BytesIO(drawn.tobytes()).getbuffer().nbytes == 256 * 256 * 3
