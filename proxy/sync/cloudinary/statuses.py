"""The status of an asset: who has the last word, and when ours is written."""

from dataclasses import dataclass

from proxy.sync.cloudinary.assets import CloudAsset
from proxy.sync.cloudinary.changes import Changes
from proxy.sync.cloudinary.client import CloudinaryClient
from proxy.sync.cloudinary.metadata_text import Value, cleared
from proxy.sync.outcomes import TransientError
from proxy.sync.service import Service
from proxy.sync.settings.cloudinary import CloudinarySettings
from proxy.sync.state.rows import Written

TRIES = 3
PAUSE_SECONDS = 0.5
RESOLUTION_SECONDS = 2.0  # the times of events and of reads are both cut to the second


@dataclass(frozen=True, slots=True)
class Asked:
    """What asks for a status: an event, with the status before (None: it does not say) and its time in Unix seconds."""

    status: str
    at: float
    before: str | None = None


class Statuses:
    def __init__(self, service: Service, client: CloudinaryClient, settings: CloudinarySettings) -> None:
        self.service = service
        self.client = client
        self.fields = settings.fields
        self.values = settings.status_values

    def of(self, asset: CloudAsset) -> str:
        return asset.text(self.fields.status)

    async def starts_from(self, asset: CloudAsset, wanted: str, asked: Asked | None) -> str | None:
        """The status that allows to do what `wanted` asks for: this one, or one of ours that overtook it. None: the
        wish is stale.
        """
        found = self.of(asset)
        if found == wanted:
            return found
        if asked is None:
            return None
        written = await self.service.state.written("cloudinary", asset.asset_id)
        lost = written is not None and written.value == found and self.was_overwritten(asked, written)
        return found if lost else None

    def was_overwritten(self, asked: Asked, written: Written) -> bool:
        """A user's wish that is newer than our last read, and that our write may have erased. Within the seconds
        that the times are cut to, the status before has to tell: of a wish that we had seen, it is another one.
        """
        if asked.at > written.read_at:
            return True
        if asked.before in (asked.status, written.value):
            return False
        overwrites = self.values.requires_unlink if written.value == "" else self.values.requires_link
        return asked.at > written.read_at - RESOLUTION_SECONDS and asked.before in (None, overwrites)

    async def conclude(
        self, before: CloudAsset, start: str, status: str, beside: dict[str, Value], changes: Changes
    ) -> bool:
        """Writes the status, and what goes with it, if nobody has changed anything since: neither the status nor what
        was linked with. False: somebody has.
        """
        for number in range(TRIES):
            now = self.service.now()
            asset = await self.client.asset(before.asset_id)
            read_at = asset.read_at or now  # of the clock that events have their times from, where it is told
            if number and self.of(asset) == status:
                return True  # the answer was lost, not the write
            if self.of(asset) != start or asset.wishes(self.fields) != before.wishes(self.fields):
                return False
            await changes.note_written(asset.asset_id, status, read_at)
            try:
                await changes.write_status(asset, {self.fields.status: status or cleared(), **beside})
            except TransientError as error:
                if not error.maybe_applied or number == TRIES - 1:
                    raise
                await self.service.sleep(PAUSE_SECONDS * 2**number)
            else:
                return True
        return False

    async def check_cleared(self, asset_id: str, changes: Changes) -> None:
        """Read back once, since it is not certain that an empty value clears."""
        if not changes.is_dry and self.of(await self.client.asset(asset_id)) == self.values.requires_unlink:
            raise TransientError(asset_id, "the status to be empty after it was cleared")
