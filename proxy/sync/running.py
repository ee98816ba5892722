"""One run of one command, be it from the schedule or from a shell: lease, row of the run, log line, exit code."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from proxy.sync.leases import Leases
from proxy.sync.outcomes import BUSY, LEFT, WRONG, ConfigurationError, DataError, LeaseHeld, Tally, TransientError
from proxy.sync.state.rows import RunResult
from proxy.sync.state.state import State
from proxy.sync_metrics import SyncMetrics

log = logging.getLogger("proxy.sync")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run went; `words` say what stopped it, and `exit_code` is that of the command."""

    exit_code: int
    tally: Tally
    words: str = ""


class Runner:
    def __init__(self, state: State, leases: Leases, metrics: SyncMetrics) -> None:
        self.state = state
        self.leases = leases
        self.metrics = metrics

    async def run(
        self, command: str, credential: str, work: Callable[[Tally], Awaitable[None]], *, is_alone: bool = True
    ) -> Ended:
        """`work` counts into the tally; what it raises of a SyncError's kind ends the run. `command` is such as
        `cloudinary retry`; the lease of the run is `run:{command}:{credential}`, where it has to be alone.
        """
        tally = Tally()
        if not is_alone:
            return await self.recorded(command, credential, work, tally)
        try:
            async with self.leases.hold(f"run:{command}:{credential}"):
                return await self.recorded(command, credential, work, tally)
        except LeaseHeld as error:
            log.warning("%s: not run, another run is at it", command)
            return Ended(BUSY, tally, str(error))

    async def recorded(
        self, command: str, credential: str, work: Callable[[Tally], Awaitable[None]], tally: Tally
    ) -> Ended:
        row_id = await self.state.begin_run(command, credential)
        result, ended = RunResult.CUT, Ended(LEFT, tally)
        try:
            ended = await self.worked(command, work, tally)
            result = result_of(ended)
        finally:
            await self.state.end_run(row_id, result, tally.counts(), ended.words)
            self.metrics.run_ended(command, result)
        return ended

    async def worked(self, command: str, work: Callable[[Tally], Awaitable[None]], tally: Tally) -> Ended:
        try:
            await work(tally)
        except (ConfigurationError, DataError) as error:  # what is refused to a whole run is no matter of one asset
            log.error("%s stopped, an operator has to act: %s", command, error)
            return Ended(WRONG, tally, str(error))
        except TransientError as error:
            log.warning("%s stopped, the next run goes on: %s", command, error)
            return Ended(LEFT, tally, str(error))
        log.info("%s: %s", command, tally.summary)
        return Ended(tally.exit_code, tally)


def result_of(ended: Ended) -> RunResult:
    return {WRONG: RunResult.CONFIGURATION, LEFT: RunResult.TRANSIENT}.get(ended.exit_code, RunResult.OK)
