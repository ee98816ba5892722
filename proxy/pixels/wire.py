"""What goes between the server and a worker: work one way, a line of facts and perhaps a picture the other way.

The server unpickles nothing: a worker has read a stranger's file, so its answer is JSON and bytes.
"""

import json
import logging
import pickle
import struct
import traceback
from typing import Any

from proxy import errors
from proxy.errors import InvalidTransformation, LayerUndecodable, ProxyError, RenderCrashed
from proxy.formats import Format
from proxy.media import Rendition
from proxy.pixels.job import Drawn, Inspection, Job, Work

log = logging.getLogger("proxy.pixels")

MAX_TRACE = 8000
HEADER = struct.Struct("!II")  # bytes of the facts, bytes of the body


def pack_work(work: Work) -> bytes:
    packed = pickle.dumps(work, protocol=pickle.HIGHEST_PROTOCOL)
    return HEADER.pack(len(packed), 0) + packed


def unpack_work(packed: bytes) -> Work:
    """In the worker; what it unpickles comes from the server."""
    work = pickle.loads(packed)  # noqa: S301
    assert isinstance(work, Job | Inspection)
    return work


def pack_facts(facts: dict[str, Any], body: bytes = b"") -> bytes:
    packed = json.dumps(facts).encode()
    return HEADER.pack(len(packed), len(body)) + packed


def facts_of(drawn: Drawn) -> dict[str, Any]:
    rendition = drawn.rendition
    return {
        "format": str(rendition.format),
        "size": [rendition.width, rendition.height],
        "engine": rendition.engine,
        "negotiated": rendition.negotiated,
        "etag": rendition.etag,
        "told": rendition.told,
        "stages": drawn.stages,
        "reused": drawn.reused,
    }


def facts_of_error(error: BaseException) -> dict[str, Any]:
    if isinstance(error, InvalidTransformation):
        return {"error": "InvalidTransformation", "args": [error.part, error.expected]}
    if isinstance(error, LayerUndecodable):
        return {"error": "LayerUndecodable", "args": [error.source, error.why]}
    if isinstance(error, ProxyError):
        return {"error": type(error).__name__, "args": [error.message]}
    if isinstance(error, FileNotFoundError | NotADirectoryError):  # the directory itself may be gone
        return {"error": "FileNotFoundError", "args": [str(error)]}
    return {"error": type(error).__name__, "args": [], "trace": "".join(traceback.format_exception(error))[-MAX_TRACE:]}


def check_facts(facts: dict[str, Any]) -> None:
    """Raises what the worker raised: an error of ours, FileNotFoundError, or RenderCrashed for a fault of ours."""
    if "trace" in facts:
        log.error("a fault of ours in a worker:\n%s", facts["trace"])
    if "error" in facts:
        raise error_of(facts["error"], facts["args"])


def unpack_drawn(facts: dict[str, Any], body: bytes) -> Drawn:
    width, height = facts["size"]
    rendition = Rendition(
        body,
        Format(facts["format"]),
        width,
        height,
        facts["engine"],
        facts["negotiated"],
        facts["etag"],
        told=facts["told"],
    )
    return Drawn(rendition, facts["stages"], facts["reused"])


def unpack_inspected(facts: dict[str, Any], _: bytes) -> dict[str, Any]:
    """What `inspect` found out; raises KeyError."""
    inspected: dict[str, Any] = facts["inspected"]
    return inspected


def error_of(name: str, args: list[str]) -> Exception:
    if name == "FileNotFoundError":
        return FileNotFoundError(*args)
    kind = getattr(errors, name, None)
    if args and isinstance(kind, type) and issubclass(kind, ProxyError):
        return kind(*args)
    return RenderCrashed("this picture could not be drawn")
