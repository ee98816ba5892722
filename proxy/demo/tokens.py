"""Access and refresh tokens: given out, checked against a clock, expired or revoked on demand."""

import secrets
from base64 import b64encode
from collections.abc import Callable
from typing import Any

REFRESH_TOKEN_SECONDS = 14 * 24 * 3600

UNAUTHENTICATED = "Authentication is required"
INVALID = "The access token provided is invalid."
EXPIRED = "The access token provided has expired."


class Tokens:
    """Every token lives until its own end, whatever is issued after it; App tokens have no end."""

    def __init__(self, clock: Callable[[], float], expires_in: int = 3600, app_token: str | None = None) -> None:
        self.clock = clock
        self.expires_in = expires_in
        self._ends: dict[str, float] = {app_token: float("inf")} if app_token else {}
        self._refresh_ends: dict[str, float] = {}

    def issue(self) -> dict[str, Any]:
        access_token, refresh_token = new_token(), new_token()
        self._ends[access_token] = self.clock() + self.expires_in
        self._refresh_ends[refresh_token] = self.clock() + REFRESH_TOKEN_SECONDS
        return {
            "access_token": access_token,
            "expires_in": self.expires_in,
            "token_type": "bearer",
            "scope": None,
            "refresh_token": refresh_token,
        }

    def use_refresh_token(self, token: str) -> bool:
        """Single use: whoever comes second is refused."""
        return self._refresh_ends.pop(token, float("-inf")) > self.clock()

    def complaint(self, authorization: str) -> str | None:
        """What is wrong with an `Authorization` header, in the PIM's words; None when nothing is."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            return UNAUTHENTICATED
        if token not in self._ends:
            return INVALID
        return None if self._ends[token] > self.clock() else EXPIRED

    def expire_all(self) -> None:
        """The end of every access token is now; refresh tokens and App tokens live on."""
        self._ends = {token: min(end, self.clock()) if end < float("inf") else end for token, end in self._ends.items()}

    def revoke_all(self) -> None:
        """Nothing that was given out is known any more, App token included."""
        self._ends.clear()
        self._refresh_ends.clear()

    def revoke_refresh_tokens(self) -> None:
        self._refresh_ends.clear()


def new_token() -> str:
    return b64encode(secrets.token_hex(32).encode()).decode()
