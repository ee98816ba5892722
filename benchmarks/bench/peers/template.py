"""Any other server, by a template of its URLs: `--peer imgproxy=http://host/rs:fill:{width}:{height}/plain/{path}`."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.bench.asks import Ask
from benchmarks.bench.load import Client
from benchmarks.bench.peers.peer import HttpPeer, Starter
from benchmarks.bench.pictures import PictureSet

FIELDS = {"width", "height", "path", "format"}
USED = re.compile(r"\{(\w*)\}")


class Templated(HttpPeer):
    """Somebody else has started it over the directory of the picture set; its processes are not measured."""

    def __init__(self, client: Client, pictures: PictureSet, log: Path, name: str, template: str) -> None:
        super().__init__(client, pictures, log)
        self.name, self.template = name, template
        self.settings = f"as it was started by hand: {template}"

    def url(self, ask: Ask) -> str:
        values = {"width": ask.width, "height": ask.height, "path": ask.original.name, "format": ask.format}
        return self.template.format(**values)

    def can(self, ask: Ask) -> bool:
        """Crops only; without `{format}` it writes what it reads."""
        return not ask.fit and ("{format}" in self.template or ask.format == ask.original.format)


def read_template(text: str) -> tuple[str, str]:
    """Name and template of `name=http://...`; raises ValueError, in words for who wrote it."""
    name, _, template = text.partition("=")
    if not name or not template.startswith(("http://", "https://")):
        raise ValueError(f"{text}: expected name=http://host/{{width}}x{{height}}/{{path}}")
    used = set(USED.findall(template))
    if not {"width", "height", "path"} <= used <= FIELDS:
        raise ValueError(f"{text}: expected {{width}}, {{height}}, {{path}} and perhaps {{format}}")
    return name, template


def templated(name: str, template: str) -> Starter:
    @asynccontextmanager
    async def start(client: Client, pictures: PictureSet, directory: Path) -> AsyncIterator[Templated]:
        yield Templated(client, pictures, directory / f"{name}.log", name, template)

    return start
