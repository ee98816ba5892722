"""The other host that Bynder's files lie on: it knows no token, and refuses whoever brings one."""

import secrets
from enum import StrEnum

from aiohttp import web

from proxy.demo.answers import Answer
from proxy.demo.calls import Call
from proxy.demo.routes import Target
from proxy.demo.server import DemoServer


class FileKind(StrEnum):
    S3_FILE = "s3 file"
    THUMBNAIL = "thumbnail"


class DemoFiles(DemoServer):
    """`signed` are the addresses given out, by their path, until `expire`; thumbnails stay."""

    def __init__(self) -> None:
        super().__init__(words=xml)
        self.signed: dict[str, bytes] = {}
        self.thumbnails: dict[str, bytes] = {}

    def sign(self, name: str, content: bytes) -> str:
        """An address for a short while."""
        path = f"/bucket/{secrets.token_hex(8)}/{name}"
        self.signed[path] = content
        return self.url + path

    def expire(self) -> None:
        """No address given out so far is good any more."""
        self.signed.clear()

    def _target(self, request: web.BaseRequest) -> Target:
        return Target(FileKind.THUMBNAIL if request.path.startswith("/thumbnails/") else FileKind.S3_FILE)

    def _honest_answer(self, request: web.BaseRequest, call: Call) -> Answer:
        if "Authorization" in request.headers:
            return xml(400, "Only one auth mechanism allowed")
        content = (self.thumbnails if call.kind is FileKind.THUMBNAIL else self.signed).get(request.path)
        if content is None:
            return xml(403, "Request has expired")
        return Answer(200, {"Content-Type": "application/octet-stream"}, content, sized=True)


def xml(status: int, message: str) -> Answer:
    page = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Message>{message}</Message></Error>'
    return Answer(status, {"Content-Type": "application/xml"}, page.encode(), sized=True)
