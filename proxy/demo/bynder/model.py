"""What the pretend Bynder holds: media and metaproperties. All may be changed while it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5
from typing import Literal

FIRST_DAY = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
Spelling = Literal["bool", "int", "text"]


@dataclass
class Metaproperty:
    """`options` by name, each with its id. `as_list` is how values are shown: `["a", "b"]` or `"a,b"`; `empty` is what
    shows when there are none (None: the property is absent).
    """

    name: str
    type: str = "text"
    options: dict[str, str] = field(default_factory=dict)
    multi: bool = False
    api_field: bool = True
    as_list: bool = True
    empty: object = None
    id: str = ""

    def __post_init__(self) -> None:
        self.id = self.id or new_id(f"metaproperty {self.name}")

    @property
    def is_select(self) -> bool:
        return self.type.startswith("select")

    def add_option(self, name: str) -> str:
        self.options[name] = new_id(f"option {self.name} {name}")
        return self.options[name]

    def shown(self, values: list[str]) -> object:
        if not values:
            return self.empty
        return list(values) if self.as_list else ",".join(values)


@dataclass
class Version:
    number: int
    content: bytes = field(repr=False)


@dataclass
class Media:
    """`properties` by metaproperty name, as option names or texts; `derivatives` by name, `webimage` among them."""

    id: str
    name: str
    type: str = "image"
    extension: str = "jpg"
    versions: list[Version] = field(default_factory=list)
    properties: dict[str, list[str]] = field(default_factory=dict)
    derivatives: dict[str, bytes] = field(default_factory=dict, repr=False)
    thumbnails: dict[str, bytes] = field(default_factory=dict, repr=False)
    archive: bool = False
    date_created: datetime = FIRST_DAY
    date_modified: datetime = FIRST_DAY

    @property
    def version(self) -> int:
        return self.versions[-1].number

    @property
    def content(self) -> bytes:
        return self.versions[-1].content

    def item_id(self, name: str, version: int | None = None) -> str:
        """Of the media item that is this derivative; `original` is the file itself."""
        return new_id(f"{self.id} {name} {self.version if version is None else version}")


def new_id(seed: str) -> str:
    """In Bynder's shape, 8-4-4-16; the same seed always gives the same id."""
    digits = md5(seed.encode(), usedforsecurity=False).hexdigest().upper()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:]))


def by_name(metaproperties: Mapping[str, Metaproperty], id: str) -> Metaproperty | None:
    return next((one for one in metaproperties.values() if one.id == id), None)


def link_metaproperties() -> dict[str, Metaproperty]:
    """What sync asks for, by the names of its example settings."""
    kind = Metaproperty("asset_type", "select2", multi=True)
    season = Metaproperty("season", "select2")
    for name in ("packshot", "application"):
        kind.add_option(name)
    season.add_option("Spring_Summer_2026")
    texts = ("product_identifier", "product_model", "product_name", "brand")
    several = [*map(Metaproperty, texts), kind, season, Metaproperty("sort_order", as_list=False)]
    return {one.name: one for one in several}


def spelled(flag: bool, spelling: Spelling) -> object:
    """Booleans come in three spellings."""
    if spelling == "bool":
        return flag
    return int(flag) if spelling == "int" else str(int(flag))


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
