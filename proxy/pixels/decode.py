"""Opening files of strangers: only in the format that their first bytes claim, within limits, and whole."""

from dataclasses import dataclass
from typing import IO, Any, ClassVar, Self

from PIL import AvifImagePlugin, IcoImagePlugin, Image, TiffImagePlugin, WebPImagePlugin  # noqa: F401 (they register)
from PIL.ImageFile import ImageFile

from proxy.errors import InvalidTransformation, SourceTooLarge
from proxy.formats import Format
from proxy.pixels.colour import plain
from proxy.pixels.decoded import DecodedPicture, Pixels
from proxy.pixels.density import told_density
from proxy.pixels.geometry import Placement, Size, Window
from proxy.pixels.job import Limits
from proxy.pixels.metadata import Metadata, read_metadata
from proxy.pixels.planes import Planes, has_coarse_color
from proxy.pixels.png import hasten, load_pixels
from proxy.pixels.quality import estimated_quality
from proxy.pixels.refusing import at_most, check_pixels, refusing

AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # every core has a worker of its own
Image.preinit()  # the other formats: loaded before workers are forked, not by each of them at its first picture

CODECS = {
    Format.JPEG: "JPEG",
    Format.PNG: "PNG",
    Format.WEBP: "WEBP",
    Format.AVIF: "AVIF",
    Format.GIF: "GIF",
    Format.HEIC: "HEIF",
    Format.TIFF: "TIFF",
    Format.BMP: "BMP",
    Format.ICO: "ICO",
}
MOVING = {Format.GIF, Format.WEBP}  # a sequence of any other format shows its first picture
PAGED = MOVING | {Format.PNG, Format.TIFF}  # unless another is asked for (`pg`)
MAX_FRAMES = 2000
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SHRINK_MARGIN = 2  # never decoded at less than twice what is drawn: it costs visible detail (design, decision 6)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Pixels as stored, perhaps shrunk by the decoder; `window` of them becomes a part of `size`, then is turned."""

    image: Pixels
    window: Window
    size: Size
    orientation: int = 1

    @classmethod
    def ready(cls, image: Image.Image) -> Self:
        """Drawn already as it is wanted."""
        return cls(image, (0.0, 0.0, float(image.width), float(image.height)), Size(*image.size))


