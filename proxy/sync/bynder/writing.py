"""What a medium's metaproperties are to be, as one write."""

from collections.abc import Sequence

from proxy.sync.bynder.documents import Medium, Metaproperty
from proxy.sync.bynder.notes import Notes
from proxy.sync.bynder.run import Run
from proxy.sync.bynder.wishes import Wish, have
from proxy.sync.outcomes import DataError, Reason


class Writing:
    """Raises DataError(UNKNOWN_OPTION)."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.notes = Notes(run)

    async def write(self, medium: Medium, wishes: Sequence[Wish]) -> bool:
        """Whether there was anything to be written; then it is one call. `medium` is as `Notes.current` has it."""
        left = [wish for wish in wishes if not is_done(medium, wish)]
        if not left:
            return False
        words = "; ".join(f"{wish.metaproperty.name} = {', '.join(wish.values)}" for wish in left)
        if self.run.dealing.would(f"write to {medium.id} ({medium.name}): {words}"):
            return True
        form = {wish.metaproperty.id: await self.sent(wish) for wish in left}
        await self.notes.add(medium, left, sent=False)  # whoever is cut between the two writes again
        await self.run.bynder.write(medium.id, form)
        await self.notes.add(medium, left, sent=True)
        return True

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


def is_done(medium: Medium, wish: Wish) -> bool:
    return wish.is_met(have(medium, wish.metaproperty)) and wish.metaproperty.name not in medium.due
