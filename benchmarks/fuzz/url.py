"""The URL language: any text is a plan or a polite refusal, and a plan's own text gives the same plan again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.fuzz.target import Broken, Check
from benchmarks.storm.parsing import complaint, gun
from proxy.errors import ProxyError
from proxy.imagekit.meaning import Dialect
from proxy.imagekit.url import locate, read_address
from proxy.slices import OutputSettings

SEEDS = 300
DIALECT = Dialect(OutputSettings())


class Url:
    def seeds(self) -> list[bytes]:
        shooter = gun(1)
        targets = [shooter.shot(number).target for number in range(SEEDS)]
        return [text.encode(errors="replace") for text in (*map(shooter.text, range(SEEDS)), *targets)]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Check]:
        yield check


async def check(data: bytes) -> None:
    """As a transformation, and as a whole target."""
    text = data.decode(errors="surrogateescape")
    if wrong := complaint(text):
        raise Broken(wrong)
    for target in (text, f"/{text}", f"/tr:{text}/media-files/a.jpg", f"/media-files/a.jpg?tr={text}"):
        try:
            address = locate(target, folder=True)
            read_address(address, text, DIALECT.meaning(address.words()))
        except ProxyError as refusal:
            if refusal.status not in {400, 404}:
                raise Broken(f"{refusal.status} for a target") from refusal
            if not all(" " <= letter <= "~" for letter in refusal.message):
                raise Broken(f"no header can say {refusal.message!r}") from refusal


TARGET = Url()
