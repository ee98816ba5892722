"""A worker process: reads jobs from its socket, draws or inspects, writes answers, one after the other."""

import select
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from proxy.errors import SourceTooLarge
from proxy.pixels.decoded import DecodedPictures
from proxy.pixels.inspection import inspect
from proxy.pixels.job import Drawn, Inspection, Job, Work
from proxy.pixels.render import render
from proxy.pixels.sandbox import confine, resident_bytes
from proxy.pixels.wire import HEADER, facts_of, facts_of_error, pack_facts, unpack_work


def serve(connection: socket.socket, memory_bytes: int, readable: Sequence[Path] = (), kept_bytes: int = 0) -> None:
    """Until the server closes the connection. It is told at first what is enforced here.

    Of `memory_bytes`, decoded pictures may hold `kept_bytes` from one job to the next.
    """
    decoded = DecodedPictures(kept_bytes)
    enforced = confine(memory_bytes, readable)
    source = connection.makefile("rb")
    connection.sendall(pack_facts({"ready": True, "sandbox": enforced}))
    while work := receive(connection, source, decoded):
        head, body = answer(work, decoded)
        connection.sendall(head)
        connection.sendall(body)


def receive(connection: socket.socket, source: IO[bytes], decoded: DecodedPictures) -> Work | None:
    """Nothing is read ahead: the server sends the next job when it has the last one's answer."""
    while (seconds := decoded.drop_old()) is not None:
        if select.select([connection], [], [], seconds)[0]:
            break
    header = source.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    length, _ = HEADER.unpack(header)
    return unpack_work(source.read(length))


def answer(work: Work, decoded: DecodedPictures) -> tuple[bytes, bytes]:
    facts, body = outcome(work, decoded)
    return pack_facts(facts | {"memory": resident_bytes()}, body), body


def outcome(work: Work, decoded: DecodedPictures) -> tuple[dict[str, Any], bytes]:
    """When it returns, an error has let go of the pictures that it met: they do not count as the worker's own."""
    try:
        return done(work, decoded)
    except Exception as error:
        return facts_of_error(error), b""


def done(work: Work, decoded: DecodedPictures) -> tuple[dict[str, Any], bytes]:
    if isinstance(work, Inspection):
        return {"inspected": inspect(work)}, b""
    drawn = draw(work, decoded)
    return facts_of(drawn), drawn.rendition.body


def draw(job: Job, decoded: DecodedPictures) -> Drawn:
    """What is kept must not be why a picture is refused; one that takes seconds is not begun twice to find that out."""
    if job.alone:
        decoded.clear()
        return render(job)
    try:
        return render(job, decoded)
    except SourceTooLarge:
        if not decoded.clear():
            raise
    return render(job, decoded)
