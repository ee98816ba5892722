"""The code of an asset in the PIM: `{SKU}__{asset id}`."""

import re
from typing import Literal

from proxy.sync.outcomes import DataError, Reason

SEPARATOR = "__"
LONGEST = 255
ODD = re.compile(r"[^A-Za-z0-9_]")
ASSET_ID = re.compile(r"[A-Za-z0-9]+")
Policy = Literal["reject", "underscore"]


def asset_code(sku: str, asset_id: str, policy: Policy = "reject") -> str:
    """Raises DataError SKU_CHARACTERS, CODE_TOO_LONG, MISSING_SKU and, for an id that is none, WRONG_VALUE."""
    if not sku:
        raise DataError(Reason.MISSING_SKU, asset_id, "a SKU")
    check_asset_id(asset_id)
    odd = ODD.search(sku)
    if odd is not None and policy == "reject":
        raise DataError(Reason.SKU_CHARACTERS, f"{odd[0]!r} in {sku}", "letters, digits and underscores only")
    code = f"{ODD.sub('_', sku)}{SEPARATOR}{asset_id}"
    if not fits(code):
        raise DataError(Reason.CODE_TOO_LONG, code, f"at most {LONGEST} characters")
    return code


def check_asset_id(asset_id: str) -> None:
    """It becomes part of a path and of a code. Raises DataError(WRONG_VALUE)."""
    if not ASSET_ID.fullmatch(asset_id):
        raise DataError(Reason.WRONG_VALUE, asset_id, "an asset id of letters and digits")


def split_code(code: str) -> tuple[str, str]:
    """SKU (as it is written in the code) and asset id; the first is empty where there is none."""
    sku, _, asset_id = code.rpartition(SEPARATOR)
    return sku, asset_id


def is_code_of(code: str, asset_id: str) -> bool:
    """Whether we may have made it of this asset: others are not ours to delete."""
    sku, found = split_code(code)
    return bool(sku) and found == asset_id and not ODD.search(code) and fits(code)


def fits(code: str) -> bool:
    """The PIM's limit, as far as it is known."""
    return len(code) <= LONGEST
