"""The ways in, and who delivers behind each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from proxy.delivery.delivery import Delivery
from proxy.imagekit.endpoints import check_names, find, in_order, read
from proxy.imagekit.hints import Hints
from proxy.imagekit.reading import NO_HINTS
from proxy.imagekit.url import ReadUrl
from proxy.settings import Endpoint


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    endpoint: Endpoint
    delivery: Delivery

    def read(self, remainder: str, accept: str, hints: Hints = NO_HINTS, *, trusted: bool = False) -> ReadUrl:
        """Raises NoSuchPath, InvalidTransformation, LimitExceeded, and SignatureRefused unless `trusted`."""
        return read(self.endpoint, remainder, accept, hints, trusted=trusted)


class Endpoints:
    def __init__(self, gates: Iterable[Gate]) -> None:
        by_endpoint = {gate.endpoint: gate for gate in gates}
        check_names(by_endpoint)
        self.order = in_order(by_endpoint)
        self.gates = [by_endpoint[endpoint] for endpoint in self.order]

    def find(self, target: str, headers: Mapping[str, str]) -> tuple[Gate, str]:
        """The gate, and what is behind it; `target` is raw. Raises NoSuchPath."""
        endpoint, remainder = find(self.order, target, headers.get("Host", ""))
        return self.gates[self.order.index(endpoint)], remainder
