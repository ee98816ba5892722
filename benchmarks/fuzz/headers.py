"""Raw bytes to the public port: an answer that is HTTP and no fault of ours, or a closed connection, in time."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.fuzz.serving import judge, serving
from benchmarks.fuzz.target import Broken, Check
from benchmarks.storm.parsing import gun
from proxy.demo.pictures import sample

STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
IN_TIME_SECONDS = 30.0
POLITE = {501, 505}  # a method or version that nobody has
SEEDS = 60
COFFEE = f"/tr:w-20/{sample('coffee').family}/{sample('coffee').code}"
FIELDS = (
    "Range: bytes=0-9",
    'Range: bytes=-5, 3-\r\nIf-Range: "a"',
    'If-None-Match: "a", W/"b", *',
    "Sec-CH-Width: 300\r\nDPR: 2.0\r\nSave-Data: on",
    "Accept: image/avif;q=0.5, image/webp, */*;q=0",
    "Content-Length: 5\r\n\r\nabcde",
    "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0",
    "Expect: 100-continue",
    "Connection: Upgrade\r\nUpgrade: websocket",
    "Host: [::1]:x\r\nHost: b",
)


class Headers:
    def seeds(self) -> list[bytes]:
        shots = (gun(3).shot(number) for number in range(SEEDS))
        requests = [(it.method, it.target, "\r\n".join(f"{key}: {value}" for key, value in it.headers)) for it in shots]
        requests += [("GET", COFFEE, field) for field in FIELDS]
        lines = [f"{method} {target} HTTP/1.1\r\nHost: fuzz\r\n{fields}\r\n\r\n" for method, target, fields in requests]
        return [line.encode(errors="replace") for line in lines] + [
            b"\x16\x03\x01\x02",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Check]:
        async with serving() as (site, complaints):

            async def check(data: bytes) -> None:
                said = await exchange(site.server.port, data)
                if said and not STATUS.match(said):
                    raise Broken(f"that is no answer: {said[:200]!r}")
                for status in map(int, STATUS.findall(said[:200])):
                    if status >= 500 and status not in POLITE:
                        raise Broken(f"{said[:400]!r}")
                judge(site, complaints)

            yield check


TARGET = Headers()


async def exchange(port: int, data: bytes) -> bytes:
    """Everything that comes until the server closes; we have nothing more to say."""
    async with asyncio.timeout(IN_TIME_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(data)
            writer.write_eof()
            return await reader.read()
        except ConnectionError:
            return b""  # it has hung up, which it may
        finally:
            writer.transport.abort()
