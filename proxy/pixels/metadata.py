"""What a file says about itself beside its pixels: dropped, unless the URL asks to keep it."""

import re
from dataclasses import dataclass

from PIL import Image

ORIENTATION = 0x0112
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT, INCH = 0x011A, 0x011B, 0x0128, 2
MAX_SEGMENT = 65_000  # of a JPEG, less a margin; what does not fit is left out rather than cut
XMP_TAGS = ("xmp", "XML:com.adobe.xmp")
XMP_ORIENTATION = re.compile(rb"(tiff:Orientation(?:=[\"']|>))[2-8]")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Ready to be written; empty bytes: nothing."""

    exif: bytes = b""
    xmp: bytes = b""


NOTHING = Metadata()


def read_metadata(image: Image.Image, turned: bool) -> Metadata:
    """EXIF and XMP of an opened file; a picture that has been turned upright no longer says that it lies."""
    return Metadata(read_exif(image, turned), read_xmp(image, turned))


def read_exif(image: Image.Image, turned: bool) -> bytes:
    try:
        exif = image.getexif()
        if turned and ORIENTATION in exif:
            exif[ORIENTATION] = 1
        packed = exif.tobytes() if len(exif) else b""
    except Exception:  # a damaged block is no reason to refuse the picture
        return b""
    return packed if len(packed) <= MAX_SEGMENT else b""


def with_density(packed: bytes, dots: int) -> bytes:
    """EXIF has a word on it, too, and many programs believe that one."""
    if not packed:
        return packed
    exif = Image.Exif()
    exif.load(packed)
    exif.update({X_RESOLUTION: float(dots), Y_RESOLUTION: float(dots), RESOLUTION_UNIT: INCH})
    return exif.tobytes()


def read_xmp(image: Image.Image, turned: bool) -> bytes:
    for tag in XMP_TAGS:
        found = image.info.get(tag)
        packed = found.encode() if isinstance(found, str) else found
        if isinstance(packed, bytes) and len(packed) <= MAX_SEGMENT:
            return XMP_ORIENTATION.sub(rb"\g<1>1", packed) if turned else packed
    return b""
