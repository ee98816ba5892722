"""Products and models that were changed in the PIM, with all of their values."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from proxy.catalogue.entries import Product, ProductModel
from proxy.catalogue.paths import ProductFilter
from proxy.catalogue.values import Values
from proxy.errors import NotFound
from proxy.sync.akeneo.faults import translated
from proxy.sync.bynder.run import Run
from proxy.sync.state.rows import Kind

IDENTIFIER = "pim_catalog_identifier"


@dataclass(frozen=True, slots=True)
class Changed:
    """`values` are a variant's inherited ones as well; `parent` is the code of the model above."""

    kind: Kind
    code: str
    parent: str | None
    values: Values = field(repr=False)


async def changed_entries(run: Run) -> AsyncIterator[Changed]:
    """Raises TransientError, ConfigurationError. A product without an identifier cannot be named in Bynder."""
    zone = ZoneInfo(run.service.settings.akeneo.pim_timezone)
    chosen = ProductFilter(updated_since=datetime.fromtimestamp(run.since, UTC).astimezone(zone))
    async for product in products(run, chosen):
        code = identifier_of(product)
        if code:
            yield Changed(Kind.PRODUCT, code, product.parent, product.values)
    async for model in models(run, chosen):
        yield Changed(Kind.PRODUCT_MODEL, model.code, model.parent, model.values)


async def products(run: Run, chosen: ProductFilter) -> AsyncIterator[Product]:
    """By their uuids, and before Akeneo 7.0, which does not know such a list, by their identifiers."""
    catalogue = run.service.reads.catalogue
    with translated("the list of products"):
        try:
            async for page in catalogue.products(chosen, by_uuid=True):
                for product in page.items:
                    yield product
            return
        except NotFound:
            pass
        async for page in catalogue.products(chosen):
            for product in page.items:
                yield product


async def models(run: Run, chosen: ProductFilter) -> AsyncIterator[ProductModel]:
    with translated("the list of product models"):
        async for page in run.service.reads.catalogue.product_models(chosen):
            for model in page.items:
                yield model


def identifier_of(product: Product) -> str | None:
    """In the list by uuid it is one of the values, which is of its own type, or has the usual code."""
    if product.identifier:
        return product.identifier
    typed = [value for value in product.values if value.type == IDENTIFIER]
    value = next(iter(typed), None) or product.values.find("sku") or product.values.find("identifier")
    return str(value.data) if value is not None else None
