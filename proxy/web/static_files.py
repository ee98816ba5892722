"""The files of the admin port's pages: read once, sent with a validator, and allowed nothing but this port."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler

from proxy.web.conditions import matches

SHARED = Path(__file__).parent / "shared"  # what several pages are made of
PAGE = "index.html"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# Pictures come as blobs: what is told of them stands in headers that only a script can read.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
COMMON = {
    "Cache-Control": "no-cache",  # asked for anew each time, sent anew only after an update
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    body: bytes
    etag: str
    mime: str

    @classmethod
    def read(cls, path: Path) -> Self:
        body = path.read_bytes()
        return cls(body, hashlib.sha256(body).hexdigest()[:32], TYPES[path.suffix])

    async def send(self, request: web.Request) -> web.StreamResponse:
        headers = {**COMMON, "ETag": f'"{self.etag}"'}
        if matches(request.headers.get("If-None-Match", ""), self.etag):
            return web.Response(status=304, headers=headers)
        return web.Response(body=self.body, headers={**headers, "Content-Type": self.mime})


def static_handlers(directory: Path, prefix: str, page: str = "") -> dict[str, Handler]:
    """By path: `page` is that of the page itself, the others lie below the prefix, which ends with a slash."""
    paths = sorted(path for path in directory.iterdir() if path.suffix in TYPES)
    return {page if path.name == PAGE else prefix + path.name: StaticFile.read(path).send for path in paths}


def shared_handlers() -> dict[str, Handler]:
    return static_handlers(SHARED, "/shared/")
