"""Writes that were accepted and are applied some reads later."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from proxy.demo.bynder.listing import Refused
from proxy.demo.bynder.model import Media, Metaproperty, by_name

Values = dict[str, list[str]]


@dataclass
class Accepted:
    media: Media
    values: Values
    reads_left: int


class Changes:
    """Each is applied once `after_reads` reads of its medium, or of the list, have been answered."""

    def __init__(self, apply: Callable[[Media, Values], None], after_reads: int = 0) -> None:
        self.after_reads = after_reads
        self.accepted: list[Accepted] = []
        self._apply = apply

    def accept(self, media: Media, values: Values) -> None:
        self.accepted.append(Accepted(media, values, self.after_reads))
        self._work_off()

    def count_read(self, id: str | None = None) -> None:
        """Once the answer is drawn; None for a read of the list."""
        for one in self.accepted:
            if id in (None, one.media.id):
                one.reads_left -= 1
        self._work_off()

    def settle(self) -> None:
        """Everything accepted is applied now."""
        for one in self.accepted:
            one.reads_left = 0
        self._work_off()

    def _work_off(self) -> None:
        due = [one for one in self.accepted if one.reads_left <= 0]
        self.accepted = [one for one in self.accepted if one.reads_left > 0]
        for one in due:
            self._apply(one.media, one.values)


def read_changes(body: bytes, metaproperties: Mapping[str, Metaproperty]) -> Values:
    """`metaproperty.<id>=<option ids or text>` to names and values, empty for what is cleared; raises Refused."""
    values: Values = {}
    for name, value in parse_qsl(body.decode(), keep_blank_values=True):
        if not name.startswith("metaproperty."):
            continue
        metaproperty = by_name(metaproperties, name.removeprefix("metaproperty."))
        if metaproperty is None:
            raise Refused(400, f"Metaproperty {name} does not exist")
        values[metaproperty.name] = read_values(metaproperty, value)
    return values


def read_values(metaproperty: Metaproperty, value: str) -> list[str]:
    if not metaproperty.is_select:
        return [value] if value else []
    names = {one: name for name, one in metaproperty.options.items()}
    ids = [one for one in value.split(",") if one]
    if unknown := set(ids) - names.keys():
        raise Refused(400, f"Option {', '.join(sorted(unknown))} does not exist")
    if len(ids) > 1 and not metaproperty.multi:
        raise Refused(400, f"Metaproperty {metaproperty.name} takes one option")
    return [names[one] for one in ids]
