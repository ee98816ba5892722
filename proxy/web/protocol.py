"""What is no HTTP: answered in our own words, counted and logged like everything else."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from proxy.errors import BadRequest
from proxy.web.access import AccessLog, Answer, new_request_id
from proxy.web.responses import error_response

log = logging.getLogger("proxy.web")
MAX_TARGET = 16 * 1024  # above the longest URL that we read, so that it is we who refuse it
MAX_FIELD = 16 * 1024
MAX_FIELDS = 200


class Protocol(RequestHandler):
    """aiohttp's own answer to malformed requests names its version and fills the log with tracebacks."""

    access: AccessLog

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Raises ConnectionError where an answer has begun: a second one must not follow in the midst of it."""
        if request.writer.output_size > 0:
            raise ConnectionError("the answer broke off")
        request_id = new_request_id()
        response = error_response(BadRequest("expected a well-formed HTTP request"))
        response.headers["X-Request-Id"] = request_id
        response.force_close()
        size = len(response.body) if isinstance(response.body, bytes) else 0
        log.debug("malformed request from %s: %s", request.remote, message or exc)
        self.access.answered(Answer(request_id, "-", "-", response.status, "-", "none", size, 0.0))
        return response


class Door(web.Server):
    """The low-level server with that protocol."""

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        access: AccessLog,
        **options: Any,
    ) -> None:
        limits: dict[str, Any] = {"max_line_size": MAX_TARGET, "max_field_size": MAX_FIELD, "max_headers": MAX_FIELDS}
        super().__init__(handler, **limits, **options)
        self.access = access

    def __call__(self) -> RequestHandler:
        protocol = Protocol(self, loop=self._loop, **self._kwargs)
        protocol.access = self.access
        return protocol
