"""What the REST API does with a catalogue when it is written to."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from proxy.demo.answers import Answer, json_answer
from proxy.demo.catalogue.changing import SEE, FindFile, Rules, merge
from proxy.demo.catalogue.linking import LinkRules
from proxy.demo.catalogue.listing import Refused
from proxy.demo.catalogue.model import Asset, AssetFamily, DemoCatalogue, Model, Product
from proxy.demo.catalogue.routes import Route

MOST_ASSETS = 100
ASSET_CODE = re.compile(r"[A-Za-z0-9_]{1,255}")
OTHER_CODE = "The code of the asset provided in the URI must be the same as the one provided in the request body."
KNOWN = {"uuid", "identifier", "code", "enabled", "family", "family_variant", "categories", "groups", "parent"} | {
    "values",
    "associations",
    "quantified_associations",
}


class CatalogueWrites:
    def __init__(self, catalogue: DemoCatalogue, link_base: Callable[[], str], find_file: FindFile) -> None:
        self.catalogue = catalogue
        self.link_base = link_base
        self.find_file = find_file
        self.link_rules = LinkRules()

    def answer(self, method: str, route: Route, path: str, body: bytes) -> Answer:
        """Raises Refused; then nothing is written."""
        if route.name == "asset" and method == "DELETE":
            return self.delete_asset(route)
        document = read_json(body)
        match route.name:
            case "assets":
                return json_answer(200, self.patch_assets(self.asset_family(route), document))
            case "asset":
                created = self.patch_asset(self.asset_family(route), route.names["code"], document)
            case "model":
                created = self.patch_model(route.names["code"], document)
            case "product by uuid":
                created = self.patch_product(self.identifier_of(route.names["code"]), document)
            case _:
                created = self.patch_product(route.names["code"], document)
        location = {"Location": self.link_base() + quote(path)}
        return Answer(201 if created else 204, location, sized=True)

    # -- assets --

    def asset_family(self, route: Route) -> AssetFamily:
        code = route.names["owner"]
        if code not in self.catalogue.asset_families:
            raise Refused(404, f'Asset family "{code}" does not exist.')
        return self.catalogue.asset_families[code]

    def patch_asset(self, family: AssetFamily, code: str, document: Any) -> bool:
        """True when it is a new one."""
        if not isinstance(document, dict) or not isinstance(document.get("code"), str):
            error = {"property": "code", "message": "The property code is required"}
            raise Refused(422, "The asset has an invalid format.", [error])
        if document["code"] != code:
            raise Refused(422, OTHER_CODE)
        if not ASSET_CODE.fullmatch(code):
            error = {"property": "code", "message": "This field may only contain letters, numbers and underscores."}
            raise Refused(422, "The asset has data that does not comply with the business rules.", [error])
        values = self.asset_rules(family).read(document.get("values", {}))
        created = code not in family.assets
        if created:
            family.add(Asset(code))
        asset = family.assets[code]
        merge(asset, values, self.catalogue.now)
        if created:
            asset.touch(self.catalogue.now())
            self.link_rules.created(family, asset)
        return created

    def patch_assets(self, family: AssetFamily, documents: Any) -> list[dict[str, Any]]:
        if not isinstance(documents, list):
            raise Refused(400, "Invalid json message received")
        if len(documents) > MOST_ASSETS:
            raise Refused(413, f"Too many resources to process, {MOST_ASSETS} is the maximum allowed.")
        return [self.patch_one_of_many(family, one) for one in documents]

    def patch_one_of_many(self, family: AssetFamily, document: Any) -> dict[str, Any]:
        code = document.get("code") if isinstance(document, dict) else None
        try:
            return {"code": code, "status_code": 201 if self.patch_asset(family, str(code), document) else 204}
        except Refused as refused:
            line = {"code": code, "status_code": refused.status, "message": refused.message}
            return {**line, "errors": refused.errors} if refused.errors else line

    def delete_asset(self, route: Route) -> Answer:
        owner, code = route.names["owner"], route.names["code"]
        family = self.catalogue.asset_families.get(owner)
        if family is None or code not in family.assets:
            raise Refused(404, f"Resource `{code}` does not exist.")
        del family.assets[code]
        return Answer(204, sized=True)

    # -- products and models --

    def patch_product(self, identifier: str, document: Any) -> bool:
        """True when it is a new one."""
        values = self.read_product(document)
        product = self.catalogue.products.get(identifier)
        if product is not None and self.catalogue.makes_draft(identifier):
            return False
        created = product is None
        if product is None:
            product = Product(identifier)
            self.catalogue.add_products(product)
        product.family, product.parent = document.get("family", product.family), document.get("parent", product.parent)
        if merge(product, values, self.catalogue.now) or created:
            product.touch(self.catalogue.now())
        return created

    def patch_model(self, code: str, document: Any) -> bool:
        """True when it is a new one."""
        values = self.read_product(document)
        model = self.catalogue.models.get(code)
        if model is not None and self.catalogue.makes_draft(code):
            return False
        created = model is None
        if model is None:
            model = Model(code, str(document.get("family") or ""), document.get("parent"))
            self.catalogue.add_models(model)
        if merge(model, values, self.catalogue.now) or created:
            model.touch(self.catalogue.now())
        return created

    def identifier_of(self, uuid: str) -> str:
        for product in self.catalogue.products.values():
            if product.uuid == uuid:
                return product.identifier
        raise Refused(422, f'The product with uuid "{uuid}" has no identifier.')

    def read_product(self, document: Any) -> Any:
        if not isinstance(document, dict):
            raise Refused(400, "Invalid json message received")
        for name in document.keys() - KNOWN:
            raise Refused(422, f'Property "{name}" does not exist. {SEE}')
        return self.product_rules().read(document.get("values", {}))

    def product_rules(self) -> Rules:
        catalogue = self.catalogue
        return Rules(catalogue.attributes, catalogue.locales, catalogue.channels, "scope", self.find_file)

    def asset_rules(self, family: AssetFamily) -> Rules:
        attributes = {one.code: one for one in family.attributes}
        return Rules(attributes, self.catalogue.locales, self.catalogue.channels, "channel", self.find_file)


def read_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise Refused(400, "Invalid json message received") from None
