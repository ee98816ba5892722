"""Configuration: any environment and any file are settings, or one line that names the one that is wrong.

An input is lines `NAME=value` of the environment, an empty line, and the file.
"""

import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from unittest.mock import patch

from benchmarks.fuzz.target import Broken, Check
from proxy.configuration import CONFIG, read_settings, setting_names
from proxy.errors import SettingsError
from proxy.imagekit.endpoints import check_names
from proxy.settings import PREFIX

VALUES = (
    "",
    "1",
    "0",
    "-1",
    "true",
    "none",
    "8MiB",
    "1e99",
    "http://a.b/",
    "redis://h/0",
    "[1]",
    '{"a":1}',
    "x y",
    "\x7f",
)
AKENEO = "AKENEO__URL=https://pim.example.com\nAKENEO__ACCESS_TOKEN=token\n"
FILE = """
port = 8080
named_transformations = { card = "w-120,h-80" }
[akeneo]
url = "https://pim.example.com"
access_token = "abc"
[connections.other]
url = "https://other.example.com"
client_id = "a"
secret = "b"
username = "c"
password = "d"
[abuse]
width_ladder = [160, 320]
[[endpoints]]
prefix = "shop"
host = "img.example.com"
connections = ["other", "akeneo"]
output = { quality = 70 }
signing = { private_key = "k", required = true }
"""
LONGEST_LINE = 5000


class Settings:
    def seeds(self) -> list[bytes]:
        names = [name.removeprefix(PREFIX) for name in setting_names() if name != CONFIG]
        single = [f"{AKENEO}{name}={VALUES[number % len(VALUES)]}\n\n" for number, name in enumerate(names)]
        files = [f"\n{FILE}", f"{AKENEO}\n[render]\nworkers = 2", "\n[[endpoints]]\n[[endpoints]]\n", "\na = {\nb"]
        return [text.encode() for text in (*single, *files)]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Check]:
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "config.toml"

            async def check(data: bytes) -> None:
                head, _, rest = data.partition(b"\n\n") if not data.startswith(b"\n") else (b"", b"", data[1:])
                file.write_bytes(rest)
                judge(environment(head), file)

            yield check


TARGET = Settings()


def environment(head: bytes) -> dict[str, str]:
    """What can stand in an environment: no NUL anywhere, and no name without a letter."""
    pairs = (line.partition(b"=") for line in head.replace(b"\0", b"").split(b"\n"))
    return {PREFIX + os.fsdecode(name): os.fsdecode(value) for name, mark, value in pairs if mark}


def judge(variables: Mapping[str, str], file: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
    with patch.dict(os.environ, clean | dict(variables), clear=True):
        try:
            check_names(read_settings(file).all_endpoints)
        except SettingsError as error:
            said = str(error)
            if PREFIX not in said or len(said.splitlines()) != 1 or len(said) > LONGEST_LINE:
                raise Broken(f"that is no line that names a setting: {said[:LONGEST_LINE]!r}") from error
