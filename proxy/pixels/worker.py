"""A worker process: reads jobs from its socket, draws or inspects, writes answers, one after the other."""

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from proxy.pixels.inspection import inspect
from proxy.pixels.job import Inspection, Work
from proxy.pixels.render import render
from proxy.pixels.sandbox import confine, resident_bytes
from proxy.pixels.wire import HEADER, facts_of, facts_of_error, pack_facts, unpack_work


def serve(connection: socket.socket, memory_bytes: int, readable: Sequence[Path] = ()) -> None:
    """Until the server closes the connection. It is told at first what is enforced here."""
    enforced = confine(memory_bytes, readable)
    source = connection.makefile("rb")
    connection.sendall(pack_facts({"ready": True, "sandbox": enforced}))
    while work := receive(source):
        head, body = answer(work)
        connection.sendall(head)
        connection.sendall(body)


def receive(source: IO[bytes]) -> Work | None:
    header = source.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    length, _ = HEADER.unpack(header)
    return unpack_work(source.read(length))


def answer(work: Work) -> tuple[bytes, bytes]:
    facts, body = outcome(work)
    return pack_facts(facts | {"memory": resident_bytes()}, body), body


def outcome(work: Work) -> tuple[dict[str, Any], bytes]:
    """When it returns, an error has let go of the pictures that it met: they do not count as the worker's own."""
    try:
        return done(work)
    except Exception as error:
        return facts_of_error(error), b""


def done(work: Work) -> tuple[dict[str, Any], bytes]:
    if isinstance(work, Inspection):
        return {"inspected": inspect(work)}, b""
    drawn = render(work)
    return facts_of(drawn), drawn.rendition.body
