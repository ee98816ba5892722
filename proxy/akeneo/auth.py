"""The bearer token of every call: an App's, which never ends, or a connection's, renewed in time."""

import asyncio
import json
import logging
import re
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from proxy.akeneo.answers import token_refusal
from proxy.akeneo.calls import Call
from proxy.akeneo.patience import Patience
from proxy.errors import OriginError, OriginMisconfigured, OriginRefused
from proxy.json_text import parsed
from proxy.slices import AkeneoSettings

log = logging.getLogger("proxy.akeneo")
OAUTH_PATH = "/api/oauth/v1/token"
DEFAULT_LIFE_SECONDS = 3600
RENEW_BEFORE_END_SECONDS = 60
RENEW_BEFORE_END_SHARE = 0.1
FIRST_REFUSAL_SECONDS = 5
LONGEST_REFUSAL_SECONDS = 60
HEADER_TEXT = re.compile(r"[!-~]+")


class Bearer(Protocol):
    """Where tokens come from, and where it is told how they fared."""

    async def token(self) -> str: ...

    async def renew(self, failed: str) -> str | None:
        """Another one than `failed`, which met a 401; None if there is none to be had."""

    def accepted(self) -> None: ...

    def rejected(self, token: str) -> None:
        """Even a renewed token met a 401."""


class AppToken:
    """Nothing ends or renews it; a user of the PIM may revoke it at any time, and give it back."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self) -> str:
        return self._token

    async def renew(self, failed: str) -> str | None:
        return None

    def accepted(self) -> None:
        pass

    def rejected(self, token: str) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Token:
    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    renew_at: float
    ends_at: float

    @classmethod
    def read(cls, answer: bytes, asked_at: float) -> "Token":
        """Raises OriginMisconfigured if this is no token, as when a log-in page answers 200."""
        try:
            document = parsed(answer)
            access, life = document["access_token"], life_of(document)
        except (ValueError, KeyError, TypeError):
            raise OriginMisconfigured("Akeneo sent no token") from None
        if not isinstance(access, str) or not HEADER_TEXT.fullmatch(access):
            raise OriginMisconfigured("Akeneo sent no token")
        early = min(RENEW_BEFORE_END_SECONDS, life * RENEW_BEFORE_END_SHARE)
        refresh = document.get("refresh_token")
        return cls(access, refresh if isinstance(refresh, str) else None, asked_at + life - early, asked_at + life)

    def ended(self) -> "Token":
        """What a 401 makes of it; its refresh token may still be good."""
        return replace(self, renew_at=float("-inf"), ends_at=float("-inf"))

    def kept_on(self, now: float) -> "Token":
        """The renewal failed before the end: try again half-way to it."""
        return replace(self, renew_at=now + (self.ends_at - now) / 2)


def life_of(document: dict[str, Any]) -> float:
    life = document.get("expires_in")
    return float(life) if isinstance(life, int | float) and life >= 0 else DEFAULT_LIFE_SECONDS


class GrantedTokens:
    """One token at a time, and one request for it at a time, whoever asks.

    The request is made by one of the calls that need it; the others wait and share its outcome. Credentials
    that were refused are not tried again for some seconds, and ever more (akeneo-api, 1.3).
    """

    def __init__(
        self,
        settings: AkeneoSettings,
        ask: Callable[[Call, str], Awaitable[bytes]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._ask = ask
        self._clock = clock
        self._current: Token | None = None
        self._renewing = asyncio.Lock()
        self._rounds = 0
        self._failure: OriginError | None = None
        self._refusal = Patience(FIRST_REFUSAL_SECONDS, LONGEST_REFUSAL_SECONDS, clock)
        self._rejected = ""
        self._rejection = Patience(FIRST_REFUSAL_SECONDS, LONGEST_REFUSAL_SECONDS, clock)

    async def token(self) -> str:
        if self._current is not None and self._clock() < self._current.renew_at:
            return self._current.access
        rounds = self._rounds
        async with self._renewing:
            if self._rounds == rounds:
                await self._renew_now()
            if self._failure is not None:
                raise self._failure
        assert self._current is not None
        return self._current.access

    async def renew(self, failed: str) -> str | None:
        """Only the current token is given up: a 401 that comes late finds the new one already there."""
        if self._current is not None and self._current.access == failed:
            if failed == self._rejected and self._rejection.remaining:
                return None
            self._current = self._current.ended()
        return await self.token()

    def accepted(self) -> None:
        self._rejection.reset()

    def rejected(self, token: str) -> None:
        """One more would not help, so the next calls do not ask for one."""
        if token != self._rejected:
            self._rejected = token
            self._rejection.begin()

    async def _renew_now(self) -> None:
        """The outcome is in `_current` or `_failure`, for all who wait for it."""
        self._failure = None
        try:
            self._current = await self._grant()
        except OriginError as error:
            self._make_do(error)
        self._rounds += 1

    def _make_do(self, error: OriginError) -> None:
        now = self._clock()
        if self._current is None or now >= self._current.ends_at:
            self._failure = error
            return
        log.warning("the token could not be renewed, and is used to its end: %s", error.message)
        self._current = self._current.kept_on(now)

    async def _grant(self) -> Token:
        if self._refusal.remaining:
            raise OriginRefused("Akeneo refuses our credentials", retry_after_seconds=int(self._refusal.remaining) + 1)
        try:
            token = await self._refreshed() or await self._granted_anew()
        except (OriginRefused, OriginMisconfigured):
            self._refusal.begin()
            raise
        self._refusal.reset()
        return token

    async def _refreshed(self) -> Token | None:
        refresh = self._current.refresh if self._current is not None else None
        if self._current is None or refresh is None:
            return None
        # It is used up from here on, whatever comes back (akeneo-api, 1.2).
        self._current = replace(self._current, refresh=None)
        try:
            return await self._ask_for({"grant_type": "refresh_token", "refresh_token": refresh})
        except (OriginRefused, OriginMisconfigured):
            return None

    async def _granted_anew(self) -> Token:
        settings = self._settings
        password = settings.password.get_secret_value()
        return await self._ask_for({"grant_type": "password", "username": settings.username, "password": password})

    async def _ask_for(self, fields: dict[str, str]) -> Token:
        """Only the needed fields and no space between: some versions take no more than 200 bytes."""
        asked_at = self._clock()
        body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        call = Call("token", OAUTH_PATH, token_refusal, body, fields["grant_type"])
        return Token.read(await self._ask(call, f"Basic {self._pair()}"), asked_at)

    def _pair(self) -> str:
        pair = f"{self._settings.client_id}:{self._settings.secret.get_secret_value()}"
        return b64encode(pair.encode()).decode()


def bearer_of(
    settings: AkeneoSettings, ask: Callable[[Call, str], Awaitable[bytes]], clock: Callable[[], float]
) -> Bearer:
    if settings.access_token is not None:
        return AppToken(settings.access_token.get_secret_value())
    return GrantedTokens(settings, ask, clock)
