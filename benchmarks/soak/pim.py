"""`python -m benchmarks.soak.pim --port N`: the pretend Akeneo, told on standard input which fault it has now."""

import argparse
import asyncio
import sys
from collections.abc import Callable

from benchmarks.soak.catalogue import catalogue
from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.faults import (
    CutBody,
    Delay,
    Drip,
    EmptyBody,
    Fault,
    Gzip,
    LoginPage,
    Redirect,
    Reset,
    Status,
    WrongLength,
    token_endpoint_fails,
    tokens_rejected,
)
from proxy.demo.files import Family
from proxy.demo.pim import DemoPim

NOBODY_WAITS_SO_LONG = 600.0
# Cut cleanly, only what has a length elsewhere, or is decoded, can be told from a whole file.
FAULTS: dict[str, Callable[[], tuple[Fault, ...]]] = {
    "none": tuple,
    "429": lambda: (Status(429, retry_after=1, path="/"),),
    "500": lambda: (Status(500),),
    "503 in HTML": lambda: (Status(503, body="html", path="/"),),
    "hangs": lambda: (Delay(NOBODY_WAITS_SO_LONG, path="/"),),
    "drips": lambda: (Drip(2048, 0.05),),
    "bodies cut off": lambda: (CutBody(200),),
    "bodies cut cleanly": lambda: (CutBody(200, clean=True, family=Family.PRODUCT),),
    "wrong lengths": lambda: (WrongLength(),),
    "empty bodies": lambda: (EmptyBody(),),
    "cut gzip": lambda: (Gzip(truncated=True),),
    "resets": lambda: (Reset(path="/"),),
    "login page": lambda: (LoginPage(),),
    "redirects": lambda: (Redirect(),),
    "token refused": lambda: (tokens_rejected(),),
    "no token": lambda: (tokens_rejected(), token_endpoint_fails(422, "invalid credentials")),
    "every third fails": lambda: tuple(
        one for _ in range(2000) for one in (Status(503, times=1), Delay(0.05, times=2))
    ),
}


async def obey(pim: DemoPim) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print(f"{pim.port} {pim.credentials.client_id} {pim.credentials.secret}", flush=True)
    while line := (await reader.readline()).decode().strip():
        pim.reset()  # the book of a million calls would only fill the memory
        pim.faults.add(*FAULTS[line]())
        print("done", flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak.pim")
    parser.add_argument("--port", type=int, default=0)
    async with DemoPim(catalogue(), port=parser.parse_args().port, catalogue=sample_catalogue()) as pim:
        await obey(pim)


if __name__ == "__main__":
    asyncio.run(main())
