"""What the admin port shows of a sync, whoever runs its schedule: both have the same state."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from proxy.sync.outcomes import ConfigurationError, DataError, SyncError
from proxy.sync.schedule.inbox import Wish
from proxy.sync.schedule.jobs import Job
from proxy.sync.service import Service
from proxy.sync.status.asking import Asking
from proxy.sync.status.facts import Facts, Status
from proxy.sync.status.page import page_of, trouble_page

OK, ACCEPTED, WRONG, BROKEN, LATER = 200, 202, 400, 500, 503


class Face:
    """Answers with a status of HTTP and plain values. A state that cannot be read is told on the page."""

    def __init__(self, service: Service, jobs: list[Job]) -> None:
        self.facts = Status(service.state, jobs, service.now)
        self.asking = Asking(service.state, jobs, service.now)

    async def status(self) -> tuple[int, dict[str, Any]]:
        return await self.told(self.facts.facts)

    async def page(self) -> tuple[int, str]:
        status, facts = await self.told(self.facts.facts)
        return status, page_of(facts) if status == OK else trouble_page(facts["message"])

    async def ask(self, wanted: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        async def ask() -> Facts:
            wish = await self.wish(wanted)
            return {"command": wish.command, "credential": wish.credential, "arguments": list(wish.arguments)}

        status, facts = await self.told(ask)
        return (ACCEPTED if status == OK else status), facts

    async def wish(self, wanted: Mapping[str, str]) -> Wish:
        if "asset" in wanted:
            return await self.asking.asset(wanted.get("system", ""), wanted["asset"], wanted.get("flow", ""))
        return await self.asking.run(wanted.get("command", ""), wanted.get("credential", ""))

    async def told(self, work: Callable[[], Awaitable[Facts]]) -> tuple[int, Facts]:
        try:
            return OK, await work()
        except SyncError as error:
            status = (
                WRONG if isinstance(error, DataError) else BROKEN if isinstance(error, ConfigurationError) else LATER
            )
            return status, {"message": str(error), "help": "docs/sync.md"}
