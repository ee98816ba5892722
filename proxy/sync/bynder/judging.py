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


def judge(link: Link | None, held: str | None, mine: Fingerprint, fields: str, *, recorded: bool = False) -> Verdict:
    """`held` is the media code in the slot, `recorded` if it is there as the link of any asset; `fields` are the
    asset's link fields now.
    """
    marked = Fingerprint.named(held) if held is not None else None
    same = link is not None and link.fingerprint == str(mine)
    if link is not None and same and held == link.code and link.state is LinkState.LINKED:
        return Verdict.UNCHANGED
    if held is not None and (marked == mine or (same and link is not None and held == link.code)):
        return Verdict.ADOPT
    if link is not None and same and link.state is LinkState.DRAFT:
        return Verdict.WAITING
    if held is None:
        is_known = link is not None and link.state is not LinkState.LEAVING and knows(link, fields)
        return Verdict.REMOVED if same and is_known else Verdict.FILL
    # The name of another asset's file is no proof: a person may have chosen that file for this very slot.
    ours = recorded or (link is not None and held == link.code) or (marked is not None and marked.media == mine.media)
    return Verdict.FILL if ours else Verdict.FOREIGN


def knows(link: Link, fields: str) -> bool:
    """Whether the asset's link fields are what they were. While a write of ours is under way, two are right."""
    return fields in link.fields.split("\n")
