"""Whether the server is alive, and whether it is ready; the PIM never turns it red (design, section 4)."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from proxy.akeneo.health import Health as OriginHealth
from proxy.cache.tiers import Tiers
from proxy.native.presence import present
from proxy.origins.origin import Origin
from proxy.pixels.pool import Renderers
from proxy.web.headers import NO_STORE

HEADERS = {"Cache-Control": NO_STORE, "Server": "media-proxy", "X-Content-Type-Options": "nosniff"}


class Health:
    def __init__(
        self, renderers: Renderers, tiers: Tiers, connections: Mapping[str, Origin], memory_bytes: int
    ) -> None:
        self.renderers = renderers
        self.tiers = tiers
        self.connections = connections
        self.memory_bytes = memory_bytes
        self.draining = False
        self.was_warm = False

    @property
    def warm(self) -> bool:
        """From the first worker on: one that is being replaced will be there in a moment."""
        self.was_warm = self.was_warm or self.renderers.ready > 0
        return self.was_warm

    @property
    def remembers(self) -> bool:
        """At least one tier can be written to."""
        return self.memory_bytes > 0 or "disk" not in self.tiers.failing

    @property
    def ready(self) -> bool:
        return self.warm and self.remembers and not self.draining

    def live_response(self) -> web.Response:
        return answer(200, {"status": "alive"})

    def ready_response(self) -> web.Response:
        facts = {
            "status": "draining" if self.draining else "ready" if self.ready else "not ready",
            "workers": {
                "ready": self.renderers.ready,
                "wanted": self.renderers.settings.workers,
                "sandbox": self.renderers.sandbox,
                "native": present(),
            },
            "cache": {"failing": self.tiers.failing},
            "connections": {name: facts_of(origin.health) for name, origin in self.connections.items()},
        }
        return answer(200 if self.ready else 503, facts)


def answer(status: int, facts: dict[str, Any]) -> web.Response:
    return web.Response(status=status, text=json.dumps(facts) + "\n", content_type="application/json", headers=HEADERS)


def facts_of(health: OriginHealth) -> dict[str, str | None]:
    return {
        "outcome": health.outcome,
        "since": health.since.isoformat() if health.since else None,
        "paused_until": health.paused_until.isoformat() if health.paused_until else None,
    }
