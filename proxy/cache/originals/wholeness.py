"""Whether a file looks whole. Some gateways cut a body and end it cleanly, so that no length tells."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import IO

from proxy.formats import Content, Format

TAIL_BYTES = 66_000  # a ZIP's directory may be followed by a comment of 65 535 bytes
END_OF_SVG = re.compile(rb"</(?:[\w.-]+:)?svg\s*>\s*(?:<!--[^>]*-->\s*)*\Z")
END_OF_ZIP = b"PK\x05\x06"
MAX_BOXES = 10_000
ZIP64 = 0xFFFFFFFF


def looks_whole(file: Path, content: Content) -> bool:
    """False is a doubt, not a verdict: odd but good files exist. A type that has no end mark is believed."""
    with file.open("rb") as source:
        head = source.read(64)
        size = source.seek(0, 2)
        if content.picture in {Format.AVIF, Format.HEIC}:
            return boxed(source, size)
        check = zipped if head.startswith(b"PK\x03\x04") else CHECKS.get(content.picture or content.mime)
        if check is None:
            return True
        source.seek(max(0, size - TAIL_BYTES))
        return check(head, source.read(), size)


def boxed(source: IO[bytes], size: int) -> bool:
    """AVIF and HEIC are boxes that tell their own length; the last one ends the file."""
    at = 0
    for _ in range(MAX_BOXES):
        source.seek(at)
        header = source.read(16)
        length = int.from_bytes(header[:4], "big")
        if length == 1:  # the real one follows, in eight bytes
            length = int.from_bytes(header[8:16], "big")
        if len(header) < 8 or length == 0:  # 0: up to the end, wherever that is
            return at == size or length == 0
        at += length
        if at >= size:
            return at == size
    return True


def jpeg(head: bytes, tail: bytes, size: int) -> bool:
    return tail.rstrip(b"\x00\r\n ").endswith(b"\xff\xd9")


def png(head: bytes, tail: bytes, size: int) -> bool:
    return tail.rstrip(b"\x00\r\n ")[-8:-4] == b"IEND" or tail[-8:-4] == b"IEND"


def gif(head: bytes, tail: bytes, size: int) -> bool:
    """The last block of a picture ends with a zero byte, then comes the end mark."""
    return tail.rstrip(b"\x00").endswith(b"\x00\x3b")


def riff(head: bytes, tail: bytes, size: int) -> bool:
    return size >= int.from_bytes(head[4:8], "little") + 8


def pdf(head: bytes, tail: bytes, size: int) -> bool:
    return b"%%EOF" in tail[-1024:]


def zipped(head: bytes, tail: bytes, size: int) -> bool:
    """The directory's end says where the directory lies and how long the comment behind it is; both must fit."""
    at = tail.rfind(END_OF_ZIP)
    if at < 0 or len(tail) - at < 22:
        return False
    length, start = (int.from_bytes(tail[at + place : at + place + 4], "little") for place in (12, 16))
    comment = int.from_bytes(tail[at + 20 : at + 22], "little")
    fits = ZIP64 in (length, start) or start + length <= size - (len(tail) - at)
    return fits and at + 22 + comment == len(tail)


def markup(head: bytes, tail: bytes, size: int) -> bool:
    return END_OF_SVG.search(tail[-2048:]) is not None


CHECKS: dict[str, Callable[[bytes, bytes, int], bool]] = {
    Format.JPEG: jpeg,
    Format.PNG: png,
    Format.GIF: gif,
    Format.WEBP: riff,
    Format.SVG: markup,
    "application/pdf": pdf,
    "audio/wav": riff,
    "video/x-msvideo": riff,
}
