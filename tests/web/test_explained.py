"""What the command says of a cache that a server has filled."""

import asyncio
import json
import sys
from pathlib import Path

from proxy.demo.pictures import sample
from tests.site import path_of
from tests.web.conftest import Start

COFFEE = path_of(sample("coffee"), "w-40")


async def test_the_command_finds_what_the_server_has_stored(start: Start, tmp_path: Path) -> None:
    site = await start()
    await site.get(COFFEE, "image/webp")
    await site.delivery.renditions.close()

    command = [sys.executable, "-m", "proxy.cli", "explain", COFFEE, "--json"]
    environment = {
        "MEDIA_PROXY_AKENEO__URL": site.pim.url,
        "MEDIA_PROXY_AKENEO__ACCESS_TOKEN": "unused",
        "MEDIA_PROXY_CACHE__DIRECTORY": str(tmp_path),
    }
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()

    facts = json.loads(out)
    assert process.returncode == 0
    assert facts["cache"]["original"] == {"type": "image/png", "bytes": len(sample("coffee").content)}
    assert facts["cache"]["rendition"] is True
    assert [step["size"] for step in facts["steps"]] == ["600x400", "40x27"]
