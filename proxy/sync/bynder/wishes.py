"""What a metaproperty of a medium is to be, and what it is."""

from dataclasses import dataclass

from proxy.sync.bynder.documents import Medium, Metaproperty

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """`values` are names of options or texts; none clears."""

    metaproperty: Metaproperty
    values: Values

    def is_met(self, have: Values) -> bool:
        if self.metaproperty.is_select:
            return set(have) == set(self.values)
        return ",".join(have) == ",".join(self.values)


def have(medium: Medium, metaproperty: Metaproperty) -> Values:
    if metaproperty.is_select:
        return medium.texts(metaproperty.name, metaproperty.options)
    text = medium.text(metaproperty.name)
    return (text,) if text else ()
