"""Bodies for the purge API of the admin port: a purge, or a refusal in ImageKit's form."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from benchmarks.fuzz.serving import judge, serving
from benchmarks.fuzz.target import Broken, Check
from benchmarks.storm.parsing import gun
from proxy.demo.pictures import sample

SEEDS = 60
BUSY = 503
CODE = sample("coffee").code


class Purges:
    def seeds(self) -> list[bytes]:
        urls = [f"https://img.example.com{gun(4).shot(number).target}" for number in range(SEEDS)]
        bodies: list[object] = [{"url": url} for url in (*urls, *(f"{url[:60]}*" for url in urls[:10]))]
        bodies += [{"path": f"media-files/{CODE}"}, {"code": CODE}, {"endpoint": ""}, {"url": 1}, [], {"a": {}}, None]
        return [json.dumps(body).encode() for body in bodies] + [b"[" * 3000, b'{"url": "\\ud800"}', b"\xff"]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Check]:
        async with serving() as (site, complaints), aiohttp.ClientSession() as session:

            async def check(data: bytes) -> None:
                async with session.post(f"{site.admin_url}/v1/files/purge", data=data) as response:
                    said = await response.text()
                if response.status >= 500 and not (response.status == BUSY and "Retry-After" in response.headers):
                    raise Broken(f"{response.status} {said[:400]!r}")
                if not {"requestId", "message"} & json.loads(said).keys():
                    raise Broken(f"{response.status} {said[:400]!r}")
                judge(site, complaints)

            yield check


TARGET = Purges()
