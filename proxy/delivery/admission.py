"""Who wants something new pays for it; what is there already costs nothing."""

from typing import Protocol


class Admission(Protocol):
    """Asked when new work begins, of whoever starts it: who joins it pays nothing."""

    @property
    def refused(self) -> bool:
        """Whether it was refused: not to somebody else, whose work we had joined."""

    def charge(self) -> None:
        """For one rendition; raises OverBudget."""

    def refund(self) -> None:
        """What was charged, if anything: no worker has begun to draw it."""


class FreeAdmission:
    """For the operator, for what we do of our own accord, and for everybody where there is no budget."""

    refused = False

    def charge(self) -> None: ...

    def refund(self) -> None: ...


FREE = FreeAdmission()
