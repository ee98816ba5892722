"""What stand-ins and files held at one moment, put back as often as a test wants: to live it all again takes longer."""

import asyncio
import types
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from proxy.demo.server import DemoServer

OURS = ("proxy.demo.", "tests.sync.")
LEAVES = (str, bytes, int, float, datetime, Enum, Path, type, types.NoneType, types.BuiltinFunctionType, asyncio.Event)


class Moment:
    """Of all that can be reached from `world`, and of the files in a folder. Objects stay themselves, so who has one
    (a server that runs, a closure) sees it as it was.
    """

    def __init__(self, world: object, folder: Path) -> None:
        self.folder = folder
        self.files = {path: path.read_bytes() for path in files_in(folder)}
        self.found: dict[int, Any] = {}
        self.look(world)
        self.kept = [(thing, contents(thing)) for thing in self.found.values()]

    def look(self, thing: Any) -> None:
        if isinstance(thing, LEAVES) or id(thing) in self.found:
            return
        self.found[id(thing)] = thing
        for part in parts(thing):
            self.look(part)

    async def put_back(self) -> None:
        for thing in self.found.values():
            if isinstance(thing, DemoServer):
                await idle(thing)
        for thing, then in self.kept:
            restore(thing, then)
        for path in files_in(self.folder) - self.files.keys():
            path.unlink()
        for path, content in self.files.items():
            path.write_bytes(content)


async def idle(server: DemoServer) -> None:
    await server.until(lambda: server.in_flight == 0)


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def parts(thing: Any) -> Iterator[Any]:
    """Raises TypeError for what cannot be put back, as far as one knows."""
    match thing:
        case dict():
            yield from thing.values()
        case list() | set() | tuple() | frozenset():
            yield from thing
        case types.FunctionType():
            yield from (cell.cell_contents for cell in thing.__closure__ or ())
        case types.MethodType():
            yield thing.__self__
        case _ if type(thing).__module__.startswith(OURS):
            yield from attributes(thing).values()
        case _ if type(thing).__module__.startswith(("aiohttp.", "multidict.")):
            return
        case _:
            raise TypeError(f"{type(thing)} is not known to be put back")


def attributes(thing: Any) -> dict[str, Any]:
    slots = [name for one in type(thing).__mro__ for name in getattr(one, "__slots__", ())]
    return getattr(thing, "__dict__", {}) | {name: getattr(thing, name) for name in slots if hasattr(thing, name)}


def contents(thing: Any) -> Any:
    """A copy of its own that is no deeper than itself; None of what cannot change."""
    match thing:
        case dict() | list() | set():
            return thing.copy()
        case _ if type(thing).__module__.startswith(OURS):
            return attributes(thing)
    return None


def restore(thing: Any, then: Any) -> None:
    match thing:
        case dict() | set():
            thing.clear()
            thing.update(then)
        case list():
            thing[:] = then
        case _ if then is not None:
            for name in getattr(thing, "__dict__", {}).keys() - then.keys():
                delattr(thing, name)
            for name, value in then.items():
                object.__setattr__(thing, name, value)
