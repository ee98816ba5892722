"""What is no HTTP: answered in our own words, counted and logged like everything else."""

import logging
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong
from aiohttp.web_protocol import RequestHandler

from proxy.errors import BadRequest, HeadersTooLarge, ProxyError, TargetTooLong
from proxy.web.access import AccessLog, new_request_id
from proxy.web.answer import Answer
from proxy.web.responses import error_response

log = logging.getLogger("proxy.web")
MAX_TARGET = 16 * 1024  # above the longest URL that we read, so that it is we who refuse it
MAX_FIELD = 12 * 1024  # another number: aiohttp tells which limit was broken by nothing but its height
MAX_FIELDS = 200
END_OF_HEAD = b"\r\n\r\n"
MAX_HEAD = 64 * 1024  # of a request that is not whole yet; fields of any number and length add up to no more


class Protocol(RequestHandler):
    """aiohttp's own answer to malformed requests names its version and fills the log with tracebacks.

    It also notes what the watch looks at: since when a request has been coming, and what does not leave.
    """

    __slots__ = ("access", "bodies", "head_bytes", "head_since", "stuck_since", "unsent")

    def __init__(self, *arguments: Any, access: AccessLog, bodies: bool, **options: Any) -> None:
        """`bodies`: requests may have some, so that one need not end with its head."""
        super().__init__(*arguments, **options)
        self.bodies = bodies
        self.access = access
        self.head_since: float | None = None  # the first bytes of a request that is not whole
        self.head_bytes = 0
        self.unsent = 0  # bytes, when the watch last looked
        self.stuck_since = 0.0

    @property
    def idle(self) -> bool:
        """Waiting for a request, or for the rest of one."""
        return self._waiter is not None and not self._waiter.done() and not self._force_close

    @property
    def leaving(self) -> bool:
        return self._force_close

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not data:  # aiohttp looks once more at what it has
            return
        if self.idle:  # so these bytes are no whole request
            self.head_bytes += len(data)
            self.head_since = self.head_since or self._loop.time()
            if self.head_bytes > MAX_HEAD:
                self.refuse_head()
        else:
            self.head_bytes = 0
            whole = self.bodies or data.endswith(END_OF_HEAD)
            self.head_since = None if whole else self._loop.time()

    def refuse_head(self) -> None:
        """Without a request to answer there is only the connection to end."""
        response = error_response(HeadersTooLarge("expected smaller headers"))
        self.tell(response, "too large headers")
        if self.transport is not None:
            self.transport.write(f"HTTP/1.1 {response.status} {response.reason}\r\nConnection: close\r\n".encode())
            self.transport.write("".join(f"{name}: {value}\r\n" for name, value in response.headers.items()).encode())
            self.transport.write(b"Content-Length: 0\r\n\r\n")
        self.force_close()

    def resume_writing(self) -> None:
        """The viewer has taken most of it, even if the same number of bytes waits again when the watch looks."""
        self.unsent = 0
        super().resume_writing()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Raises ConnectionError where an answer has begun: a second one must not follow in the midst of it."""
        if request.writer.output_size > 0:
            raise ConnectionError("the answer broke off")
        response = error_response(error_for(exc))
        response.force_close()
        self.tell(response, str(message or exc))
        return response

    def tell(self, response: web.Response, why: str) -> None:
        request_id = new_request_id()
        response.headers["X-Request-Id"] = request_id
        size = len(response.body) if isinstance(response.body, bytes) else 0
        log.debug("malformed request from %s: %s", self.peername, why)
        self.access.answered(Answer(request_id, "-", "-", response.status, "-", "none", size, 0.0))


def error_for(problem: BaseException | None) -> ProxyError:
    """What is wrong with a request that aiohttp could not read."""
    if isinstance(problem, LineTooLong):
        if str(problem.args[1]) == str(MAX_TARGET):
            return TargetTooLong("expected a shorter URL")
        return HeadersTooLarge("expected smaller headers")
    if isinstance(problem, BadHttpMessage) and "Too many headers" in problem.message:
        return HeadersTooLarge("expected fewer headers")
    return BadRequest("expected a well-formed HTTP request")
