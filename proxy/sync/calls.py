"""Calls to a DAM: retried where that may help, measured, and every answer that is no success as one of three errors."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from proxy.json_text import parsed
from proxy.metrics import SyncMetrics
from proxy.sync.outcomes import ConfigurationError, DataError, Reason, TransientError
from proxy.sync.pace import Pace
from proxy.sync.patience import retrying
from proxy.sync.wire import DamReply, Wire

ANSWER_BYTES = 32 * 2**20
DOWNLOAD_BYTES = 500 * 2**20


@dataclass(frozen=True, slots=True)
class DamCall:
    """`label` is what metrics call it. `path` is below the base URL; of `form`, `json` and `content` one at most.

    `repeatable`: a second time does no harm, so it is tried again after a cut. `accepted` are further statuses to be
    handed back rather than raised, such as a 404.
    """

    label: str
    path: str
    method: str = "GET"
    query: Mapping[str, str | list[str]] = field(default_factory=dict)
    form: Mapping[str, str | list[str]] | None = None
    json: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    accepted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """`document` is the JSON of the body, None of an empty one."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    document: Any = None


class DamCalls:
    """The way to one account of one DAM: share it, its pauses are for all.

    `said` finds the server's own words in the JSON of a refusal. `authorization` is sent to `base_url` alone, redirects
    are followed within it alone, by GET. `secrets` are cut out of every error.
    """

    def __init__(
        self,
        system: str,
        base_url: str,
        metrics: SyncMetrics,
        *,
        said: Callable[[Any], str],
        authorization: str = "",
        secrets: tuple[str, ...] = (),
        pace: Pace | None = None,
        timeout_seconds: float = 30.0,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None: ...

    async def ask(self, call: DamCall) -> Answer:
        """Raises TransientError (408, 420, 429, 5xx, no or half an answer), ConfigurationError (401, 403, a page where
        JSON was due, a redirect to elsewhere) and DataError(REFUSED) for every other 4xx.
        """
        ...

    async def download(self, url: str, to: Path, *, limit: int = DOWNLOAD_BYTES) -> int:
        """The bytes of a whole file from whatever host, without our authorization. The file is there only when it is
        whole. Raises TransientError (5xx, 429, 403 and 404 of an address that has ended, cut), DataError(TOO_LARGE).
        """
        ...

    async def close(self) -> None: ...
