"""Values of the PIM as Bynder takes them. Pure."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from proxy.sync.outcomes import DataError, Reason

OPTIONS = {
    "pim_catalog_simpleselect",
    "pim_catalog_multiselect",
    "akeneo_reference_entity",
    "akeneo_reference_entity_collection",
    "pim_reference_data_simpleselect",
    "pim_reference_data_multiselect",
}
TEXTS = {"pim_catalog_text", "pim_catalog_textarea", "pim_catalog_identifier"}


def converted(code: str, type: str, data: Any, options: Mapping[str, str]) -> tuple[str, ...]:
    """Texts or names of options; `options` are names by the PIM's codes. Raises DataError(WRONG_VALUE) for a type that
    has no form in Bynder, such as a file.
    """
    if data in (None, "", []):
        return ()
    if type in OPTIONS:
        codes = data if isinstance(data, list) else [data]
        return tuple(dict.fromkeys(options.get(str(one), str(one)) for one in codes))
    if type == "pim_catalog_boolean":
        word = "true" if data else "false"
        return (options.get(word, "1" if data else "0"),)
    text = text_of(type, data)
    if text is None:
        raise DataError(Reason.WRONG_VALUE, code, f"an attribute whose values Bynder can have, it is a {type}")
    return (text,)


def text_of(type: str, data: Any) -> str | None:
    if type in TEXTS:
        return str(data)
    if type == "pim_catalog_number":
        return number(data)
    if type == "pim_catalog_date":
        return f"{str(data)[:10]}T00:00:00Z"  # a day, whatever the zone of the server that writes it
    if type == "pim_catalog_metric" and isinstance(data, dict):
        return f"{number(data.get('amount'))} {data.get('unit') or ''}".strip()
    if type == "pim_catalog_price_collection" and isinstance(data, list):
        prices = [price for price in data if isinstance(price, dict) and price.get("amount") is not None]
        return ", ".join(f"{price['amount']} {price.get('currency') or ''}".strip() for price in prices)
    return None


def number(value: Any) -> str:
    """`12.5000` and `12.50` are 12.5."""
    try:
        plain = f"{Decimal(str(value)):f}"
    except InvalidOperation:
        return str(value)
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
