"""An answer as it comes off the wire, and what its headers say."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from email.utils import mktime_tz, parsedate_tz

A_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Reply:
    """`headers` are found in any case; `chunks` are raw, and raise OriginBroken and OriginTimeout."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    chunks: AsyncGenerator[bytes, None] = field(repr=False)

    @property
    def length(self) -> int | None:
        """Bytes on the wire. Beside `Transfer-Encoding` a length means nothing (RFC 9112, section 6.3)."""
        text = self.headers.get("content-length", "")
        return int(text) if text.isdecimal() and "transfer-encoding" not in self.headers else None

    @property
    def encoding(self) -> str:
        """What has to be undone, as `gzip`, or nothing."""
        named = self.headers.get("content-encoding", "").lower().split(",")
        return ", ".join(name for part in named if (name := part.strip()) not in ("", "identity"))

    @property
    def attachment(self) -> bool:
        """Akeneo's own downloads have it; the rest of that header is not to be trusted (akeneo-api, 2.2)."""
        return self.headers.get("content-disposition", "").strip().lower().startswith("attachment")

    @property
    def retry_after_seconds(self) -> float | None:
        text = self.headers.get("retry-after", "").strip()
        if text.isdecimal():
            return min(float(text), A_DAY)
        date = timestamp(text)
        if date is None:
            return None
        now = timestamp(self.headers.get("date", "")) or time.time()  # the sender's own clock, if it tells
        return min(max(0.0, date - now), A_DAY)

    async def read(self, limit: int, timeout_seconds: float) -> bytes:
        """The whole body, or its first `limit` bytes; raises TimeoutError."""
        body = bytearray()
        async with asyncio.timeout(timeout_seconds), aclosing(self.chunks) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > limit:
                    break
        return bytes(body[:limit])


def timestamp(http_date: str) -> float | None:
    parsed = parsedate_tz(http_date)
    try:
        return None if parsed is None else float(mktime_tz(parsed))
    except (ValueError, OverflowError):
        return None
