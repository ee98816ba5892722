"""A form with one field and one file, read from disk while it is sent."""

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

CHUNK_BYTES = 256 * 1024
ODD = re.compile(r"[^A-Za-z0-9._-]")  # in the name of a file: nothing that has to be quoted


class Form:
    """`length` is of the whole; the file must not change meanwhile."""

    def __init__(self, field: str, value: dict[str, Any], file: Path, name: str) -> None:
        self.boundary = uuid.uuid4().hex
        self.file = file
        line = f"--{self.boundary}\r\nContent-Disposition: form-data; name="
        self.head = (
            f'{line}"{field}"\r\nContent-Type: application/json\r\n\r\n{json.dumps(value)}\r\n'
            f'{line}"file"; filename="{ODD.sub("_", name)}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        ).encode()
        self.tail = f"\r\n--{self.boundary}--\r\n".encode()
        self.length = len(self.head) + file.stat().st_size + len(self.tail)

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self.boundary}"

    async def chunks(self) -> AsyncIterator[bytes]:
        yield self.head
        opened = await asyncio.to_thread(self.file.open, "rb")
        try:
            while chunk := await asyncio.to_thread(opened.read, CHUNK_BYTES):
                yield chunk
        finally:
            opened.close()
        yield self.tail
