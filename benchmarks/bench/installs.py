"""Peers that are installed for a run: into the directory that is kept, never into the proxy's own environment."""

import asyncio
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from benchmarks.bench.processes import NotHereError

NPM = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-timeout=60000"]


async def python_environment(home: Path, pinned: Path) -> Path:
    """Its `bin`; made anew when the pinned versions change. Raises NotHereError if the packages cannot be had."""
    if not is_made(home, pinned):
        await done(sys.executable, "-m", "venv", "--clear", str(home))
        pip = [str(home / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
        await done(*pip, "install", "--no-deps", "-r", str(pinned))
        note_made(home, pinned)
    return home / "bin"


async def node_packages(home: Path, project: Path) -> Path:
    """A copy of the project with its packages; raises NotHereError without npm, or if they cannot be had."""
    if not shutil.which("npm") or not shutil.which("node"):
        raise NotHereError("there is no npm; on Debian: apt-get install npm")
    pinned = project / "package-lock.json"
    if not is_made(home, pinned):
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(project, home, ignore=shutil.ignore_patterns("node_modules"))
        await done(*NPM, directory=home)
        note_made(home, pinned)
    shutil.copy(project / "serve.js", home)
    return home


def is_made(home: Path, pinned: Path) -> bool:
    made = home / ".made-with"
    return made.exists() and made.read_bytes() == pinned.read_bytes()


def note_made(home: Path, pinned: Path) -> None:
    """Last, when an install is whole."""
    shutil.copy(pinned, home / ".made-with")


async def done(*command: str, directory: Path | None = None) -> None:
    """Raises NotHereError with the last line of what it said."""
    process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, cwd=directory)
    _, complaint = await process.communicate()
    if process.returncode:
        lines = complaint.decode(errors="replace").strip().splitlines()
        raise NotHereError(f"it cannot be installed: {lines[-1] if lines else command[0]}")
