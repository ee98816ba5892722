"""What the REST API answers about the catalogue, once it is clear who asks and that the route exists."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from proxy.demo.answers import Answer, json_answer
from proxy.demo.catalogue.documents import Shown, Writer, entry_attribute
from proxy.demo.catalogue.legacy import legacy_answer
from proxy.demo.catalogue.listing import PRODUCTS, STRUCTURE, Paging, Refused, Row, entries, listed
from proxy.demo.catalogue.model import AssetFamily, DemoCatalogue, Product, ReferenceEntity
from proxy.demo.catalogue.routes import LISTS, Route
from proxy.demo.files import DemoFile, Family

T = TypeVar("T")
Query = Mapping[str, str]


class CatalogueApi:
    """`catalogue` may be changed at any time."""

    def __init__(
        self,
        catalogue: DemoCatalogue,
        saas: bool,
        link_base: Callable[[], str],
        find_file: Callable[[Family, str], DemoFile | None],
    ) -> None:
        self.catalogue = catalogue
        self.link_base = link_base
        self.write = Writer(catalogue, saas, link_base, find_file)

    def answer(self, route: Route, path: str, query: Query) -> Answer:
        """`path` is the decoded one of the route."""
        try:
            if route.is_legacy:
                return legacy_answer(self.catalogue, route, f"{self.link_base()}{path}")
            if route.name not in LISTS:
                return json_answer(200, self.single(route))
            found, paging = self.rows(route, query)
            return json_answer(200, listed(found, query, paging, self.link_base() + quote(path)))
        except Refused as refused:
            return refused.answer()

    def single(self, route: Route) -> Any:
        catalogue, write, code = self.catalogue, self.write, route.names.get("code", "")
        match route.name:
            case "product":
                return write.product(known(catalogue.products, code, "Product"))
            case "product by uuid":
                return write.product(known(self.by_uuid, code, "Product"), by_uuid=True)
            case "model":
                return write.model(known(catalogue.models, code, "Product model"))
            case "family":
                return write.family(known(catalogue.families, code, "Family"))
            case "attribute":
                return write.attribute(known(catalogue.attributes, code, "Attribute"))
            case "channel":
                return write.channel(known(catalogue.channels, code, "Channel"))
        return self.single_entry(route)

    def single_entry(self, route: Route) -> Any:
        write, code = self.write, route.names.get("code", "")
        match route.name:
            case "asset family":
                return write.asset_family(self.asset_family(route))
            case "asset attributes":
                return list(map(entry_attribute, self.asset_family(route).attributes))
            case "asset attribute":
                attributes = {one.code: one for one in self.asset_family(route).attributes}
                return entry_attribute(known(attributes, code, "Attribute"))
            case "asset":
                family = self.asset_family(route)
                return write.asset(family, known(family.assets, code, "Asset"))
            case "entity":
                return write.entity(self.entity(route))
            case "record attributes":
                return list(map(entry_attribute, self.entity(route).attributes))
        entity = self.entity(route)
        return write.record(entity, known(entity.records, code, "Record"))

    def rows(self, route: Route, query: Query) -> tuple[list[Row], Paging]:
        catalogue, write, fixed = self.catalogue, self.write, entries(self.catalogue.page_size)
        match route.name:
            case "products" | "products by uuid":
                return self.product_rows(query, by_uuid=route.name == "products by uuid"), PRODUCTS
            case "models":
                shown = self.shown(query, "scope")
                models = catalogue.models.values()
                return [Row(m.code, partial(write.model, m, shown), m.updated, m.family) for m in models], PRODUCTS
            case "assets":
                family, shown = self.asset_family(route), self.shown(query, "channel")
                assets = family.assets.values()
                return [Row(a.code, partial(write.asset, family, a, shown), a.updated) for a in assets], fixed
            case "records":
                entity, shown = self.entity(route), self.shown(query, "channel")
                records = entity.records.values()
                return [Row(r.code, partial(write.record, entity, r, shown), r.updated) for r in records], fixed
            case "asset families":
                return rows(catalogue.asset_families.items(), write.asset_family), fixed
            case "entities":
                return rows(catalogue.reference_entities.items(), write.entity), fixed
            case "families":
                return rows(catalogue.families.items(), write.family), STRUCTURE
            case "attributes":
                return rows(catalogue.attributes.items(), write.attribute), STRUCTURE
        return rows(catalogue.channels.items(), write.channel), STRUCTURE

    def product_rows(self, query: Query, *, by_uuid: bool) -> list[Row]:
        shown = self.shown(query, "scope")

        def row(one: Product) -> Row:
            draw = partial(self.write.product, one, shown, by_uuid=by_uuid)
            return Row(one.uuid if by_uuid else one.identifier, draw, one.updated, one.family, one.identifier)

        return list(map(row, self.catalogue.products.values()))

    def shown(self, query: Query, scope: str) -> Shown:
        """Raises Refused for a name that there is not."""
        attributes, locales = names(query.get("attributes")), names(query.get("locales"))
        checks = [
            (attributes if scope == "scope" else frozenset(), self.catalogue.attributes.keys(), "Attribute"),
            (locales, self.catalogue.locales, "Locale"),
            (names(query.get(scope)), self.catalogue.channels.keys(), scope.capitalize()),
        ]
        for asked, existing, what in checks:
            for name in sorted(asked - set(existing)):
                raise Refused(422, f'{what} "{name}" does not exist.')
        return Shown(attributes, locales, query.get(scope))

    @property
    def by_uuid(self) -> dict[str, Product]:
        return {product.uuid: product for product in self.catalogue.products.values()}

    def asset_family(self, route: Route) -> AssetFamily:
        return known(self.catalogue.asset_families, route.names["owner"], "Asset family")

    def entity(self, route: Route) -> ReferenceEntity:
        return known(self.catalogue.reference_entities, route.names["owner"], "Reference entity")


def known(entries_by_code: Mapping[str, T], code: str, what: str) -> T:
    if code not in entries_by_code:
        raise Refused(404, f'{what} "{code}" does not exist.')
    return entries_by_code[code]


def rows(several: Iterable[tuple[str, T]], write: Callable[[T], dict[str, Any]]) -> list[Row]:
    return [Row(code, partial(write, one)) for code, one in several]


def names(listed_names: str | None) -> frozenset[str]:
    return frozenset(listed_names.split(",")) if listed_names else frozenset()
