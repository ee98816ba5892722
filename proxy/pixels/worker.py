"""A worker process: reads jobs from its socket, draws, writes answers, one after the other."""

import socket
from typing import IO

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
    try:
        drawn = render(job)
    except Exception as error:
        return pack_facts(facts_of_error(error) | {"memory": resident_bytes()}), b""
    body = drawn.rendition.body
    return pack_facts(facts_of(drawn) | {"memory": resident_bytes()}, body), body
