"""A real nginx with the configuration of `deploy/nginx`, in front of a server of ours."""

import getpass
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from benchmarks.bench.peers.nginx import PLACES
from benchmarks.bench.processes import answering, running
from tests.deploy.files import DEPLOY
from tests.shared.redis_server import free_port
from tests.site import client_of

CONFIGURATION = DEPLOY / "nginx/edge.conf"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True)
class Edge:
    viewer: httpx.AsyncClient
    port: int
    cache: Path

    async def get(self, path: str, accept: str = "*/*", **headers: str) -> httpx.Response:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.viewer.get(path, headers={"Accept": accept, **fields})


def replaced(text: str, **places: str) -> str:
    """With the test's own places; each of those in the file stands there exactly once."""
    for old, new in places.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def configuration(directory: Path, port: int, origin: str, resolver: str) -> str:
    edge = replaced(
        CONFIGURATION.read_text(encoding="utf-8"),
        **{
            "listen 8080;": f"listen 127.0.0.1:{port};",
            "http://media-proxy:8080;": f"http://{origin};",
            "resolver 127.0.0.11 valid=10s": f"resolver {resolver} valid=1s",
            "proxy_cache_path /var/cache/nginx/pictures": f"proxy_cache_path {directory}/pictures",
        },
    )
    temporary = "\n".join(f"{kind}_temp_path {directory}/{kind};" for kind in TEMPORARY)
    return f"""
user {getpass.getuser()};
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
{temporary}
access_log off;
{edge}
}}
"""


@asynccontextmanager
async def nginx(directory: Path, origin: int | str, resolver: str = "127.0.0.1:1") -> AsyncIterator[Edge]:
    """`origin` is a port on loopback, or a name with a port that the `resolver` knows."""
    program = next((path for place in PLACES if (path := shutil.which("nginx", path=place))), None)
    if program is None:
        pytest.skip("there is no nginx; on Debian: apt-get install nginx-light")
    port, log = free_port(), directory / "nginx.log"
    file = directory / "nginx.conf"
    server = f"127.0.0.1:{origin}" if isinstance(origin, int) else origin
    file.write_text(configuration(directory, port, server, resolver))
    async with running([program, "-c", str(file), "-e", str(log)], log) as process:
        await answering(process, f"http://127.0.0.1:{port}/-/", log)
        async with client_of(f"http://127.0.0.1:{port}", timeout=40) as viewer:
            yield Edge(viewer, port, directory / "pictures")
