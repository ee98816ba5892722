"""The ways in: which endpoint a request is for, and what of its target is behind the endpoint."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from proxy.delivery.delivery import Delivery
from proxy.errors import NoSuchPath
from proxy.imagekit.hints import Hints
from proxy.imagekit.reading import NO_HINTS
from proxy.imagekit.signature import verify
from proxy.imagekit.url import Address, ReadUrl, locate, read_address, without_origin
from proxy.settings import Endpoint


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """An endpoint, and who delivers behind it."""

    endpoint: Endpoint
    delivery: Delivery

    def leads(self, host: str, path: str) -> bool:
        endpoint = self.endpoint
        if endpoint.host not in {None, host}:
            return False
        return not endpoint.prefix or f"{path}/".startswith(f"/{endpoint.prefix}/")

    def remainder(self, local: str) -> str:
        """What a signature covers: the target behind the endpoint and its slash."""
        return local[len(self.endpoint.prefix) + bool(self.endpoint.prefix) :].removeprefix("/")

    def read(self, remainder: str, accept: str, hints: Hints = NO_HINTS) -> ReadUrl:
        """Raises NoSuchPath, SignatureRefused, InvalidTransformation, LimitExceeded."""
        address = self.locate(remainder)
        verify(address.remainder, self.endpoint.signing.keys, self.endpoint.signing.required)
        return self.understand(address, accept, hints)

    def locate(self, remainder: str) -> Address:
        """Raises NoSuchPath, LimitExceeded."""
        return locate(f"/{remainder}", folder=self.endpoint.folder is not None)

    def understand(self, address: Address, accept: str, hints: Hints = NO_HINTS) -> ReadUrl:
        """Whoever asks for it; raises InvalidTransformation, LimitExceeded."""
        endpoint = self.endpoint
        return read_address(
            address,
            accept,
            endpoint.output,
            names=endpoint.named_transformations,
            named_only=endpoint.named_only,
            hints=hints,
        )


class Endpoints:
    """An endpoint of that host comes before one of any host, a longer prefix before a shorter one."""

    def __init__(self, gates: Iterable[Gate]) -> None:
        self.gates = sorted(gates, key=lambda gate: (gate.endpoint.host is None, -len(gate.endpoint.prefix)))

    def find(self, target: str, headers: Mapping[str, str]) -> tuple[Gate, str]:
        """The gate, and what is behind it; `target` is raw. Raises NoSuchPath."""
        host, local = without_origin(target)
        path = local.partition("?")[0]
        host = host_of(host or headers.get("Host", ""))
        for gate in self.gates:
            if gate.leads(host, path):
                return gate, gate.remainder(local)
        raise NoSuchPath("no such path")


def host_of(authority: str) -> str:
    """The name alone: `[::1]:8080` and `localhost:8080` without the port."""
    if authority.startswith("["):
        return authority.partition("]")[0].lower() + "]"
    return authority.partition(":")[0].lower()
