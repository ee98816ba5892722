"""What a medium's metaproperties are to be, compared with what they are, as one write."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from proxy.sync.bynder.documents import Medium, Metaproperty
from proxy.sync.bynder.run import SYSTEM, Run
from proxy.sync.outcomes import DataError, Reason

LATE_SECONDS = 900.0  # a write is applied a little later: so long a read that shows the old value is not believed
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


class Writing:
    """Raises DataError(UNKNOWN_OPTION)."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.state = run.service.state

    async def current(self, medium: Medium) -> Medium:
        """With what we have written lately in place of what was there before."""
        properties = dict(medium.properties)
        for name, change in (await self.late(medium)).items():
            metaproperty = self.run.schema.get(name)
            if metaproperty is not None and list(have(medium, metaproperty)) in change["before"]:
                properties[name] = change["after"]
        return replace(medium, properties=properties)

    async def late(self, medium: Medium) -> dict[str, dict[str, Any]]:
        """By metaproperty, what may not have been applied yet: all values that it had `before`, and the one `after`."""
        note = await self.state.written(SYSTEM, medium.id)
        noted = json.loads(note.value) if note is not None else {}
        since = self.run.service.now() - LATE_SECONDS
        return {name: one for name, one in noted.items() if isinstance(one, dict) and one["at"] >= since}

    async def write(self, medium: Medium, wishes: Sequence[Wish]) -> bool:
        """Whether there was anything to be written; then it is one call."""
        open_wishes = [wish for wish in wishes if not wish.is_met(have(medium, wish.metaproperty))]
        if not open_wishes:
            return False
        words = "; ".join(f"{wish.metaproperty.name} = {', '.join(wish.values)}" for wish in open_wishes)
        if self.run.dealing.would(f"write to {medium.id} ({medium.name}): {words}"):
            return True
        form = {wish.metaproperty.id: await self.sent(wish) for wish in open_wishes}
        await self.run.bynder.write(medium.id, form)
        await self.note(medium, open_wishes)
        return True

    async def note(self, medium: Medium, wishes: Sequence[Wish]) -> None:
        """Only once it was accepted: whoever is cut before compares again. What other writes have left stays."""
        changes, now = await self.late(medium), self.run.service.now()
        for wish in wishes:
            name = wish.metaproperty.name
            before = [*changes.get(name, {}).get("before", ()), list(have(medium, wish.metaproperty))]
            changes[name] = {"before": before, "after": wish.values, "at": now}
        await self.state.note_written(SYSTEM, medium.id, json.dumps(changes), now)

    async def sent(self, wish: Wish) -> str:
        if not wish.metaproperty.is_select:
            return ",".join(wish.values)
        return ",".join([await self.option(wish.metaproperty, name) for name in wish.values])

    async def option(self, metaproperty: Metaproperty, name: str) -> str:
        self.check_option(metaproperty, name)
        if name not in metaproperty.options:
            metaproperty.options[name] = await self.run.bynder.create_option(metaproperty.id, name)
        return metaproperty.options[name]

    def check_option(self, metaproperty: Metaproperty, name: str) -> None:
        if name not in metaproperty.options and not self.run.settings.create_missing_options:
            raise DataError(Reason.UNKNOWN_OPTION, name, f"an option of {metaproperty.name}")


def have(medium: Medium, metaproperty: Metaproperty) -> Values:
    if metaproperty.is_select:
        return medium.texts(metaproperty.name, metaproperty.options)
    text = medium.text(metaproperty.name)
    return (text,) if text else ()
