"""The `Accept` header, shrunk to the few formats that can change an answer."""

from functools import lru_cache

from proxy.formats import Format
from proxy.plan.output import Output
from proxy.slices import OutputSettings

MAX_LENGTH = 4096  # of the header; what stands behind it goes unread
NAMED = {Format.AVIF.mime: Format.AVIF, Format.WEBP.mime: Format.WEBP}
ALL_NAMED = frozenset(NAMED.values())
REMEMBERED, SHORT = 256, 512  # headers, and characters of one that is remembered: browsers send few different ones


def read_accept(header: str) -> frozenset[Format]:
    """Formats that the header names; a wildcard names none, and so does garbage."""
    return read_short(header) if len(header) <= SHORT else read_ranges(header[:MAX_LENGTH])


def read_ranges(header: str) -> frozenset[Format]:
    ranges = (read_range(text) for text in header.split(","))
    return frozenset(named for named in ranges if named is not None)


read_short = lru_cache(REMEMBERED)(read_ranges)


def read_range(text: str) -> Format | None:
    mime, *parameters = (part.strip().lower() for part in text.split(";"))
    named = NAMED.get(mime)
    return named if named is not None and all(is_wanted(parameter) for parameter in parameters) else None


def is_wanted(parameter: str) -> bool:
    """False for `q=0`, and for a quality that is no number."""
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return True
    try:
        return 0 < float(value) <= 1
    except ValueError:
        return False


def enabled(
    named: frozenset[Format], output: Output, settings: OutputSettings, unsharp: bool = False
) -> frozenset[Format]:
    """Those of the named formats that may be chosen for the viewer.

    ImageKit does not choose AVIF where a profile is kept or an unsharp mask has sharpened; here it is never lossless.
    """
    ruled_out = unsharp or output.keep_profile or output.keep_metadata or output.lossless
    return named if settings.auto_avif and not ruled_out else named - {Format.AVIF}
