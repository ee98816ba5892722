"""The token endpoint: Basic header, password and refresh grants, and Akeneo's own words for every refusal."""

import binascii
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from proxy.demo.answers import Answer, json_answer, refusal
from proxy.demo.tokens import Tokens

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
KNOWN_GRANTS = ("password", "refresh_token", "authorization_code", "client_credentials")
ALLOWED_GRANTS = ("password", "refresh_token")

WRONG_CLIENT = 'Parameter "client_id" is missing or does not match any client, or secret is invalid'
WRONG_USER = "No user found for the given username and password"
MISSING_FIELDS = 'Parameter "grant_type", "username" or "password" is missing, empty or invalid'
MISSING_REFRESH_FIELDS = 'Parameter "grant_type" or "refresh_token" is missing or empty'
GRANT_NOT_ALLOWED = "This grant type is not authorized for this client"
WRONG_REFRESH = "Refresh token is invalid or has expired"
NO_JSON = "Invalid json message received"
NO_CONTENT_TYPE = f'The "Content-Type" header is missing. "{JSON}" or "{FORM}" has to be specified as value.'

ONLY_THESE = f'Only "{JSON}" or "{FORM}" are allowed.'


@dataclass(frozen=True)
class Credentials:
    """What an operator copies from the PIM's connection page."""

    client_id: str = "1_5aanoqd8zy0w4kgkcs4soggo8w8ooc0kcgo8s84ws4swcg8wgo"
    secret: str = "2wlxl8itrmo0o8kwc4gsk08owggcw4ckg0s0ckscc8gw0ogwkk"  # noqa: S105 - opens nothing but this
    username: str = "proxy_4711"
    password: str = "d3m0-s3cret"  # noqa: S105


@dataclass(frozen=True)
class BodyLimit:
    """Versions differ in how long a token request may be, and in how they refuse a longer one."""

    max_bytes: int
    status: int
    message: str


OLD_BODY_LIMIT = BodyLimit(200, 422, "The request content size is too large")
NEW_BODY_LIMIT = BodyLimit(300, 413, "Request content exceeded the maximum allowed size of 300 bytes")


class Refused(Exception):
    """The request ends here, with this answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.answer = refusal(status, message)


class TokenEndpoint:
    def __init__(self, tokens: Tokens, credentials: Credentials, limit: BodyLimit = NEW_BODY_LIMIT) -> None:
        self.tokens = tokens
        self.credentials = credentials
        self.limit = limit
        self.grants: list[str] = []

    def answer(self, headers: Mapping[str, str], body: bytes) -> Answer:
        try:
            fields = self.read_fields(headers.get("Content-Type", ""), body)
            self.check_client(fields.get("grant_type"), headers.get("Authorization", ""))
            return json_answer(200, self.grant(fields))
        except Refused as refused:
            return refused.answer

    def read_fields(self, content_type: str, body: bytes) -> dict[str, Any]:
        if not content_type:
            raise Refused(415, NO_CONTENT_TYPE)
        kind = content_type.partition(";")[0].strip().lower()
        if kind not in (JSON, FORM):
            raise Refused(415, f'"{content_type}" in "Content-Type" header is not valid. {ONLY_THESE}')
        if len(body) > self.limit.max_bytes:
            raise Refused(self.limit.status, self.limit.message)
        return read_json(body) if kind == JSON else dict(parse_qsl(body.decode(errors="replace")))

    def check_client(self, grant_type: object, authorization: str) -> None:
        if grant_type not in KNOWN_GRANTS:
            raise Refused(422, MISSING_FIELDS)
        if basic_pair(authorization) != f"{self.credentials.client_id}:{self.credentials.secret}":
            raise Refused(422, WRONG_CLIENT)
        if grant_type not in ALLOWED_GRANTS:
            raise Refused(422, GRANT_NOT_ALLOWED)

    def grant(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        if fields["grant_type"] == "password":
            self.check_user(fields)
        else:
            self.use_refresh_token(fields)
        self.grants.append(fields["grant_type"])
        return self.tokens.issue()

    def check_user(self, fields: Mapping[str, Any]) -> None:
        given = (fields.get("username"), fields.get("password"))
        if not all(given):
            raise Refused(422, MISSING_FIELDS)
        if given != (self.credentials.username, self.credentials.password):
            raise Refused(422, WRONG_USER)

    def use_refresh_token(self, fields: Mapping[str, Any]) -> None:
        if not fields.get("refresh_token"):
            raise Refused(422, MISSING_REFRESH_FIELDS)
        if not self.tokens.use_refresh_token(str(fields["refresh_token"])):
            raise Refused(422, WRONG_REFRESH)


def read_json(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except ValueError:
        raise Refused(400, NO_JSON) from None
    return fields if isinstance(fields, dict) else {}


def basic_pair(authorization: str) -> str | None:
    """The pair exactly as sent: a newline that slipped into the base64 makes it another pair."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
