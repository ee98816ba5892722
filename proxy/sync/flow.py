"""One command of a sync, as the table of commands has it."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flow:
    """`media-proxy sync {system} {name}`, or `media-proxy sync {name}` without a system.

    `work` is `module:function`. A flow is `async def work(service, options, tally) -> None`: it runs under the lease
    and in the row of its run, and counts into the tally. With `whole`, it is `def work(options) -> int` instead, which
    does everything by itself and returns the exit status. `is_alone`: without it several of it may run side by side
    with these options, which have locks of their own. `example`: arguments that it may be called with.
    """

    system: str
    name: str
    help: str
    work: str
    arguments: Callable[[argparse.ArgumentParser], None] = lambda parser: None
    whole: bool = False
    example: tuple[str, ...] = ()
    is_alone: Callable[[argparse.Namespace], bool] = lambda options: True

    @property
    def command(self) -> str:
        """As runs are recorded: `cloudinary retry`, `report`."""
        return f"{self.system} {self.name}".strip()
