"""The bytes of files, drawn by real workers: a picture or a refusal, in time, and no worker lost.

The first byte of an input says what the file is called and how it is asked for.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.fuzz.serving import judge, serving
from benchmarks.fuzz.target import Broken, Check
from benchmarks.mutated_files import PNG, seeds, with_right_checksums
from benchmarks.storm.sources import font
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from tests import hostile_files

IN_TIME_SECONDS = 30.0
LARGEST_SEED = 65_536
FONT = "ttf"


def ways() -> list[tuple[str, str, str]]:
    """The ending of the file, and what stands before and behind its path; a font has neither."""
    known = dict.fromkeys((seed.suffix, before, behind) for seed in seeds() for before, behind in seed.asked)
    return [*known, (FONT, "", "")]


class Pictures:
    def __init__(self) -> None:
        self.ways = ways()

    def seeds(self) -> list[bytes]:
        found = [self.packed(seed.suffix, seed.content) for seed in seeds()]
        found += [self.packed(it.name.rpartition(".")[2], it.content) for it in hostile_files.PICTURES]
        return [one for one in (*found, self.packed(FONT, font())) if len(one) < LARGEST_SEED or one[-1:] == b"\0"]

    def packed(self, suffix: str, content: bytes) -> bytes:
        number = next((number for number, way in enumerate(self.ways) if way[0] == suffix), 0)
        return bytes([number]) + content

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Check]:
        numbers = iter(range(10**9))
        async with serving() as (site, complaints):

            async def check(data: bytes) -> None:
                suffix, before, behind = self.ways[(data[0] if data else 0) % len(self.ways)]
                content = data[1:] or b"\0"
                if content.startswith(PNG):
                    content = with_right_checksums(content)  # or hardly any change would reach the decoder
                file = DemoFile.named(Family.ASSET, f"fuzz {next(numbers)}.{suffix}", None, content)
                site.pim.add(file)
                async with asyncio.timeout(IN_TIME_SECONDS):
                    reply = await site.get(written(file, suffix) if suffix == FONT else asked(file, before, behind))
                site.pim.remove(file)
                site.pim.log.reset()
                if reply.status_code >= 500:
                    raise Broken(f"{reply.status_code} {reply.headers.get('ik-error')}")
                judge(site, complaints)

            yield check


def asked(file: DemoFile, before: str, behind: str) -> str:
    return f"{before}/{file.family}/{file.code}{behind}"


def written(font: DemoFile, ending: str) -> str:
    """A text in that font, on a picture that is in order."""
    path = f"{font.family}/{font.code}".replace("/", "@@")
    return f"/tr:w-60,l-text,i-Kaffee,fs-20,ff-{path},l-end/{sample('logo').family}/{sample('logo').code}"


TARGET = Pictures()
