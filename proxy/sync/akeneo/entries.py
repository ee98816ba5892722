"""A product or a model as the PIM has it now: the proof that it exists, which every write of a value needs."""

from dataclasses import dataclass, field
from typing import Any

from proxy.catalogue.values import Values
from proxy.sync.state.rows import Kind


@dataclass(frozen=True, slots=True)
class PimEntry:
    """`values` are read ones, without those that have no data; `raw` is the whole JSON document."""

    kind: Kind
    code: str
    values: Values = field(repr=False)
    raw: dict[str, Any] = field(repr=False)

    def data(self, attribute: str, locale: str | None = None, scope: str | None = None) -> Any:
        """Exactly of that locale and scope; None where it is empty."""
        several = self.values.of.get(attribute, ())
        return next((value.data for value in several if (value.locale, value.scope) == (locale, scope)), None)
