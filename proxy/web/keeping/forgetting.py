"""Who has to hear that an entry is to be looked up anew: the addresses that stand for its files."""

from collections.abc import Iterable
from typing import Protocol

from proxy.web.keeping.names import Kind, Name


class Forgetting(Protocol):
    def forget_product(self, code: str, /) -> None:
        """By its identifier or its UUID."""

    def forget_model(self, code: str, /) -> None: ...

    def forget_asset(self, family: str, code: str, /) -> None: ...

    def forget_record(self, entity: str, code: str, /) -> None: ...

    def forget_entity(self, code: str, /) -> None: ...


def forget_all(addresses: Forgetting, names: Iterable[Name]) -> None:
    for name in names:
        match name.kind:
            case Kind.PRODUCT | Kind.PRODUCT_UUID:
                addresses.forget_product(name.code)
            case Kind.MODEL:
                addresses.forget_model(name.code)
            case Kind.ASSET:
                addresses.forget_asset(name.owner, name.code)
            case Kind.RECORD:
                addresses.forget_record(name.owner, name.code)
            case Kind.ENTITY:
                addresses.forget_entity(name.code)
