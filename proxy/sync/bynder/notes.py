"""What Bynder has been told of a medium, and may not show yet.

There is one rule: what a medium shows that has been changed since our write is what somebody wants. One that has not
been changed since shows what was there before, and our write is to come.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace

from proxy.sync.bynder.documents import Medium, Metaproperty, moment
from proxy.sync.bynder.run import SYSTEM, Run
from proxy.sync.bynder.wishes import Wish, have

SLACK_SECONDS = 60.0  # clocks differ, and our write is itself a change: so long after it a change is taken for it
LATE_SECONDS = 900.0  # what does not show by then is written once more


@dataclass(frozen=True, slots=True)
class Note:
    """Of one metaproperty: all that it had `before`, and what it is to have. `at` is when we wrote, in Unix seconds, or
    were about to if it is not `sent`; what was changed later than `until` has been changed by others.
    """

    before: list[list[str]]
    after: list[str]
    at: float
    until: float
    sent: bool

    def is_to_come(self, medium: Medium, metaproperty: Metaproperty) -> bool:
        shown = have(medium, metaproperty)
        if moment(medium.modified).timestamp() > self.until or Wish(metaproperty, tuple(self.after)).is_met(shown):
            return False
        return any(Wish(metaproperty, tuple(one)).is_met(shown) for one in self.before)


NAMES = {field.name for field in fields(Note)}


class Notes:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.state = run.service.state

    async def current(self, medium: Medium) -> Medium:
        """With what we have told Bynder in place of what was there before."""
        properties, due = dict(medium.properties), set()
        for name, note in (await self.of(medium.id)).items():
            metaproperty = self.run.schema.get(name)
            if metaproperty is not None and note.is_to_come(medium, metaproperty):
                properties[name] = note.after
                if not note.sent or note.at < self.run.service.now() - LATE_SECONDS:
                    due.add(name)
        return replace(medium, properties=properties, due=frozenset(due))

    async def of(self, asset: str) -> dict[str, Note]:
        """By metaproperty."""
        found = await self.state.written(SYSTEM, asset)
        noted = json.loads(found.value) if found is not None else {}
        return {name: Note(**one) for name, one in noted.items() if isinstance(one, dict) and one.keys() == NAMES}

    async def add(self, medium: Medium, wishes: Sequence[Wish], *, sent: bool) -> None:
        """What other writes have left stays."""
        notes, now = await self.of(medium.id), self.run.service.now()
        until = max(now + SLACK_SECONDS, moment(medium.modified).timestamp())
        for wish in wishes:
            name, shown = wish.metaproperty.name, list(have(medium, wish.metaproperty))
            earlier = notes[name].before if name in notes else []
            before = earlier if shown in earlier else [*earlier, shown]
            notes[name] = Note(before, list(wish.values), now, until, sent)
        text = json.dumps({name: asdict(note) for name, note in notes.items()})
        await self.state.note_written(SYSTEM, medium.id, text, now)
