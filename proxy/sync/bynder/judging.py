"""What is to become of a slot that an asset asks for. Pure."""

from enum import StrEnum

from proxy.sync.bynder.fingerprint import Fingerprint
from proxy.sync.state.rows import Link, LinkState


class Verdict(StrEnum):
    UNCHANGED = "unchanged"
    ADOPT = "adopt"  # our file is there, and we had forgotten it
    WAITING = "waiting"  # our file is a proposal that nobody has approved
    REMOVED = "removed"  # a user emptied the slot, and the asset is as it was then
    FILL = "fill"
    FOREIGN = "foreign"  # somebody else's file is there


def judge(link: Link | None, held: str | None, mine: Fingerprint, fields: str) -> Verdict:
    """`held` is the media code in the slot; `fields` are the asset's link fields now."""
    same = link is not None and link.fingerprint == str(mine)
    if link is not None and same and held == link.code and link.state is LinkState.LINKED:
        return Verdict.UNCHANGED
    if held is not None and (Fingerprint.named(held) == mine or (same and link is not None and held == link.code)):
        return Verdict.ADOPT
    if link is not None and same and link.state is LinkState.DRAFT:
        return Verdict.WAITING
    if held is None:
        return Verdict.REMOVED if link is not None and same and knows(link, fields) else Verdict.FILL
    ours = Fingerprint.named(held) is not None or (link is not None and held == link.code)
    return Verdict.FILL if ours else Verdict.FOREIGN


def knows(link: Link, fields: str) -> bool:
    """Whether the asset's link fields are what they were. While a write of ours is under way, two are right."""
    return fields in link.fields.split("\n")