@dataclass(frozen=True, slots=True)
class Raster:
    """An opened picture of pixels; `size` is upright if it is to be turned by its EXIF orientation (1-8)."""

    image: ImageFile
    format: Format
    size: Size
    orientation: int
    frames: int
    kept: DecodedPicture | None = None  # pixels that another size of the same file was drawn from

    milliseconds_a_megapixel: ClassVar = 0

    @property
    def held(self) -> Size:
        return self.size

    @property
    def profile(self) -> bytes | None:
        profile = self.image.info.get("icc_profile")
        return profile if isinstance(profile, bytes) and profile else None

    @property
    def quality(self) -> int | None:
        """1-100, of a JPEG; other formats do not tell."""
        return estimated_quality(getattr(self.image, "quantization", {}))

    @property
    def paletted(self) -> bool:
        return self.image.mode == "P"

    @property
    def density(self) -> int:
        return told_density(self.image.info.get("dpi"))

    @property
    def milliseconds(self) -> int:
        """How long the frame that was loaded last is shown."""
        shown: float = self.image.info.get("duration", 0)
        return round(shown)

    @property
    def loop(self) -> int | None:
        """How often an animation is repeated, as its format counts it."""
        loop = self.image.info.get("loop")
        return loop if isinstance(loop, int) else None

    @property
    def metadata(self) -> Metadata:
        with refusing():
            if self.kept is not None and self.format is Format.PNG:
                load_pixels(self.image)  # it may tell behind them
            return read_metadata(self.image, turned=self.orientation > 1)

    def load(self, placement: Placement, frame: int = 0) -> Decoded:
        """One frame, decoded no larger than the placement needs it; raises Undecodable, SourceTooLarge."""
        with refusing():
            if self.frames > 1:
                self.image.seek(frame)
            stored = placement.as_stored(self.orientation)
            shrink, image = self.decoded(placement)
            left, top, right, bottom = (edge / shrink for edge in stored.window)
            return Decoded(image, (left, top, right, bottom), stored.part, self.orientation)

    def decoded(self, placement: Placement) -> tuple[int, Pixels]:
        """By what its sides are divided, and the pixels: those that are kept, or decoded anew and then kept."""
        shrink = self.least_shrink(placement)
        found = self.kept.find(shrink, in_color=self.fitting(placement) < 1) if self.kept else None
        if found is not None:
            return shrink, found
        if self.kept:
            self.kept.make_room(self.size.pixels // shrink**2)
        shrink, image = self.read(placement)
        return shrink, self.kept.keep(shrink, image) if self.kept else image

    def read(self, placement: Placement) -> tuple[int, Pixels]:
        if self.suits_planes(placement):
            shrink = self.least_shrink(placement)
            return shrink, Planes.of(self.image, shrink)
        shrink = self.shrink_on_load(placement)
        if self.format is Format.PNG:
            load_pixels(self.image)
        else:
            self.image.load()
        return shrink, plain(self.image)

    def suits_planes(self, placement: Placement) -> bool:
        return self.format is Format.JPEG and self.fitting(placement) >= 1 and has_coarse_color(self.image)

    def least_shrink(self, placement: Placement) -> int:
        """What `shrink_on_load` will come to."""
        if self.format is not Format.JPEG:
            return 1
        return next((shrink for shrink in (8, 4, 2) if self.fitting(placement) >= shrink), 1)

    def fitting(self, placement: Placement) -> int:
        """How often what is drawn goes into what is stored, at `SHRINK_MARGIN` times its size."""
        width, height = (SHRINK_MARGIN * side for side in placement.as_stored(self.orientation).scaled.pair)
        return min(self.image.width // width, self.image.height // height)

    def shrink_on_load(self, placement: Placement) -> int:
        """Asks a JPEG's decoder for 1/2, 1/4 or 1/8 of its size; returns the divisor that it will use."""
        if self.format is not Format.JPEG:
            return 1
        scaled = placement.as_stored(self.orientation).scaled
        drafted = self.image.draft(None, (SHRINK_MARGIN * scaled.width, SHRINK_MARGIN * scaled.height))
        return round(placement.as_stored(self.orientation).source.width / drafted[1][2]) if drafted else 1


def open_raster(
    file: IO[bytes],
    format: Format,
    limits: Limits,
    orient: bool,
    page: int | None = None,
    *,
    kept: DecodedPicture | None = None,
) -> Raster:
    """Reads the header only, unless a `page` behind the first is asked for: a picture of that one alone. An animation
    is not `kept`.

    Raises Undecodable, SourceTooLarge, InvalidTransformation if there is no such page.
    """
    with refusing(), at_most(limits.max_source_pixels):
        if format is Format.HEIC:
            register_heic()
        image = Image.open(file, formats=[CODECS[format]])
        if format is Format.PNG:
            hasten(image)
        frames = getattr(image, "n_frames", 1) if format in (MOVING if page is None else PAGED) else 1
        if frames > MAX_FRAMES:
            raise SourceTooLarge(f"the picture has {frames} frames, more than {MAX_FRAMES}")
        check_pixels(Size(*image.size), limits)
        if page is not None:
            turn_to(image, page, frames, limits)
        kept = kept if frames == 1 else None
        orientation = orientation_for(image, kept) if orient else 1
        size = Size(*image.size)
        check_pixels(size, limits)
        upright = size.swapped if orientation >= 5 else size
        return Raster(image, format, upright, orientation, frames if page is None else 1, kept)


def orientation_for(image: ImageFile, kept: DecodedPicture | None) -> int:
    return kept.turned(lambda: orientation_of(image)) if kept else orientation_of(image)


def turn_to(image: Image.Image, page: int, pages: int, limits: Limits) -> None:
    """To the page of that number, from 1; those of an animation are drawn one on the other to get there."""
    if page > pages:
        raise no_such_page(page, pages)
    if page * image.width * image.height > limits.max_source_pixels:
        raise SourceTooLarge(f"{page} frames of {Size(*image.size)} pixels, more than {limits.max_source_pixels}")
    if page > 1:
        image.seek(page - 1)


def no_such_page(page: int, pages: int) -> InvalidTransformation:
    return InvalidTransformation(f"pg-{page}", f"a page from 1 to {pages}" if pages > 1 else "1, the only page")


def register_heic() -> None:
    from pillow_heif import register_heif_opener  # noqa: PLC0415 (30 MB, and few shops store HEIC)

    register_heif_opener(thumbnails=False, decode_threads=1)


def orientation_of(image: ImageFile) -> int:
    """1-8. Pillow turns a TIFF by itself; a HEIC's container has its own way to say it, obeyed by its decoder."""
    if image.format in {"TIFF", "HEIF"}:
        return 1
    if image.format == "PNG" and "exif" not in image.info:
        load_pixels(image)
    try:
        orientation: Any = image.getexif().get(ORIENTATION, 1)
    except Exception:  # a damaged tag does not make the pixels unreadable
        return 1
    return orientation if orientation in TURNS else 1
