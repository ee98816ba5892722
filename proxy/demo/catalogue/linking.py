"""What the PIM does by itself with a new asset: it reads its name, and links it to products a little later."""

import re

from proxy.demo.catalogue.model import Asset, AssetFamily, DemoCatalogue, LinkRule, Product

PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


class LinkRules:
    """Assets wait here from their creation until the rules run; an update is none."""

    def __init__(self) -> None:
        self.waiting: list[tuple[AssetFamily, Asset]] = []

    def created(self, family: AssetFamily, asset: Asset) -> None:
        read_name(family, asset)
        self.waiting.append((family, asset))

    def run(self, catalogue: DemoCatalogue) -> list[str]:
        """The identifiers of the products that got an asset."""
        waiting, self.waiting = self.waiting, []
        return [
            product.identifier
            for family, asset in waiting
            if asset.code in family.assets
            for rule in family.link_rules
            for product in catalogue.products.values()
            if fits(product, rule, asset) and link(product, rule, asset.code)
        ]


def read_name(family: AssetFamily, asset: Asset) -> None:
    """What a client has set itself stays."""
    match = re.search(family.naming, asset.code) if family.naming else None
    known = {attribute.code for attribute in family.attributes}
    for name, text in match.groupdict().items() if match else ():
        if name in known and not asset.values.get(name):
            asset.set(name, text)


def fits(product: Product, rule: LinkRule, asset: Asset) -> bool:
    wanted = PLACEHOLDER.sub(lambda match: text_of(asset, match[1]), rule.value)
    if rule.field in ("sku", "identifier"):
        return product.identifier == wanted
    return any(value.data == wanted for value in product.values.get(rule.field, []))


def text_of(asset: Asset, name: str) -> str:
    if name == "code":
        return asset.code
    return next((str(value.data) for value in asset.values.get(name, [])), "")


def link(product: Product, rule: LinkRule, code: str) -> bool:
    held = next((value.data for value in product.values.get(rule.attribute, [])), [])
    before = list(held) if isinstance(held, list) else []
    after = [code] if rule.replaces else [*before, *([] if code in before else [code])]
    if before != after:
        product.set(rule.attribute, after)
    return before != after
