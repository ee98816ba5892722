"""What the API below `/v1/` answers with: JSON, errors in ImageKit's form, nothing for a cache to remember."""

import logging
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from proxy.errors import MediaForbidden, ProxyError
from proxy.web.headers import NO_STORE

log = logging.getLogger("proxy.web")


def answer(facts: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(facts, status=status, headers={"Cache-Control": NO_STORE, **(headers or {})})


def refusal(
    status: int, message: str, help: str, headers: dict[str, str] | None = None, code: str | None = None
) -> web.Response:
    """`code` is of a ProxyError whose status alone would be taken for something else."""
    more = {} if code is None else {"code": code}
    return answer({"message": message, "help": help, **more}, status, headers)


def telling_errors(handler: Handler, help: str) -> Handler:
    """The handler, with its ProxyErrors and faults of ours as answers; `help` says where to read on."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except ProxyError as error:
            wait: Any = {} if error.retry_after_seconds is None else {"Retry-After": str(error.retry_after_seconds)}
            code = error.code if isinstance(error, MediaForbidden) else None  # it is no file that is not there
            return refusal(error.status, error.message, help, wait, code)
        except web.HTTPException:
            raise
        except Exception:
            log.exception("a fault of ours at %s", request.path)
            return refusal(500, "a fault of ours; the log knows more", help)

    return handle
