"""What the edge tells the server of a viewer, in every location, and where it looks for the server."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from proxy.web import dam, webhook
from proxy.web.webhook import EVENTS_PATH
from tests.deploy.edge import CONFIGURATION, nginx
from tests.deploy.files import resource
from tests.deploy.names import names
from tests.shared.redis_server import free_port

FORGED = {
    "X_Forwarded_For": "203.0.113.7",
    "Sec_CH_Width": "123",
    "Sec_CH_DPR": "3",
    "Width": "123",
    "DPR": "3",
    "Save_Data": "on",
    "Cookie": "a=b",
}
PATHS = ["/media-files/a.jpg", "/media-files/a.mp4", EVENTS_PATH]


@asynccontextmanager
async def origin(port: int, host: str = "127.0.0.1") -> AsyncIterator[list[dict[str, str]]]:
    """Says its own address, and tells what headers came."""
    seen: list[dict[str, str]] = []

    async def answer(request: web.BaseRequest) -> web.Response:
        await request.content.read()
        seen.append(dict(request.headers))
        return web.Response(text=host, headers={"Cache-Control": "no-store"})

    server = web.Server(answer)
    runner = web.ServerRunner(server)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield seen
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("path", PATHS)
async def test_no_location_lets_a_viewer_speak_for_the_edge(path: str, tmp_path: Path) -> None:
    port = free_port()
    async with origin(port) as seen, nginx(tmp_path, port) as edge:
        await edge.get(path, "image/avif,image/webp,image/x-mine", **FORGED)

    [headers] = seen
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["Accept"] == "image/avif,image/webp"
    assert not {name.replace("_", "-") for name in FORGED} - {"X-Forwarded-For"} & headers.keys()


def test_every_location_that_passes_on_is_tried() -> None:
    """None has headers of its own: it would lose all those of the server block."""
    blocks = re.findall(r"^    location ([^{]+) \{\n(.*?)^    \}", CONFIGURATION.read_text(), re.MULTILINE | re.DOTALL)

    assert len([place for place, lines in blocks if "proxy_pass" in lines]) == len(PATHS)
    assert not [place for place, lines in blocks if "proxy_set_header" in lines]


async def test_the_longest_webhook_goes_through_it(tmp_path: Path) -> None:
    port, most = free_port(), max(*webhook.MOST_BYTES.values(), dam.MOST_BYTES)
    async with origin(port) as seen, nginx(tmp_path, port) as edge:
        sent = [await edge.viewer.post(EVENTS_PATH, content=bytes(size)) for size in (most, most + 1)]

    assert [response.status_code for response in sent] == [200, 413]
    assert [headers["Content-Length"] for headers in seen] == [str(most)]


def test_an_ingress_lets_the_same_webhooks_through() -> None:
    annotations = resource("Ingress", "media-proxy")["metadata"]["annotations"]
    [location] = re.findall(r"client_max_body_size (\w+);", CONFIGURATION.read_text())

    assert annotations["nginx.ingress.kubernetes.io/proxy-body-size"] == location


async def test_a_server_with_another_address_is_found_again(tmp_path: Path) -> None:
    port = free_port()
    async with (
        origin(port, "127.0.0.2"),
        origin(port, "127.0.0.3"),
        names("127.0.0.2") as (server, resolver),
        nginx(tmp_path, f"media-proxy:{port}", resolver) as edge,
    ):
        before = (await edge.get(PATHS[0])).text
        assert before == "127.0.0.2"
        server.address = "127.0.0.3"
        while (after := (await edge.get(PATHS[0])).text) == before:  # noqa: ASYNC110 (another process)
            await asyncio.sleep(0.05)

    assert after == "127.0.0.3"
