"""Which format the answer has (ImageKit reference, section 5)."""

from dataclasses import dataclass

from proxy.errors import LimitExceeded
from proxy.formats import AVIF_MAX_PIXELS, Format
from proxy.pixels.geometry import Size
from proxy.plan.output import Output, OutputFormat

LONGEST_SIDE = {Format.JPEG: 65535, Format.GIF: 65535, Format.AVIF: 65535, Format.WEBP: 16383}
WRITABLE = {Format.JPEG, Format.PNG, Format.WEBP, Format.AVIF, Format.GIF}
MOVING = {Format.GIF, Format.WEBP}


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of the picture. `moving`: it has frames to keep; `transparent`: and that is to be seen;
    `unsharp`: sharpened by `e-usm`.
    """

    source: Format
    size: Size
    transparent: bool = False
    moving: bool = False
    unsharp: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """`negotiated`: whether `Accept` took part, so that the answer varies with it."""

    format: Format
    negotiated: bool


def choose(
    output: Output, picture: Candidate, accepts: frozenset[Format], avif_max_pixels: int = AVIF_MAX_PIXELS
) -> Choice:
    """Raises LimitExceeded if the picture does not fit into the format that the URL insists on.

    A picture of more than `avif_max_pixels` is AVIF only if the URL says so.
    """
    wanted = output.format or OutputFormat.AUTO
    if wanted.explicit is not None:
        if not fits(wanted.explicit, picture.size):
            longest = LONGEST_SIDE[wanted.explicit]
            raise LimitExceeded(f"{picture.size} pixels asked for, in {wanted} a side may have {longest}")
        return Choice(wanted.explicit, negotiated=False)
    if wanted is OutputFormat.GIF and picture.source is Format.GIF:
        return Choice(Format.GIF, negotiated=False)
    if wanted is OutputFormat.SAME:
        return Choice(same(output, picture), negotiated=False)
    small = picture.size.pixels <= avif_max_pixels
    return Choice(automatic(output, picture, accepts if small else accepts - {Format.AVIF}), negotiated=True)


def same(output: Output, picture: Candidate) -> Format:
    usable = picture.source in WRITABLE and fits(picture.source, picture.size)
    return picture.source if usable else fallback(output, picture)


def automatic(output: Output, picture: Candidate, accepts: frozenset[Format]) -> Format:
    """AVIF, then WebP, if the viewer names them and they can hold what is asked for."""
    if Format.AVIF in accepts and may_be_avif(output, picture) and fits(Format.AVIF, picture.size):
        return Format.AVIF
    if Format.WEBP in accepts and fits(Format.WEBP, picture.size):
        return Format.WEBP
    return fallback(output, picture)


def may_be_avif(output: Output, picture: Candidate) -> bool:
    """Never from HEIC, with a profile, without loss, after an unsharp mask, or moving."""
    refused = output.keep_profile or output.keep_metadata or output.lossless
    return not (refused or picture.moving or picture.unsharp or picture.source is Format.HEIC)


def fallback(output: Output, picture: Candidate) -> Format:
    """What every viewer can show. Flat colours of a still GIF, like a wish for no loss, ask for PNG."""
    if picture.moving and fits(picture.source, picture.size):
        return picture.source
    drawn = picture.source is Format.GIF or (output.lossless and picture.source is not Format.JPEG)
    return Format.PNG if picture.transparent or drawn or not fits(Format.JPEG, picture.size) else Format.JPEG


def keeps_moving(output: Output, picture: Candidate, accepts: frozenset[Format]) -> bool:
    """Whether an animation stays one. It is known before anything is drawn."""
    return picture.moving and choose(output, picture, accepts).format in MOVING


def fits(format: Format, size: Size) -> bool:
    return size.longest <= LONGEST_SIDE.get(format, size.longest)
