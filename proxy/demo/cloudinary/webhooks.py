"""Notifications of metadata changes: signed, sent when the test says so, kept until answered with 200."""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import aiohttp

from proxy.demo.cloudinary.model import CloudAsset, Metadata, moment
from proxy.demo.cloudinary.signing import notification_signature

EVENT = "resource_metadata_changed"
ATTEMPTS = 4  # the first, and three more after about 3, 6 and 9 minutes
TIMEOUT = aiohttp.ClientTimeout(total=30)


@dataclass
class Notification:
    """`answers` are the statuses so far, None where none came."""

    body: bytes
    answers: list[int | None] = field(default_factory=list)

    @property
    def document(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.body)
        return loaded

    @property
    def is_pending(self) -> bool:
        return 200 not in self.answers and len(self.answers) < ATTEMPTS


@dataclass
class Change:
    asset: CloudAsset
    before: Metadata


class Webhooks:
    """`shape` is the one of `resources`: a map by public id, or a list; `timestamp` overrides the time of sending."""

    def __init__(
        self,
        key: str,
        secret: str,
        algorithm: str,
        shape: Literal["map", "list"] = "map",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.key = key
        self.secret = secret
        self.algorithm = algorithm
        self.shape = shape
        self.clock = clock
        self.timestamp: int | None = None
        self.notifications: list[Notification] = []

    @property
    def pending(self) -> list[Notification]:
        """Not yet answered with 200, and not yet given up, oldest first."""
        return [one for one in self.notifications if one.is_pending]

    def note(self, changes: Iterable[Change], source: str) -> Notification:
        now = moment(datetime.fromtimestamp(self.clock(), UTC))
        notification = Notification(
            json.dumps(
                {
                    "notification_type": EVENT,
                    "source": source,
                    "request_id": f"req-{len(self.notifications) + 1}",
                    "timestamp": now,
                    "resources": self.resources(changes),
                    "notification_context": {"triggered_at": now},
                    "signature_key": self.key,
                }
            ).encode()
        )
        self.notifications.append(notification)
        return notification

    def resources(self, changes: Iterable[Change]) -> object:
        entries = {change.asset.public_id: entry(change) for change in changes}
        if self.shape == "map":
            return entries
        return [{"public_id": public_id, **one} for public_id, one in entries.items()]

    def headers(self, body: bytes, timestamp: int | None = None) -> dict[str, str]:
        """Signed now, or at `timestamp` (seconds)."""
        at = timestamp if timestamp is not None else self.timestamp
        at = int(self.clock()) if at is None else at
        signature = notification_signature(body, at, self.secret, self.algorithm)
        return {"Content-Type": "application/json", "X-Cld-Timestamp": str(at), "X-Cld-Signature": signature}

    async def deliver(
        self, uris: Sequence[str], notifications: Iterable[Notification] | None = None
    ) -> list[int | None]:
        """One attempt for each (by default for all that are pending) at each address; the statuses, in order."""
        chosen = self.pending if notifications is None else list(notifications)
        statuses = []
        async with aiohttp.ClientSession(timeout=TIMEOUT, trust_env=False) as http:
            for notification in chosen:
                for uri in uris:
                    status = await self.send(http, uri, notification.body)
                    notification.answers.append(status)
                    statuses.append(status)
        return statuses

    async def send(self, http: aiohttp.ClientSession, uri: str, body: bytes) -> int | None:
        try:
            async with http.post(uri, data=body, headers=self.headers(body), allow_redirects=False) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return None


def entry(change: Change) -> Mapping[str, object]:
    asset = change.asset
    return {
        "asset_id": asset.asset_id,
        "resource_type": asset.resource_type,
        "type": asset.type,
        "previous_metadata": dict(change.before),
        "new_metadata": dict(asset.metadata),
    }
