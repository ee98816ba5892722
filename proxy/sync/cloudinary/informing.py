"""Product information of everything that is linked, by command."""

from collections.abc import AsyncIterator

from proxy.sync.akeneo.entries import PimEntry
from proxy.sync.cloudinary.assets import SYSTEM, CloudAsset
from proxy.sync.cloudinary.cloudinary import Cloudinary
from proxy.sync.cloudinary.product_information import FLOW, ProductInformation
from proxy.sync.outcomes import ConfigurationError, DataError, Reason, Result, SyncError, Tally
from proxy.sync.state.rows import LinkState

MOST = 100_000  # of a search


async def inform_all(cloudinary: Cloudinary, sku: str, tally: Tally) -> None:
    """Of one product, or of all. Each product is read once. Raises ConfigurationError."""
    if cloudinary.information is None:
        raise ConfigurationError("cloudinary.product_information", "fields: attribute of a product to metadata field")
    products: dict[str, PimEntry | SyncError] = {}
    async for asset_id in linked(cloudinary, sku):
        asset = await read(cloudinary, asset_id, tally)
        own = asset.text(cloudinary.settings.fields.sku) if asset else ""
        if asset is None or not own or (sku and own != sku):
            continue
        tally.seen += 1
        tally.count(await inform(cloudinary, cloudinary.information, asset, own, products))


async def inform(
    cloudinary: Cloudinary,
    information: ProductInformation,
    asset: CloudAsset,
    sku: str,
    products: dict[str, PimEntry | SyncError],
) -> Result:
    changes = cloudinary.changes
    attempt = await changes.begin_attempt(FLOW, information.subject(asset, sku))
    try:
        if sku not in products:
            products[sku] = await product_or_why_not(information, sku)
        product = products[sku]
        if isinstance(product, SyncError):
            raise product
        result = await information.inform(asset, product, changes)
    except SyncError as error:
        result = Result.of(error)
        await changes.end_attempt(attempt, FLOW, result)
        if isinstance(error, ConfigurationError):
            raise
        return result
    await changes.end_attempt(attempt, FLOW, result)
    return result


async def product_or_why_not(information: ProductInformation, sku: str) -> PimEntry | SyncError:
    try:
        return await information.product(sku)
    except DataError as error:
        return error


async def read(cloudinary: Cloudinary, asset_id: str, tally: Tally) -> CloudAsset | None:
    """None for one that Cloudinary does not have any more."""
    try:
        return await cloudinary.client.asset(asset_id)
    except DataError as error:
        if error.reason is not Reason.ASSET_GONE:
            raise
        tally.seen += 1
        tally.count(Result.of(error))
        return None


async def linked(cloudinary: Cloudinary, sku: str) -> AsyncIterator[str]:
    """Ids of assets: those that we remember, and those whose status says so."""
    state = cloudinary.service.state
    links = await (state.links_of_product(SYSTEM, sku) if sku else state.links(SYSTEM))
    known = dict.fromkeys(link.asset for link in links if link.state is not LinkState.PENDING)
    for asset_id in known:
        yield asset_id
    fields, values = cloudinary.settings.fields, cloudinary.settings.status_values
    expression = f'metadata.{fields.status}="{values.linked}"'
    async for asset in cloudinary.client.search(expression, MOST):
        if asset.asset_id not in known and sku in ("", asset.text(fields.sku)):
            yield asset.asset_id
