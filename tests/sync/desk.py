"""A server of a few lines that answers what a test wants, and writes down what it was asked."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Answering = Callable[["Asked"], web.StreamResponse | None]


@dataclass(frozen=True, slots=True)
class Asked:
    request: web.Request
    body: bytes

    @property
    def line(self) -> str:
        return f"{self.request.method} {self.request.raw_path}"


@dataclass(slots=True)
class Desk:
    """`answers` are given one after the other, the last of them for ever; None cuts the connection."""

    answers: list[Answering]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        asked = Asked(request, await request.read())
        self.asked.append(asked)
        answer = (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])(asked)
        if answer is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return answer

    @property
    def lines(self) -> list[str]:
        return [asked.line for asked in self.asked]


@asynccontextmanager
async def desk_with(*answers: Answering) -> AsyncIterator[Desk]:
    desk = Desk(list(answers))
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{path:.*}", desk.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    desk.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield desk
    finally:
        await runner.cleanup()


def says(status: int = 200, text: str = "{}", **headers: str) -> Answering:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    kind = sent.pop("Content-Type", "application/json")
    return lambda asked: web.Response(status=status, text=text or None, content_type=kind, headers=sent)


def cut(asked: Asked) -> None:
    return None
