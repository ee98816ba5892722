"""What a keeper may mean by the text of a search: an identifier or a code, and whose."""

import re
from dataclasses import dataclass
from enum import StrEnum

CODE = re.compile(r"[A-Za-z0-9_]+")  # of assets, records and what they belong to
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


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

    def __str__(self) -> str:
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
