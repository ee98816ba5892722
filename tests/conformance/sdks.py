"""ImageKit's own SDKs, asked for URLs: the one for Python here, those for JavaScript in a process of Node."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import IO, Any, Protocol

from imagekitio import ImageKit

HERE = Path(__file__).parent
INSTALLED = HERE / "node_modules" / ".package-lock.json"  # npm writes it last
KEY = "private_key_of_these_tests"
PYTHON, JAVASCRIPT, NODE, OLDER = "imagekitio", "@imagekit/javascript", "@imagekit/nodejs", "imagekit"
SDKS = (PYTHON, JAVASCRIPT, NODE, OLDER)
LANGUAGES = {"Python": (PYTHON,), "JavaScript": (JAVASCRIPT, NODE, OLDER)}
SIGNING = (PYTHON, NODE, OLDER)
POSITIONS = ("query", "path")


class WriteUrl(Protocol):
    """Options by their names in JavaScript -> what the SDK makes of them."""

    def __call__(self, sdk: str, **options: Any) -> str: ...


class Node:
    """The SDKs of npm, in one process for all tests."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            ["node", "write_urls.mjs"], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, sdk: str, **options: Any) -> Any:
        stdin, stdout = pipe(self.process.stdin), pipe(self.process.stdout)
        stdin.write(json.dumps({"sdk": sdk, "options": options, "privateKey": KEY}) + "\n")
        stdin.flush()
        return json.loads(stdout.readline())

    def close(self) -> None:
        pipe(self.process.stdin).close()
        self.process.wait()
        pipe(self.process.stdout).close()


def pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


@cache
def python_sdk() -> ImageKit:
    return ImageKit(private_key=KEY)


def python_url(**options: Any) -> str:
    return python_sdk().helper.build_url(**snaked(options))


def snaked(value: Any) -> Any:
    """Names as Python has them; those of query parameters are the user's own."""
    if isinstance(value, list):
        return [snaked(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        re.sub(r"(?<=[a-z])([A-Z])", r"_\1", key).lower(): item if key == "queryParameters" else snaked(item)
        for key, item in value.items()
    }
