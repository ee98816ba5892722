"""Addresses that stay when their picture changes, as far as freshness acts on them."""

from typing import Protocol

from proxy.freshness.things import Kind, Thing


class Addresses(Protocol):
    """What an address leads to is forgotten, so that its next viewer has it looked up anew."""

    def forget_product(self, name: str) -> None:
        """By its identifier or its uuid."""

    def forget_model(self, code: str) -> None:
        """And whatever inherits from it."""

    def forget_asset(self, family: str, code: str) -> None:
        """And whatever shows it."""

    def forget_record(self, entity: str, code: str) -> None: ...

    def forget_entity(self, code: str) -> None: ...

    def forget_all(self) -> None: ...


def forget(addresses: Addresses, thing: Thing) -> None:
    match thing.kind:
        case Kind.PRODUCT:
            for name in thing.names:
                addresses.forget_product(name)
        case Kind.MODEL:
            addresses.forget_model(thing.code)
        case Kind.ASSET:
            addresses.forget_asset(thing.of, thing.code)
        case Kind.RECORD:
            addresses.forget_record(thing.of, thing.code)
        case Kind.ENTITY:
            addresses.forget_entity(thing.code)
