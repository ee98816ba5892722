"""Whatever a file holds, as 8-bit sRGB: L, LA, RGB or RGBA.

`plain` comes before the picture is shrunk, for modes that cannot be resized as they are; `to_srgb` after it, since a
profile is a matter of single pixels and there are fewer of them then.
"""

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageCms

from proxy.plan.values import Color

SRGB = ImageCms.createProfile("sRGB")
LAB = ImageCms.createProfile("LAB")
# Black of the source becomes black here, and colours that fit stay what they are, as in Photoshop's own default.
INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION

PLAIN = {"L", "LA", "RGB", "RGBA", "CMYK"}
PALE = {"1", "L", "I", "F", "I;16", "I;16B", "I;16L", "I;16N"}
SPACES = {"GRAY": {"L"}, "RGB": {"L", "RGB"}, "CMYK": {"CMYK"}}
SIXTEEN_TO_EIGHT = [(value + 128) // 257 for value in range(65536)]

Convert = Callable[[Image.Image], Image.Image]


def plain(image: Image.Image) -> Image.Image:
    """The same picture in a mode that can be resized: L, LA, RGB, RGBA or CMYK. Opaque alpha is dropped."""
    if image.mode in PLAIN and "transparency" not in image.info:
        return without_opaque_alpha(image)
    if image.mode in {"I;16", "I;16B", "I;16L", "I;16N", "I"}:
        return grey_from_integers(image)
    if image.mode == "F":
        return grey_from_floats(image)
    if image.mode == "LAB":
        return applied(image, lab_transform())
    if image.mode == "La":
        return image.convert("LA")
    return without_opaque_alpha(with_transparent_color(image))


def with_transparent_color(image: Image.Image) -> Image.Image:
    """Palettes, single bits and the one colour that PNG may call transparent."""
    named = image.info.get("transparency")
    if image.mode == "RGB" and named is not None and max(named) > 255:
        image.info["transparency"] = tuple(channel >> 8 for channel in named)  # 16 bits a channel, read as 8
    pale = image.mode in PALE
    if image.mode == "1":
        image = image.convert("L")
    if image.has_transparency_data:
        return image.convert("LA" if pale else "RGBA")
    return image.convert("L" if pale else "RGB")


def grey_from_integers(image: Image.Image) -> Image.Image:
    """16 bits scaled, not clipped; 32 bits (TIFF) likewise when more than 16 are used."""
    wide = image.convert("I")
    _, highest = extrema(wide)
    if highest > 65535:
        return grey_from_floats(wide.convert("F"))
    grey = wide.point(SIXTEEN_TO_EIGHT, "L")
    named = image.info.get("transparency")
    if isinstance(named, int):
        grey.putalpha(wide.point([0 if value == named else 255 for value in range(65536)], "L"))
    return grey


def grey_from_floats(image: Image.Image) -> Image.Image:
    """White is 1.0 by custom; a picture that goes beyond says with its brightest pixel what its white is."""
    _, highest = extrema(image)
    white = highest if highest > 1 else 1.0
    by = 255 / white
    return image.point(lambda value: value * by + 0.5).convert("L")


def extrema(image: Image.Image) -> tuple[float, float]:
    low, high = image.getextrema()
    assert not isinstance(low, tuple)
    assert not isinstance(high, tuple)
    return low, high


def uses_alpha(image: Image.Image) -> bool:
    """Whether any pixel is less than opaque."""
    if image.mode not in {"LA", "RGBA"}:
        return False
    lowest, _ = extrema(image.getchannel("A"))
    return lowest < 255


def without_opaque_alpha(image: Image.Image) -> Image.Image:
    if image.mode not in {"LA", "RGBA"} or uses_alpha(image):
        return image
    return image.convert(image.mode[:-1])


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """L, LA, RGB or RGBA in sRGB. A broken profile, or one for another kind of picture, is ignored."""
    convert = conversion(profile, image.mode.rstrip("A")) if profile else None
    if convert is not None:
        return convert(image)
    return image.convert("RGB") if image.mode == "CMYK" else image


@lru_cache(maxsize=16)  # a shop's pictures come out of few cameras and one agency; a CMYK transform weighs megabytes
def conversion(profile: bytes, mode: str) -> Convert | None:
    """How pixels of a mode (L, RGB, CMYK) in a profile become sRGB; None if they already are, or nobody can tell."""
    opened = opened_profile(profile, mode)
    if opened is None:
        return None
    try:
        return grey_conversion(opened) if mode == "L" else color_conversion(opened, mode)
    except ImageCms.PyCMSError:
        return None


def opened_profile(profile: bytes, mode: str) -> ImageCms.ImageCmsProfile | None:
    """None unless the profile can be read and speaks about pictures of that mode."""
    if mode not in SPACES.get(space_of(profile) or "", ()):
        return None
    return ImageCms.ImageCmsProfile(BytesIO(profile))


def space_of(profile: bytes) -> str | None:
    """GRAY, RGB, CMYK, or something that no picture here is in; None if the profile cannot be read."""
    try:
        return ImageCms.ImageCmsProfile(BytesIO(profile)).profile.xcolor_space.strip()
    except Exception:  # strangers wrote it
        return None


def grey_conversion(profile: ImageCms.ImageCmsProfile) -> Convert | None:
    """A table of 256 greys; the transform itself is asked only once."""
    ramp = Image.new("L", (256, 1))
    ramp.putdata(range(256))
    mode = "L" if profile.profile.xcolor_space.strip() == "GRAY" else "RGB"
    transform = ImageCms.buildTransform(profile, SRGB, mode, "RGB", INTENT, FLAGS)
    table = list(applied(ramp.convert(mode), transform).convert("L").tobytes())
    if all(abs(after - before) <= 1 for before, after in enumerate(table)):
        return None
    tables = {"L": table, "LA": table + list(range(256))}
    return lambda image: image.point(tables[image.mode])


def color_conversion(profile: ImageCms.ImageCmsProfile, mode: str) -> Convert | None:
    modes = {"CMYK": ("CMYK",), "RGB": ("RGB", "RGBA")}[mode]
    targets = {"CMYK": "RGB", "RGB": "RGB", "RGBA": "RGBA"}
    transforms = {mode: ImageCms.buildTransform(profile, SRGB, mode, targets[mode], INTENT, FLAGS) for mode in modes}
    if mode == "RGB" and changes_nothing(transforms["RGB"]):
        return None
    return lambda image: applied(image, transforms[image.mode])


def applied(image: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    changed = ImageCms.applyTransform(image, transform)
    assert changed is not None  # None only says that it was done in place
    return changed


def changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Most profiles are sRGB under one name or another: asked with 6 x 6 x 6 colours."""
    levels = range(0, 256, 51)
    colors = [(red, green, blue) for red in levels for green in levels for blue in levels]
    sample = Image.new("RGB", (len(colors), 1))
    sample.putdata(colors)
    after = applied(sample, transform)
    return all(abs(a - b) <= 2 for a, b in zip(sample.tobytes(), after.tobytes(), strict=True))


@lru_cache(maxsize=1)
def lab_transform() -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(LAB, SRGB, "LAB", "RGB", INTENT)


def pixel(color: Color, mode: str, profile: bytes | None) -> tuple[int, ...] | int:
    """The colour as a pixel of a picture in that mode and space. Greys alone have a place in L and LA."""
    if mode in {"L", "LA"}:
        return color.red if mode == "L" else (color.red, color.rgba[3])
    solid = Image.new("RGB", (1, 1), color.rgb)
    opened = opened_profile(profile, mode.rstrip("A")) if profile else None
    if opened is not None:
        solid = applied(solid, ImageCms.buildTransform(SRGB, opened, "RGB", mode.rstrip("A"), INTENT, FLAGS))
    found = tuple(solid.convert(mode.rstrip("A")).tobytes())
    return (*found, color.rgba[3]) if mode == "RGBA" else found


def flatten(image: Image.Image, color: Color) -> Image.Image:
    """Without alpha, laid on a colour (its opacity does not count)."""
    if image.mode not in {"LA", "RGBA"}:
        return image
    base = Image.new("RGB", image.size, color.rgb)
    base.paste(image.convert("RGBA"), mask=image.getchannel("A"))
    grey = image.mode == "LA" and len(set(color.rgb)) == 1
    return base.convert("L") if grey else base
