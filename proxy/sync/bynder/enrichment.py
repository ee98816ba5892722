"""What the products of an asset have to say in its metaproperties."""

from dataclasses import dataclass

from proxy.catalogue.structure import Attribute
from proxy.catalogue.values import Values
from proxy.sync.bynder.documents import Medium, Metaproperty
from proxy.sync.bynder.run import Run
from proxy.sync.bynder.values import converted
from proxy.sync.bynder.wishes import Wish, have
from proxy.sync.outcomes import DataError, Reason, Result
from proxy.sync.state.rows import Kind


@dataclass(frozen=True, slots=True)
class Owner:
    kind: Kind
    code: str


class Enrichment:
    """Products that were not changed are read where an asset has several, once each."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.settings = run.settings
        self.known: dict[Owner, Values | None] = {}

    def remember(self, owner: Owner, values: Values) -> None:
        """Only what is mapped: a run may be over all products."""
        self.known[owner] = values.only(self.settings.enrichment_metaproperty_mappings)

    async def wishes(self, medium: Medium, owners: list[Owner]) -> tuple[list[Wish], list[Result]]:
        """And what is wrong with single attributes: the others are written all the same."""
        wishes, problems = [], []
        found = [await self.values_of(owner) for owner in owners]
        products = [values for values in found if values is not None]
        for code, name in self.settings.enrichment_metaproperty_mappings.items() if products else ():
            try:
                wish = await self.wish(medium, code, self.run.schema[name], products)
            except DataError as error:
                problems.append(Result.of(error))
            else:
                wishes += [wish] if wish is not None else []
        return wishes, problems

    async def wish(self, medium: Medium, code: str, metaproperty: Metaproperty, products: list[Values]) -> Wish | None:
        on_empty_only = code in self.settings.update_metaproperty_on_empty_only_mappings
        if on_empty_only and have(medium, metaproperty) and metaproperty.name not in medium.due:
            return None
        attribute = await self.run.service.reads.attribute(code)
        found = [self.value(values, attribute) for values in products]
        if metaproperty.is_select and metaproperty.multi:
            chosen = tuple(dict.fromkeys(name for values in found for name in values))
        else:
            chosen = found[0]
        if not chosen:
            return Wish(metaproperty, ()) if self.settings.clear_on_empty else None
        if not metaproperty.is_select:
            return Wish(metaproperty, (",".join(chosen),))
        if len(chosen) > 1 and not metaproperty.multi:
            raise DataError(Reason.WRONG_VALUE, code, f"one value, {metaproperty.name} takes one option")
        self.check_options(metaproperty, chosen)
        return Wish(metaproperty, chosen)

    def value(self, values: Values, attribute: Attribute) -> tuple[str, ...]:
        """Of exactly the mapped locale and channel."""
        locale, scope = None, None
        if attribute.localizable:
            locale = self.settings.enrichment_metaproperty_locale_mappings.get(attribute.code)
            if locale is None:
                part = f"enrichment_metaproperty_locale_mappings.{attribute.code}"
                raise DataError(Reason.NEEDS_LOCALE, part, "a locale, the attribute is localizable")
        if attribute.scopable:
            scope = self.settings.enrichment_metaproperty_scope_mappings.get(attribute.code)
            if scope is None:
                part = f"enrichment_metaproperty_scope_mappings.{attribute.code}"
                raise DataError(Reason.NEEDS_SCOPE, part, "a channel, the attribute is scopable")
        several = values.of.get(attribute.code, ())
        data = next((one.data for one in several if (one.locale, one.scope) == (locale, scope)), None)
        options = self.settings.enrichment_metaproperty_options_mappings.get(attribute.code, {})
        return converted(attribute.code, attribute.type, data, options)

    def check_options(self, metaproperty: Metaproperty, names: tuple[str, ...]) -> None:
        unknown = [name for name in names if name not in metaproperty.options]
        if unknown and not self.settings.create_missing_options:
            raise DataError(Reason.UNKNOWN_OPTION, ", ".join(unknown), f"options of {metaproperty.name}")

    async def values_of(self, owner: Owner) -> Values | None:
        """None of one that is gone: it has nothing to say."""
        if owner not in self.known:
            entry = await self.run.service.reads.entry(owner.kind, owner.code)
            if entry is None:
                self.known[owner] = None
            else:
                self.remember(owner, entry.values)
        return self.known[owner]
