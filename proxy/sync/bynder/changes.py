"""Products and models that were changed in the PIM, with all of their values."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from proxy.catalogue.entries import Product, ProductModel
from proxy.catalogue.paths import ProductFilter
from proxy.catalogue.values import Values
from proxy.errors import NotFound
from proxy.sync.akeneo.faults import translated
from proxy.sync.bynder.run import SYSTEM, Run
from proxy.sync.outcomes import Outcome, Reason, Result
from proxy.sync.state.rows import Kind, Subject

IDENTIFIER = "pim_catalog_identifier"


@dataclass(frozen=True, slots=True)
class Changed:
    """`values` are a variant's inherited ones as well; `parent` is the code of the model above."""

    kind: Kind
    code: str
    parent: str | None
    values: Values = field(repr=False)


async def changed_entries(run: Run) -> AsyncIterator[Changed]:
    """Raises TransientError, ConfigurationError. A product without an identifier cannot be named in Bynder: it is dealt
    with here, as skipped.
    """
    zone = ZoneInfo(run.service.settings.akeneo.pim_timezone)
    chosen = ProductFilter(updated_since=datetime.fromtimestamp(run.since, UTC), zone=zone)
    identifiers: list[str] | None = None
    async for product in products(run, chosen):
        if product.identifier is None and identifiers is None:
            identifiers = await identifier_attributes(run)
        code = identifier_of(product, identifiers or ())
        if code:
            yield Changed(Kind.PRODUCT, code, product.parent, product.values)
        else:
            await run.dealing.deal(Subject(SYSTEM, product.uuid or ""), partial(nameless, product))
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


async def identifier_attributes(run: Run) -> list[str]:
    """Codes; the list by uuid has identifiers among the values, and does not say which of them they are."""
    catalogue, found = run.service.reads.catalogue, []
    with translated("the list of attributes"):
        async for page in catalogue.attributes():
            found += [attribute.code for attribute in page.items if attribute.type == IDENTIFIER]
    return found


def identifier_of(product: Product, attributes: Sequence[str]) -> str | None:
    """Of several identifiers that of the usual code, else the first that the product has."""
    if product.identifier:
        return product.identifier
    usual = [code for code in ("sku", "identifier") if code in attributes]
    values = [product.values.find(code) for code in [*usual, *attributes]]
    return next((str(value.data) for value in values if value is not None), None)


async def nameless(product: Product) -> list[Result]:
    return [Result(Outcome.SKIPPED, Reason.MISSING_SKU, product.uuid or "", "a product with an identifier")]
