"""Whether a file looks whole. Some gateways cut a body and end it cleanly, so that no length tells."""

from collections.abc import Callable
from pathlib import Path

from proxy.formats import Content, Format

TAIL_BYTES = 66_000  # a ZIP's directory may be followed by a comment of 65 535 bytes


def looks_whole(file: Path, content: Content) -> bool:
    """False is a doubt, not a verdict: odd but good files exist. A type that has no end mark is believed."""
    check = CHECKS.get(content.picture or content.mime)
    if check is None:
        return True
    with file.open("rb") as source:
        head = source.read(64)
        size = source.seek(0, 2)
        source.seek(max(0, size - TAIL_BYTES))
        return check(head, source.read(), size)


def jpeg(head: bytes, tail: bytes, size: int) -> bool:
    return b"\xff\xd9" in tail


def png(head: bytes, tail: bytes, size: int) -> bool:
    return b"IEND" in tail


def gif(head: bytes, tail: bytes, size: int) -> bool:
    return b"\x3b" in tail[-64:]


def riff(head: bytes, tail: bytes, size: int) -> bool:
    return size >= int.from_bytes(head[4:8], "little") + 8


def pdf(head: bytes, tail: bytes, size: int) -> bool:
    return b"%%EOF" in tail[-4096:]


def zipped(head: bytes, tail: bytes, size: int) -> bool:
    return b"PK\x05\x06" in tail


def markup(head: bytes, tail: bytes, size: int) -> bool:
    return tail.rstrip()[-1:] == b">"


CHECKS: dict[str, Callable[[bytes, bytes, int], bool]] = {
    Format.JPEG: jpeg,
    Format.PNG: png,
    Format.GIF: gif,
    Format.WEBP: riff,
    Format.SVG: markup,
    "application/pdf": pdf,
    "application/zip": zipped,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": zipped,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": zipped,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": zipped,
    "audio/wav": riff,
    "video/x-msvideo": riff,
}
