"""The routes of the catalogue: from a path to the resource and the names in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from proxy.demo.files import Family

ROOT = "/api/rest/v1"
ONE = "[^/]+"
# Only products and models are known by names that may hold a slash.
PATTERNS: dict[str, tuple[Family | None, str]] = {
    "products": (None, "/products"),
    "product": (None, "/products/(?P<code>.+)"),
    "products by uuid": (None, "/products-uuid"),
    "product by uuid": (None, f"/products-uuid/(?P<code>{ONE})"),
    "models": (None, "/product-models"),
    "model": (None, "/product-models/(?P<code>.+)"),
    "families": (None, "/families"),
    "family": (None, f"/families/(?P<code>{ONE})"),
    "attributes": (None, "/attributes"),
    "attribute": (None, f"/attributes/(?P<code>{ONE})"),
    "channels": (None, "/channels"),
    "channel": (None, f"/channels/(?P<code>{ONE})"),
    "asset families": (Family.ASSET, "/asset-families"),
    "asset family": (Family.ASSET, f"/asset-families/(?P<owner>{ONE})"),
    "asset attributes": (Family.ASSET, f"/asset-families/(?P<owner>{ONE})/attributes"),
    "asset attribute": (Family.ASSET, f"/asset-families/(?P<owner>{ONE})/attributes/(?P<code>{ONE})"),
    "assets": (Family.ASSET, f"/asset-families/(?P<owner>{ONE})/assets"),
    "asset": (Family.ASSET, f"/asset-families/(?P<owner>{ONE})/assets/(?P<code>{ONE})"),
    "entities": (Family.REFERENCE_ENTITY, "/reference-entities"),
    "entity": (Family.REFERENCE_ENTITY, f"/reference-entities/(?P<owner>{ONE})"),
    "record attributes": (Family.REFERENCE_ENTITY, f"/reference-entities/(?P<owner>{ONE})/attributes"),
    "records": (Family.REFERENCE_ENTITY, f"/reference-entities/(?P<owner>{ONE})/records"),
    "record": (Family.REFERENCE_ENTITY, f"/reference-entities/(?P<owner>{ONE})/records/(?P<code>{ONE})"),
    "reference file": (Family.ASSET, f"/assets/(?P<owner>{ONE})/reference-files/(?P<locale>{ONE})"),
    "reference file download": (Family.ASSET, f"/assets/(?P<owner>{ONE})/reference-files/(?P<locale>{ONE})/download"),
    "variation file": (
        Family.ASSET,
        f"/assets/(?P<owner>{ONE})/variation-files/(?P<channel>{ONE})/(?P<locale>{ONE})",
    ),
    "variation file download": (
        Family.ASSET,
        f"/assets/(?P<owner>{ONE})/variation-files/(?P<channel>{ONE})/(?P<locale>{ONE})/download",
    ),
}
LISTS = frozenset(
    {"products", "products by uuid", "models", "families", "attributes", "channels"}
    | {"asset families", "assets", "entities", "records"}
)
# What else than GET and HEAD a route takes.
WRITES = {
    "product": ("PATCH",),
    "product by uuid": ("PATCH",),
    "model": ("PATCH",),
    "assets": ("PATCH",),
    "asset": ("PATCH", "DELETE"),
}
ROUTES = [(name, family, re.compile(ROOT + pattern, re.DOTALL)) for name, (family, pattern) in PATTERNS.items()]
NAMED = re.compile(r"\(\?P<(\w+)>[^)]*\)")


@dataclass(frozen=True, slots=True)
class Route:
    """`family` is the one of media that an edition needs to have the route; None where all have it."""

    name: str
    family: Family | None
    names: Mapping[str, str]

    @property
    def is_legacy(self) -> bool:
        """Of the asset manager of before 4.0."""
        return " file" in self.name

    @property
    def writes(self) -> tuple[str, ...]:
        return WRITES.get(self.name, ())

    @property
    def is_download(self) -> bool:
        return self.name.endswith("download")


def find_route(path: str) -> Route | None:
    """`path` is decoded, and below the PIM's own prefix."""
    for name, family, pattern in ROUTES:
        if match := pattern.fullmatch(path):
            return Route(name, family, match.groupdict())
    return None


def route_list(families: frozenset[Family]) -> dict[str, str]:
    """As the API's root lists them: `/products/{code}`."""
    return {
        f"pim_api_{name.replace(' ', '_')}": ROOT + NAMED.sub(r"{\1}", pattern)
        for name, (family, pattern) in PATTERNS.items()
        if family is None or family in families
    }
