"""What is asked for, and the bytes that are right: those of a server that nothing happens to."""

import asyncio
from collections.abc import Iterable

import aiohttp

from proxy.demo.files import DemoFile
from proxy.demo.pictures import sample, sample_files

WIDTHS = (24, 36, 48, 64, 80, 96, 120, 160)
FORMATS = ("png", "webp", "jpg")
DRAWN = ("coffee", "chelsea", "rocket", "astronaut", "hubble_deep_field", "logo", "badge")
PURGED = ("steaming cup", "orbit", "tasse à café")  # by viewers never asked for, so that nothing of them comes back


def path_of(file: DemoFile, transformation: str) -> str:
    return f"/tr:{transformation}/{file.family}/{file.code}"


def sizes(name: str, widths: Iterable[int] = WIDTHS) -> list[str]:
    return [path_of(sample(name), f"w-{width},f-{form}") for width in widths for form in FORMATS]


def asked_for() -> list[str]:
    """Every file as it is stored, and many sizes of some."""
    spared = {sample(name).code for name in PURGED}
    stored = [path_of(file, "orig-true") for file in sample_files() if file.code not in spared]
    return stored + [path for name in DRAWN for path in sizes(name)]


def to_be_purged() -> dict[str, list[str]]:
    """By `family/code`."""
    return {f"{sample(name).family}/{sample(name).code}": sizes(name, WIDTHS[:2]) for name in PURGED}


async def right_bytes(session: aiohttp.ClientSession, base: str, paths: Iterable[str]) -> dict[str, bytes]:
    places = asyncio.Semaphore(8)

    async def get(path: str) -> tuple[str, bytes]:
        async with places, session.get(base + path) as response:
            assert response.status == 200, (path, response.status)
            return path, await response.read()

    return dict(await asyncio.gather(*map(get, paths)))
