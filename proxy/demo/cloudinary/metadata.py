"""Metadata as the Upload API takes it, `sku=A|status=linked`, held to the fields' definitions."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from proxy.demo.cloudinary.model import MetadataField

ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# A pair ends at a bar, a name at an equals sign, unless a backslash stands before.
BETWEEN_PAIRS, AFTER_NAME = (
    re.compile(r"((?:[^\\|]|\\.)*)(?:\||$)", re.DOTALL),
    re.compile(r"((?:[^\\=]|\\.)*)=(.*)", re.DOTALL),
)


class Refused(Exception):
    """What Cloudinary says no to."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def read_metadata(text: str, fields: Mapping[str, MetadataField]) -> dict[str, Any]:
    """External id to value, None for what is to be cleared; raises Refused for all of it when one is wrong."""
    changes = {}
    for pair in BETWEEN_PAIRS.findall(text):
        if not pair:
            continue
        match = AFTER_NAME.fullmatch(pair)
        if match is None:
            raise Refused(400, f"Invalid metadata: {pair}")
        name, value = unescaped(match[1]), unescaped(match[2])
        if name not in fields:
            raise Refused(400, f"Metadata field {name} does not exist")
        changes[name] = read_value(fields[name], value)
    return changes


def read_value(field: MetadataField, value: str) -> Any:
    if value == "":
        return None
    try:
        return typed(field, value)
    except ValueError:
        raise Refused(400, f"{value} is not valid for field {field.external_id}") from None


def typed(field: MetadataField, value: str) -> Any:
    match field.type:
        case "enum":
            check_options(field, [value])
        case "set":
            options = json.loads(value)
            check_options(field, options)
            return options or None
        case "integer":
            return int(value)
        case "date":
            date.fromisoformat(value)
    return value


def check_options(field: MetadataField, options: list[str]) -> None:
    """A label is no option: only external ids are."""
    if not isinstance(options, list) or not set(options) <= field.options.keys() - field.inactive:
        raise ValueError(options)


def unescaped(text: str) -> str:
    return ESCAPED.sub(r"\1", text)


def changed(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Only named fields change; None takes one away."""
    after = {**before, **changes}
    return {name: value for name, value in after.items() if value is not None}
