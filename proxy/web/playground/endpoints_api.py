"""`GET /v1/endpoints`: the ways in, as the playground offers them, each with what it was asked for last."""

from typing import Any

from aiohttp import web

from proxy.setting_types import plain
from proxy.settings import Endpoint
from proxy.web.api_answers import answer
from proxy.web.endpoints import Gate
from proxy.web.guard import API, CALLER, host_of
from proxy.web.house import House

ENDPOINTS_PATH = API + "endpoints"


class EndpointsApi:
    def __init__(self, house: House) -> None:
        self.gates = list(house.endpoints.by_endpoint.values())  # as the settings have them
        self.port = house.settings.port

    def join(self, app: web.Application) -> None:
        app.router.add_get(ENDPOINTS_PATH, self.tell)

    async def tell(self, request: web.Request) -> web.Response:
        """Those that the caller may act on."""
        caller = request[CALLER]
        gates = [gate for gate in self.gates if caller.may_act_on(gate.endpoint)]
        return answer({"endpoints": [self.facts_of(gate, request) for gate in gates]})

    def facts_of(self, gate: Gate, request: web.Request) -> dict[str, Any]:
        endpoint = gate.endpoint
        return {
            "base": self.base_of(endpoint, request),
            "signs": bool(plain(endpoint.signing.private_key)),
            "requires_signature": endpoint.signing.required,
            "named_transformations": sorted(endpoint.named_transformations),
            "named_only": endpoint.named_only,
            "connections": list(endpoint.connections),
            "recent": gate.recent.paths,
        }

    def base_of(self, endpoint: Endpoint, request: web.Request) -> str:
        """Where it is likely to be reached: of a host of its own, by HTTPS; else where the caller has reached us."""
        name = host_of(request) or "localhost"
        own = (
            f"https://{endpoint.host}"
            if endpoint.host
            else f"http://{f'[{name}]' if ':' in name else name}:{self.port}"
        )
        return f"{own}/{endpoint.prefix}".rstrip("/")
