"""The `Accept` header, shrunk to the few formats that can change an answer."""

from proxy.formats import Format
from proxy.plan.output import Output
from proxy.slices import OutputSettings

MAX_LENGTH = 4096  # of the header; what stands behind it goes unread
NAMED = {Format.AVIF.mime: Format.AVIF, Format.WEBP.mime: Format.WEBP}


def read_accept(header: str) -> frozenset[Format]:
    """Formats that the header names; a wildcard names none, and so does garbage."""
    ranges = (read_range(text) for text in header[:MAX_LENGTH].split(","))
    return frozenset(named for named in ranges if named is not None)


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

    AVIF keeps neither profile nor metadata, and ImageKit does not choose it for what an unsharp mask has sharpened.
    """
    ruled_out = unsharp or output.keep_profile or output.keep_metadata
    return named if settings.auto_avif and not ruled_out else named - {Format.AVIF}
