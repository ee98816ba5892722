"""nginx: its image filter for renditions, and the bytes of a file for hits."""

import getpass
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.bench.asks import QUALITY, Ask
from benchmarks.bench.load import Client
from benchmarks.bench.measure import cores
from benchmarks.bench.peers.peer import HttpPeer
from benchmarks.bench.pictures import PictureSet
from benchmarks.bench.processes import NotHereError, answering, running
from benchmarks.soak.house import free_port

MODULES = (Path("/usr/lib/nginx/modules"), Path("/usr/lib64/nginx/modules"))
IMAGE_FILTER = "ngx_http_image_filter_module.so"
PLACES = (None, "/usr/sbin", "/usr/local/sbin")  # a user's PATH may lack these
READS = {"jpg", "png", "webp"}


class NginxStatic(HttpPeer):
    """Serves what lies in the run's `directory` below `/static/`."""

    name = "nginx, static file"
    settings = f"{len(cores())} processes, sendfile, access log off"

    def url(self, ask: Ask) -> str:
        return f"{self.base}/static/{ask.original.name}"

    def can(self, ask: Ask) -> bool:
        return False


class NginxFilter(NginxStatic):
    name = "nginx, image filter"
    settings = f"{len(cores())} processes, no cache, JPEG and WebP quality {QUALITY}; writes the format that it reads"

    def url(self, ask: Ask) -> str:
        return f"{self.base}/{'resize' if ask.fit else 'crop'}/{ask.width}/{ask.height}/{ask.original.name}"

    def can(self, ask: Ask) -> bool:
        return ask.format == ask.original.format and ask.format in READS


def found_module() -> Path | None:
    return next((path / IMAGE_FILTER for path in MODULES if (path / IMAGE_FILTER).exists()), None)


def configuration(directory: Path, files: Path, port: int, module: Path | None) -> str:
    drawing = "\n".join(filtering(verb, files) for verb in ("crop", "resize")) if module else ""
    temporary = "\n".join(
        f"  {kind}_temp_path {directory}/nginx-{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""
{f"load_module {module};" if module else ""}
user {getpass.getuser()};
daemon off;
worker_processes {len(cores())};
pid {directory}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
{temporary}
  access_log off;
  sendfile on;
  keepalive_requests 1000000000;
  types {{ image/jpeg jpg; image/png png; image/webp webp; image/avif avif; }}
  server {{
    listen 127.0.0.1:{port};
    location /static/ {{ alias {directory}/; }}
    {drawing}
  }}
}}
"""


def filtering(verb: str, files: Path) -> str:
    return f"""
    location ~ ^/{verb}/(?<wide>[0-9]+)/(?<high>[0-9]+)/(?<name>[^/]+)$ {{
      alias {files}/$name;
      image_filter {verb} $wide $high;
      image_filter_buffer 64M;
      image_filter_jpeg_quality {QUALITY};
      image_filter_webp_quality {QUALITY};
    }}"""


def program() -> str:
    """Raises NotHereError."""
    found = next((path for place in PLACES if (path := shutil.which("nginx", path=place))), None)
    if found is None:
        raise NotHereError("there is no nginx; on Debian: apt-get install nginx-light")
    return found


@asynccontextmanager
async def nginx(client: Client, pictures: PictureSet, directory: Path) -> AsyncIterator[NginxStatic]:
    """With its image filter, if that module is installed."""
    module = found_module()
    log = directory / "nginx.log"
    peer = (NginxFilter if module else NginxStatic)(client, pictures, log)
    port = free_port()
    peer.base = f"http://127.0.0.1:{port}"
    (directory / "nginx.conf").write_text(configuration(directory, pictures.files, port, module))
    options = ["-c", str(directory / "nginx.conf"), "-e", str(log)]
    async with running([program(), *options], log) as process:
        await answering(process, f"{peer.base}/", log)
        peer.process_id = process.pid
        yield peer
