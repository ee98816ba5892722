"""The photographs as they are, and versions of them as print shops and telephones would upload them."""

import io
from functools import cache
from importlib.resources import files

from PIL import ExifTags, Image, ImageChops, ImageMath

STORED_ON_ITS_SIDE = 6  # "turn me a quarter clockwise"


@cache
def photograph(name: str) -> bytes:
    return files("proxy.demo").joinpath("samples", name).read_bytes()


def opened(name: str) -> Image.Image:
    return Image.open(io.BytesIO(photograph(name))).convert("RGB")


def for_print(name: str) -> bytes:
    """A CMYK JPEG with a black plate, and with Adobe's marker, which says that its numbers are inverted."""
    out = io.BytesIO()
    separated(opened(name)).save(out, "JPEG", quality=88)
    return out.getvalue()


def separated(picture: Image.Image) -> Image.Image:
    """Half of what the three inks share goes to black; putting the plates together gives the photograph again."""
    inks = ImageChops.invert(picture).split()
    shared = ImageChops.darker(ImageChops.darker(inks[0], inks[1]), inks[2])
    black = shared.point([value // 2 for value in range(256)])
    return Image.merge("CMYK", [*(without_black(ink, black) for ink in inks), black])


def without_black(ink: Image.Image, black: Image.Image) -> Image.Image:
    plate = ImageMath.lambda_eval(
        lambda plates: plates["convert"]((plates["ink"] - plates["black"]) * 255 / (255 - plates["black"]), "L"),
        ink=ink,
        black=black,
    )
    assert isinstance(plate, Image.Image)
    return plate


def from_telephone(name: str) -> bytes:
    """A JPEG that lies on its side, says so in its EXIF data, and tells there too where it was taken."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Demo"
    exif[ExifTags.Base.Orientation] = STORED_ON_ITS_SIDE
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(greenwich())
    out = io.BytesIO()
    opened(name).transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


def greenwich() -> dict[int, object]:
    return {
        ExifTags.GPS.GPSLatitudeRef: "N",
        ExifTags.GPS.GPSLatitude: (51.0, 28.0, 40.0),
        ExifTags.GPS.GPSLongitudeRef: "W",
        ExifTags.GPS.GPSLongitude: (0.0, 0.0, 5.0),
    }
