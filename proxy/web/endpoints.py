"""The ways in, and who delivers behind each."""

from collections.abc import Iterable, Mapping

from proxy.address import EntryAddress
from proxy.addresses.addresses import Addresses, Found
from proxy.deadline import Deadline
from proxy.delivery.delivery import Delivery
from proxy.imagekit.endpoints import check_names, dialect_of, find, in_order, read
from proxy.imagekit.hints import Hints
from proxy.imagekit.meaning import Meanings
from proxy.imagekit.placeholders import Wanted, read_any
from proxy.imagekit.reading import NO_HINTS
from proxy.imagekit.url import ReadUrl
from proxy.settings import Endpoint
from proxy.web.recent import Recent


class Gate:
    """An endpoint, who delivers there, what its words and addresses mean, and what it was asked for last."""

    def __init__(self, endpoint: Endpoint, delivery: Delivery, addresses: Addresses) -> None:
        self.endpoint = endpoint
        self.delivery = delivery
        self.addresses = addresses
        self.meanings = Meanings(dialect_of(endpoint))
        self.recent = Recent()

    def read(self, remainder: str, accept: str, hints: Hints = NO_HINTS, *, trusted: bool = False) -> ReadUrl:
        """Raises NoSuchPath, InvalidTransformation, LimitExceeded, and SignatureRefused unless `trusted`."""
        return read(self.endpoint, remainder, accept, hints, trusted=trusted, meaning_of=self.meanings.of)

    def read_any(
        self, remainder: str, accept: str, hints: Hints = NO_HINTS, *, trusted: bool = False
    ) -> ReadUrl | Wanted:
        """The same, or what a list asks for; raises BadRequest, too."""
        return read_any(self.endpoint, remainder, accept, hints, trusted=trusted, meaning_of=self.meanings.of)

    @property
    def connections(self) -> list[str]:
        """Names of origins, in order of preference."""
        return [originals.origin.name for originals in self.delivery.originals.connections]

    async def resolve(self, address: EntryAddress, deadline: Deadline) -> Found:
        """The file that it stands for at present; raises what `Addresses.resolve` does."""
        return await self.addresses.resolve(address, self.connections, deadline)

    async def file_of(self, url: ReadUrl, deadline: Deadline) -> ReadUrl:
        """The same with the file in place of an address."""
        return url if url.entry is None else url.of_file((await self.resolve(url.entry, deadline)).path)


class Endpoints:
    def __init__(self, gates: Iterable[Gate]) -> None:
        self.by_endpoint = {gate.endpoint: gate for gate in gates}
        check_names(self.by_endpoint)
        self.order = in_order(self.by_endpoint)
        self.gates = [self.by_endpoint[endpoint] for endpoint in self.order]

    def find(self, target: str, headers: Mapping[str, str]) -> tuple[Gate, str]:
        """The gate, and what is behind it; `target` is raw. Raises NoSuchPath."""
        endpoint, remainder = find(self.order, target, headers.get("Host", ""))
        return self.by_endpoint[endpoint], remainder
