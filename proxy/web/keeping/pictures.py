"""The pictures of one entry: its own, those of its models, and those of the assets in its collections."""

import asyncio
from dataclasses import dataclass, field, replace

from proxy.catalogue.entries import Asset, Entry, Product, ProductModel, Record, ReferenceEntity
from proxy.catalogue.structure import Attribute
from proxy.catalogue.values import Value
from proxy.deadline import Deadline
from proxy.errors import MediaNotFound, ProxyError
from proxy.media import MediaPath
from proxy.web.keeping.names import Kind, Name
from proxy.web.keeping.shelf import Shelf

MOST_ASSETS = 48  # of one entry; each is a call
MOST_PICTURES = 100
MOST_PROBLEMS = 10
MOST_PARENTS = 2


@dataclass(frozen=True, slots=True)
class Picture:
    """One place of the catalogue that shows something: a file, or else the `link` of an asset. `of` is the asset of a
    collection, `inherited_from` the code of the model that the value stands at.
    """

    attribute: str
    locale: str | None
    scope: str | None
    path: MediaPath | None
    link: str | None = None
    of: Name | None = None
    inherited_from: str | None = None


@dataclass(slots=True)
class Shown:
    """`sources` is what the pictures were read from; `problems` are sentences; `more` pictures are left out."""

    pictures: list[Picture] = field(default_factory=list)
    sources: list[Name] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    more: int = 0


class Showing:
    """Of one entry. What cannot be read beside it is a problem, and the rest is shown."""

    def __init__(self, shelf: Shelf, name: Name, deadline: Deadline) -> None:
        self.shelf = shelf
        self.deadline = deadline
        self.shown = Shown(sources=[name])
        self.assets_left = MOST_ASSETS

    async def show(self, entry: Entry) -> Shown:
        if isinstance(entry, ReferenceEntity):
            self.shown.pictures += [Picture("", None, None, entry.image)] if entry.image else []
            return self.shown
        if isinstance(entry, Asset):
            pictures = await self.of_asset(entry)
        elif isinstance(entry, Record):
            pictures = [it for value in entry.values for it in files_of(value)]
        else:
            pictures = await self.of_product(entry)
        self.shown.pictures = pictures[:MOST_PICTURES]
        self.shown.more += max(0, len(pictures) - MOST_PICTURES)
        return self.shown

    async def of_product(self, entry: Product | ProductModel) -> list[Picture]:
        parents = await self.parents_of(entry)
        found = await asyncio.gather(*(self.of_value(value) for value in entry.values))
        pictures = [
            replace(picture, inherited_from=giver_of(value, parents))
            for value, several in zip(entry.values, found, strict=True)
            for picture in several
        ]
        return sorted(pictures, key=lambda it: it.inherited_from is not None)  # its own first

    async def parents_of(self, entry: Product | ProductModel) -> list[ProductModel]:
        """The nearest first."""
        parents: list[ProductModel] = []
        above: Product | ProductModel = entry
        while above.parent is not None and len(parents) < MOST_PARENTS:
            model = await self.find(Name(Kind.MODEL, above.parent))
            if not isinstance(model, ProductModel):
                break
            parents.append(model)
            above = model
        return parents

    async def of_value(self, value: Value) -> list[Picture]:
        files = files_of(value)
        if files or not isinstance(value.data, list) or not all(isinstance(code, str) for code in value.data):
            return files
        attribute = await self.attribute_of(value)
        codes = value.asset_codes(attribute.type) if attribute else ()
        if attribute is None or not codes:
            return []
        chosen = codes[: self.assets_left]
        self.assets_left -= len(chosen)
        self.shown.more += len(codes) - len(chosen)
        return await self.of_collection(value, attribute.asset_family, chosen)

    async def attribute_of(self, value: Value) -> Attribute | None:
        """As the value tells it, which it does on SaaS only."""
        if value.type:
            return Attribute(value.attribute, value.type, asset_family=value.asset_family)
        try:
            return await self.shelf.attribute(value.attribute, self.deadline)
        except ProxyError as error:
            self.trouble(f"attribute {value.attribute}", error)
            return None

    async def of_collection(self, value: Value, family: str, codes: tuple[str, ...]) -> list[Picture]:
        names = [Name(Kind.ASSET, code, family) for code in codes]
        assets = await asyncio.gather(*map(self.find, names))
        found = [await self.of_asset(asset, main=True) for asset in assets if isinstance(asset, Asset)]
        return [
            replace(it, attribute=value.attribute, locale=it.locale or value.locale, scope=it.scope or value.scope)
            for several in found
            for it in several
        ]

    async def of_asset(self, asset: Asset, *, main: bool = False) -> list[Picture]:
        """All its files and links, or those of the attribute that shows it."""
        name = Name(Kind.ASSET, asset.code, asset.family)
        try:
            chosen = (await self.shelf.asset_family(asset.family, self.deadline)).main_media if main else None
            values = [value for value in asset.values if chosen in (None, value.attribute)]
            pictures = [picture for value in values for picture in files_of(value)]
            if chosen is None or not pictures:
                attributes = await self.shelf.asset_attributes(asset.family, self.deadline)
                pictures += [it for value in asset.values for it in links_of(value, attributes.get(value.attribute))]
        except ProxyError as error:
            self.trouble(str(name), error)
            return []
        return [replace(picture, of=name) for picture in pictures]

    async def find(self, name: Name) -> Entry | None:
        try:
            entry = await self.shelf.find(name, self.deadline)
        except ProxyError as error:
            self.trouble(str(name), error)
            return None
        if entry is None:
            self.trouble(str(name), MediaNotFound("Akeneo has no such entry"))
        else:
            self.shown.sources.append(name)
        return entry

    def trouble(self, what: str, error: ProxyError) -> None:
        problem = f"{what}: {error.message}"
        if problem not in self.shown.problems and len(self.shown.problems) < MOST_PROBLEMS:
            self.shown.problems.append(problem)


def files_of(value: Value) -> list[Picture]:
    path = value.media()
    return [Picture(value.attribute, value.locale, value.scope, path)] if path else []


def links_of(value: Value, attribute: Attribute | None) -> list[Picture]:
    link = attribute.link(value) if attribute else None
    return [Picture(value.attribute, value.locale, value.scope, None, link)] if link else []


def giver_of(value: Value, parents: list[ProductModel]) -> str | None:
    """The topmost model that has the value; a child may have one of its own in its place."""
    for model in reversed(parents):
        for one in model.values.of.get(value.attribute, ()):
            if (one.locale, one.scope, one.data) == (value.locale, value.scope, value.data):
                return model.code
    return None
