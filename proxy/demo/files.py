"""A media file as the pretend Akeneo holds it, and the code under which it is known."""

import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha1
from pathlib import PurePosixPath

LONGEST_NAME = 100
CUT_NAME = 95


class Family(StrEnum):
    """The three media families; the value is their segment in every URL."""

    PRODUCT = "media-files"
    ASSET = "asset-media-files"
    REFERENCE_ENTITY = "reference-entities-media-files"


@dataclass(frozen=True)
class DemoFile:
    """One stored file. `mime_type` is what the PIM guessed at upload: it may be wrong, or absent."""

    family: Family
    code: str
    original_filename: str
    mime_type: str | None
    content: bytes
    caption: str = ""

    @classmethod
    def named(
        cls, family: Family, original_filename: str, mime_type: str | None, content: bytes, caption: str = ""
    ) -> "DemoFile":
        """A file under the code that its name gives."""
        return cls(family, media_code(original_filename), original_filename, mime_type, content, caption)

    @property
    def extension(self) -> str:
        return PurePosixPath(self.original_filename).suffix.lstrip(".").lower()

    def __repr__(self) -> str:
        return f"DemoFile({self.family}/{self.code}, {len(self.content)} bytes)"


def media_code(original_filename: str, moment: str = "") -> str:
    """A code of the true shape; the PIM mixes the clock into the hex digits, here they come from the name alone where
    no moment is given.
    """
    digits = sha1((original_filename + moment).encode(), usedforsecurity=False).hexdigest()
    return "/".join([*digits[:4], f"{digits}_{cleaned(original_filename)}"])


def cleaned(original_filename: str) -> str:
    """Bytes, not characters, are replaced: an accented letter leaves two underscores."""
    name = re.sub(rb"[^A-Za-z0-9.]", b"_", original_filename.encode()).decode()
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:CUT_NAME]}.{name.rpartition('.')[2]}"
