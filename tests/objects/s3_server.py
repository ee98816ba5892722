"""A real S3 server on loopback, one for all tests, and a way to it that can be broken."""

import asyncio
import io
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

KEY_ID, SECRET_KEY = "AKIDEXAMPLEOFTHETESTS", "s3cret-key-of-the-tests"
REFUSAL = '<?xml version="1.0"?><Error><Code>{}</Code><Message>{}</Message><AWSAccessKeyId>{}</AWSAccessKeyId></Error>'
# The server looks who it is, and not whether the signature is right.
OURS = {
    "Authorization": f"AWS4-HMAC-SHA256 Credential={KEY_ID}/20260101/us-east-1/s3/aws4_request, "
    "SignedHeaders=host, Signature=0"
}

PROGRAM = """
import sys, threading
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
server.stop()
"""


class S3Server:
    """A process; it ends when its standard input does. Its buckets are in its memory."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


Proceed = Callable[[], Awaitable[web.Response]]
Fault = Callable[[web.BaseRequest, Proceed], Awaitable[web.StreamResponse]]


async def hang(request: web.BaseRequest, proceed: Proceed) -> web.StreamResponse:
    """Until whoever asked has given up."""
    await asyncio.Event().wait()
    raise AssertionError("nobody wakes it")


async def cut(request: web.BaseRequest, proceed: Proceed) -> web.StreamResponse:
    """Half of the body, then the connection breaks off."""
    answer = await proceed()
    body = answer.body
    assert isinstance(body, bytes)
    half = web.StreamResponse(status=answer.status, headers=answer.headers)
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    assert request.transport is not None
    request.transport.abort()
    return half


def refuse(status: int, code: str) -> Fault:
    text = REFUSAL.format(code, SECRET_KEY, KEY_ID)

    async def refuse(request: web.BaseRequest, proceed: Proceed) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type="application/xml")

    return refuse


@dataclass
class S3:
    """The way to a bucket of one test. While there is a `fault`, it befalls all calls of `methods`."""

    server: S3Server
    bucket: str
    fault: Fault | None = None
    methods: set[str] = field(default_factory=lambda: {"GET", "HEAD", "PUT", "POST", "DELETE"})
    port: int = 0
    calls: list[str] = field(default_factory=list)
    session: aiohttp.ClientSession = field(init=False)
    runner: web.ServerRunner | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """For the slice `cache`."""
        return {
            "object_store_url": f"s3://{self.bucket}/shop",
            "object_store_endpoint": self.endpoint,
            "object_store_region": "us-east-1",
            "object_store_access_key_id": KEY_ID,
            "object_store_secret_access_key": SECRET_KEY,
        }

    async def open(self) -> None:
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True), auto_decompress=False)
        await self.listen()

    async def listen(self) -> None:
        self.runner = web.ServerRunner(web.Server(self.pass_on, handler_cancellation=True), shutdown_timeout=0.01)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", self.port).start()
        self.port = self.runner.addresses[0][1]

    async def stop(self) -> None:
        """Connections are refused, those that are open are ended; what it has it keeps."""
        if self.runner is not None:
            await self.runner.cleanup()
            self.runner = None

    async def pass_on(self, request: web.BaseRequest) -> web.StreamResponse:
        self.calls.append(f"{request.method} {request.path}")
        body, headers = await request.content.read(), dict(request.headers)

        async def proceed() -> web.Response:
            return await self.ask(request.method, request.raw_path, body, headers)

        if self.fault is not None and request.method in self.methods:
            return await self.fault(request, proceed)
        return await proceed()

    async def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> web.Response:
        """Of the server itself, whatever is broken."""
        url = f"http://127.0.0.1:{self.server.port}{path}"
        async with self.session.request(
            method, url, data=io.BytesIO(body), headers=headers, skip_auto_headers=["Content-Type"]
        ) as it:
            kept = {name: it.headers[name] for name in it.headers if name not in {"Transfer-Encoding", "Connection"}}
            return web.Response(status=it.status, headers=kept, body=await it.read())

    async def say(self, method: str, name: str = "", body: bytes = b"") -> bytes:
        answer = await self.ask(method, f"/{self.bucket}{name}", body, OURS)
        assert answer.status < 300, answer.body
        assert isinstance(answer.body, bytes)
        return answer.body

    async def make_bucket(self) -> None:
        await self.say("PUT")

    async def put(self, name: str, body: bytes) -> None:
        await self.say("PUT", f"/{name}", body)

    async def get(self, name: str) -> bytes:
        return await self.say("GET", f"/{name}")

    async def names(self, room: str = "") -> list[str]:
        """Of all objects, or those of one room."""
        body = await self.say("GET", f"?list-type=2&prefix=shop/v1/{room}")
        return [part.partition("</Key>")[0] for part in body.decode().split("<Key>")[1:]]

    async def close(self) -> None:
        await self.stop()
        await self.session.close()
