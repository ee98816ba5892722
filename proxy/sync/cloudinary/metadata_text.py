"""Metadata as the Upload API takes it: `sku=A|status=linked`."""

import json
import re
from collections.abc import Mapping

SPECIAL = re.compile(r'[\\=|"]')
Value = str | list[str]


def metadata_text(values: Mapping[str, Value]) -> str:
    """A list is the value of a set."""
    return "|".join(f"{name}={escaped(written(value))}" for name, value in values.items())


def written(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def escaped(text: str) -> str:
    return SPECIAL.sub(lambda found: "\\" + found[0], text)


def cleared() -> str:
    """What empties a field; whoever uses it reads once whether it did."""
    return ""
