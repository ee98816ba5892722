"""Paths of products and models: a slash in their names is part of the name."""

from urllib.parse import quote

from proxy.catalogue.paths import is_harmless
from proxy.catalogue.values import API_ROOT
from proxy.sync.outcomes import DataError, Reason
from proxy.sync.state.rows import Kind

LISTS = {Kind.PRODUCT: "products", Kind.PRODUCT_MODEL: "product-models"}


def path_of_entry(kind: Kind, code: str) -> str:
    """Raises DataError(UNKNOWN_PRODUCT) for a name that would lead elsewhere: no such product can be asked for."""
    if not code or not all(map(is_harmless, code.split("/"))):
        raise DataError(Reason.UNKNOWN_PRODUCT, code, "the name of a product or a model")
    return f"{API_ROOT}{LISTS[kind]}/{quote(code, safe='')}"


def path_below(list_name: str, *names: str) -> str:
    """`/api/rest/v1/asset-families/{name}/...`: each name as one segment; raises DataError(WRONG_VALUE)."""
    for name in names:
        if not name or "/" in name or not is_harmless(name):
            raise DataError(Reason.WRONG_VALUE, name, "a code of Akeneo")
    return API_ROOT + "/".join([list_name, *(quote(name, safe="") for name in names)])
