"""Values as clients write them: held to their attributes, then merged per attribute, locale and scope."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from proxy.demo.catalogue.documents import MEDIA
from proxy.demo.catalogue.listing import Refused
from proxy.demo.catalogue.model import Attribute, Entry, Value
from proxy.demo.files import DemoFile, Family

COLLECTIONS = {"pim_catalog_asset_collection"}
LINKS = {"media_link", "text", "pim_catalog_text", "pim_catalog_textarea"}
FindFile = Callable[[Family, str], DemoFile | None]


@dataclass(frozen=True)
class Rules:
    """What the values of one kind of entry must be; `scope` is the word for it: `scope` or `channel`."""

    attributes: Mapping[str, Attribute]
    locales: set[str]
    channels: Iterable[str]
    scope: str
    find_file: FindFile

    def read(self, document: Any) -> list[tuple[str, Value]]:
        """`{attribute: [{"locale", scope, "data"}]}`; raises Refused for all of it when one is wrong."""
        if document == []:
            return []  # as PHP writes an empty map
        if not isinstance(document, dict):
            raise self.badly_formed()
        return [self.value(code, one) for code, several in document.items() for one in self.list_of(several)]

    def list_of(self, several: Any) -> list[dict[str, Any]]:
        if not isinstance(several, list) or not all(isinstance(one, dict) and "data" in one for one in several):
            raise self.badly_formed()
        return several

    def value(self, code: str, written: dict[str, Any]) -> tuple[str, Value]:
        if code not in self.attributes:
            raise self.unknown(code)
        value = Value(written["data"], written.get("locale"), written.get(self.scope))
        if message := self.complaint(self.attributes[code], value):
            raise self.not_compliant(code, value, message)
        return code, value

    def complaint(self, attribute: Attribute, value: Value) -> str | None:
        """What is wrong with a value; None when nothing is."""
        code = attribute.code
        for name, held, wanted, known in (
            ("locale", value.locale, attribute.localizable, self.locales),
            (self.scope, value.scope, attribute.scopable, self.channels),
        ):
            if (held is not None) != wanted:
                return f'Attribute "{code}" expects a {name}.' if wanted else f'Attribute "{code}" expects no {name}.'
            if held is not None and held not in known:
                return f'The {name} "{held}" does not exist.'
        return None if value.data is None else self.data_complaint(attribute, value.data)

    def data_complaint(self, attribute: Attribute, data: Any) -> str | None:
        family = MEDIA.get(attribute.type)
        if family is not None and (not isinstance(data, str) or self.find_file(family, data) is None):
            return f'The media file "{data}" does not exist.'
        if attribute.type in LINKS and not isinstance(data, str):
            return f'Attribute "{attribute.code}" expects a string.'
        if attribute.type in COLLECTIONS and not isinstance(data, list):
            return f'Attribute "{attribute.code}" expects a list of codes.'
        return None

    def badly_formed(self) -> Refused:
        if self.scope == "channel":
            return Refused(422, "The asset has an invalid format.", [{"property": "values", "message": "Wrong type."}])
        return Refused(422, 'Property "values" expects an array with valid data. ' + SEE)

    def unknown(self, code: str) -> Refused:
        if self.scope == "channel":
            message = f'Attribute "{code}" does not exist for this asset family.'
            return Refused(
                422, "The asset has an invalid format.", [{"property": f"values.{code}", "message": message}]
            )
        return Refused(422, f"The {code} attribute does not exist in your PIM. {SEE}")

    def not_compliant(self, code: str, value: Value, message: str) -> Refused:
        where = {"locale": value.locale, self.scope: value.scope}
        if self.scope == "channel":
            message_of_all = "The asset has data that does not comply with the business rules."
            return Refused(422, message_of_all, [{"property": f"values.{code}", "message": message}])
        error = {"property": "values", "message": message, "attribute": code, **where}
        return Refused(422, "Validation failed.", [error])


SEE = "Check the expected format on the API documentation."


def merge(entry: Entry, values: Iterable[tuple[str, Value]], now: Callable[[], datetime]) -> bool:
    """Nothing in it (null, "", []) erases; what changes nothing does not move `updated`."""
    has_changed = False
    for code, value in values:
        data = None if value.data in ("", []) else value.data
        held = [
            one.data for one in entry.values.get(code, []) if (one.locale, one.scope) == (value.locale, value.scope)
        ]
        if held != ([] if data is None else [data]):
            entry.set(code, data, value.locale, value.scope, now())
            has_changed = True
    return has_changed
