"""A worker process: reads jobs from its socket, draws, writes answers, one after the other."""

import socket
from typing import IO, Any

from proxy.pixels.job import Job
from proxy.pixels.render import render
from proxy.pixels.sandbox import confine, resident_bytes
from proxy.pixels.wire import HEADER, facts_of, facts_of_error, pack_facts, unpack_job


def serve(connection: socket.socket, memory_bytes: int) -> None:
    """Until the server closes the connection."""
    confine(memory_bytes)
    source = connection.makefile("rb")
    connection.sendall(pack_facts({"ready": True}))
    while job := receive(source):
        head, body = answer(job)
        connection.sendall(head)
        connection.sendall(body)


def receive(source: IO[bytes]) -> Job | None:
    header = source.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    length, _ = HEADER.unpack(header)
    return unpack_job(source.read(length))


def answer(job: Job) -> tuple[bytes, bytes]:
    facts, body = outcome(job)
    return pack_facts(facts | {"memory": resident_bytes()}, body), body


def outcome(job: Job) -> tuple[dict[str, Any], bytes]:
    """When it returns, an error has let go of the pictures that it met: they do not count as the worker's own."""
    try:
        drawn = render(job)
    except Exception as error:
        return facts_of_error(error), b""
    return facts_of(drawn), drawn.rendition.body
