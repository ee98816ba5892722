"""The trigger by which Cloudinary tells us of changes: made where it is missing, by one process at a time."""

from proxy.sync.cloudinary.assets import SYSTEM
from proxy.sync.cloudinary.client import EVENT_TYPE, CloudinaryClient
from proxy.sync.service import Service
from proxy.sync.settings.cloudinary import Webhook


class Trigger:
    def __init__(self, service: Service, client: CloudinaryClient, settings: Webhook) -> None:
        self.service = service
        self.client = client
        self.uri = None
        if settings.enabled and settings.register_url is not None:
            self.uri = settings.register_url.rstrip("/") + settings.path
        self.is_there = self.uri is None  # or not to be seen to
        self.rests_until = 0.0

    @property
    def is_due(self) -> bool:
        return not self.is_there and self.service.clock() >= self.rests_until

    def rest(self, seconds: float) -> None:
        self.rests_until = self.service.clock() + seconds

    async def register(self) -> bool:
        """Whether it had to be made. Raises the errors of `proxy.sync.outcomes`, such as where the account is full."""
        if self.uri is None:
            return False
        async with self.service.leases.lock(f"trigger:{SYSTEM}"):
            made = (self.uri, EVENT_TYPE) not in await self.client.triggers()
            if made:
                await self.client.add_trigger(self.uri)
        self.is_there = True
        return made
