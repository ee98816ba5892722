"""`python -m benchmarks.bench.pim`: the pretend Akeneo with as many names for the same photographs as are asked for.

On standard input: `add NAME`, answered by the code, and `delay SECONDS`.
"""

import asyncio
import sys

from benchmarks.bench.pictures import TYPES, PictureSet, read_name
from proxy.demo.faults import Delay
from proxy.demo.files import DemoFile, Family
from proxy.demo.pim import DemoPim


class Catalogue:
    def __init__(self, pim: DemoPim) -> None:
        self.pim = pim
        self.pictures = PictureSet()
        self.contents: dict[str, bytes] = {}

    def add(self, name: str) -> str:
        original = read_name(name)
        source = self.pictures.source(original)
        if source.name not in self.contents:
            self.contents[source.name] = source.read_bytes()
        content = self.contents[source.name]
        file = DemoFile.named(Family.PRODUCT, name, TYPES[original.format], content)
        self.pim.add(file)
        return file.code

    def obey(self, order: str) -> str:
        verb, _, what = order.partition(" ")
        if verb == "add":
            return self.add(what)
        self.pim.reset()
        if float(what):
            self.pim.faults.add(Delay(float(what)))
        return "done"


async def main() -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with DemoPim() as pim:
        catalogue = Catalogue(pim)
        print(pim.port, flush=True)
        while order := (await reader.readline()).decode().strip():
            print(catalogue.obey(order), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
