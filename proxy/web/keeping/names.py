"""What a keeper may mean by the text of a search: an identifier or a code, and whose."""

import re
from dataclasses import dataclass
from enum import StrEnum

from proxy.address import UUID, Entry
from proxy.address import Kind as Address

CODE = re.compile(r"[A-Za-z0-9_]+")  # of assets, records and what they belong to


class Kind(StrEnum):
    PRODUCT = "product"
    PRODUCT_UUID = "product by UUID"
    MODEL = "product model"
    ASSET = "asset"
    RECORD = "record"
    ENTITY = "reference entity"


@dataclass(frozen=True, slots=True)
class Name:
    """`owner` is the family of an asset, the entity of a record."""

    kind: Kind
    code: str
    owner: str = ""

    @property
    def entry(self) -> Entry:
        """As addresses call it."""
        match self.kind:
            case Kind.PRODUCT | Kind.PRODUCT_UUID:
                return Entry(Address.PRODUCT, self.code.lower() if UUID.fullmatch(self.code) else self.code)
            case Kind.MODEL:
                return Entry(Address.MODEL, self.code)
            case Kind.ASSET:
                return Entry(Address.ASSET, self.code, self.owner)
            case Kind.RECORD:
                return Entry(Address.RECORD, self.code, self.owner)
        return Entry(Address.RECORD, "", self.code)

    def __str__(self) -> str:
        """For people: two names may read alike."""
        return f"{self.kind} {self.owner}/{self.code}" if self.owner else f"{self.kind} {self.code}"


def names_for(text: str) -> list[Name]:
    """All that it may stand for. Identifiers of products may hold slashes; `packshots/front` may be an asset, too."""
    names = [Name(Kind.PRODUCT, text), Name(Kind.MODEL, text)]
    owner, slash, code = text.partition("/")
    if UUID.fullmatch(text):
        names.append(Name(Kind.PRODUCT_UUID, text))
    if not slash and CODE.fullmatch(text):
        names.append(Name(Kind.ENTITY, text))
    if CODE.fullmatch(owner) and CODE.fullmatch(code):
        names += [Name(Kind.ASSET, code, owner), Name(Kind.RECORD, code, owner)]
    return names
