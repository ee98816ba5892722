"""Whose turn it is to make something that other replicas may be asked for, too."""

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol

from proxy.deadline import Deadline


class Turns(Protocol):
    def turn(self, key: str, deadline: Deadline) -> AbstractAsyncContextManager[bool]:
        """Inside the block it is ours to make; true if somebody else may have made it meanwhile.

        Raises DeadlineExceeded if another one is at it for too long.
        """


class NoTurns:
    """There is nobody else."""

    def turn(self, key: str, deadline: Deadline) -> AbstractAsyncContextManager[bool]:
        return nullcontext(False)
