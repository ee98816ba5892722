"""The demo's catalogue, round the sample pictures: a cup in two colours, a poster, their assets and a brand."""

from proxy.demo.catalogue.model import (
    Asset,
    AssetFamily,
    Attribute,
    Channel,
    DemoCatalogue,
    Model,
    Product,
    ProductFamily,
    Record,
    ReferenceEntity,
)
from proxy.demo.pictures import sample

LOCALES = ["en_US", "fr_FR"]
MEDIA_HOST = "https://media.example.com/"


def sample_catalogue() -> DemoCatalogue:
    """Made anew with each call, so that it may be changed."""
    catalogue = DemoCatalogue()
    catalogue.add_channels(Channel("ecommerce", LOCALES), Channel("print", ["en_US"]))
    catalogue.add_attributes(
        Attribute("sku", "pim_catalog_identifier"),
        Attribute("name", "pim_catalog_text", localizable=True),
        Attribute("picture", "pim_catalog_image"),
        Attribute("banner", "pim_catalog_image", localizable=True, scopable=True),
        Attribute("manual", "pim_catalog_file"),
        Attribute("packshots", "pim_catalog_asset_collection", asset_family="packshots"),
    )
    catalogue.add_families(
        ProductFamily("cups", ["sku", "name", "picture", "banner", "manual", "packshots"], "picture"),
        ProductFamily("posters", ["sku", "name", "packshots"], "packshots"),
    )
    catalogue.add_asset_families(packshots())
    catalogue.add_reference_entities(brands())
    catalogue.add_models(*cup_models())
    catalogue.add_products(*products())
    return catalogue


def cup_models() -> list[Model]:
    """Two floors: the cup, and its colour."""
    cup = Model("cup", "cups")
    cup.set("name", "Espresso cup", "en_US", at=cup.updated)
    cup.set("manual", sample("care"), at=cup.updated)
    cup.set("picture", sample("coffee"), at=cup.updated)
    red = Model("cup-red", "cups", "cup")
    red.set("packshots", ["hubble", "rocket"], at=red.updated)
    return [cup, red]


def products() -> list[Product]:
    """A variant with nothing but its name, one with a picture of its own, and a product on its own."""
    small = Product("cup-red-small", "cups", "cup-red")
    tall = Product("cup/red tall", "cups", "cup-red")
    tall.set("picture", sample("steaming cup"), at=tall.updated)
    tall.set("banner", sample("chelsea"), "en_US", "ecommerce", tall.updated)
    tall.set("banner", sample("tasse à café"), "fr_FR", "ecommerce", tall.updated)
    tall.set("banner", sample("coffee"), "en_US", "print", tall.updated)
    poster = Product("poster", "posters")
    poster.set("name", "Poster", "en_US", at=poster.updated)
    poster.set("packshots", ["rocket", "hubble", "linked"], at=poster.updated)
    return [small, tall, poster]


def packshots() -> AssetFamily:
    attributes = [
        Attribute("media", "media_file"),
        Attribute("printed", "media_file", scopable=True),
        Attribute("link", "media_link", prefix=MEDIA_HOST, suffix="?v=1", media_type="image"),
        Attribute("alt", "text", localizable=True),
    ]
    family = AssetFamily("packshots", attributes, "media")
    hubble, rocket, linked = Asset("hubble"), Asset("rocket"), Asset("linked")
    hubble.set("media", sample("hubble_deep_field"), at=hubble.updated)
    rocket.set("media", sample("rocket"), at=rocket.updated)
    rocket.set("printed", sample("rocket for print"), None, "print", rocket.updated)
    rocket.set("alt", "A rocket", "en_US", at=rocket.updated)
    linked.set("link", "shelf/badge.png", at=linked.updated)
    family.add(hubble, rocket, linked)
    return family


def brands() -> ReferenceEntity:
    entity = ReferenceEntity("brands", [Attribute("label", "text", localizable=True), Attribute("image", "image")])
    entity.image = sample("logo").code
    acme = Record("acme")
    acme.set("image", sample("astronaut"), at=acme.updated)
    acme.set("label", "Acme", "en_US", at=acme.updated)
    entity.add(acme, Record("plain"))
    return entity
