"""What can become of an asset, and the three classes of what can go wrong on the way."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """Of one asset, or of one link where an asset has several."""

    LINKED = "linked"  # it was not, and is now
    UPDATED = "updated"  # something that was there has been changed
    UNCHANGED = "unchanged"  # nothing was to be written
    ADOPTED = "adopted"  # our own write of an earlier run was found; nothing was written
    UNLINKED = "unlinked"
    SKIPPED = "skipped"  # not ours to deal with, or left alone on purpose; a reason may say why
    STALE = "stale"  # who asked for it was overtaken: its state is another one by now
    DRAFT = "draft"  # accepted as a proposal, which somebody has to approve in the PIM
    FAILED = "failed"  # the reason says why


class Reason(StrEnum):
    """Why an asset failed or was left alone. The words are part of the interface: reports and metrics have them."""

    ADDRESS_NOT_ALLOWED = "address_not_allowed"  # a file on a host that no credentials and no downloads go to
    ASSET_GONE = "asset_gone"  # the DAM does not know it any more
    CODE_COLLISION = "code_collision"
    CODE_TOO_LONG = "code_too_long"
    CONFIGURATION = "configuration"
    DRAFT = "draft"
    FOREIGN_FILE = "foreign_file"
    INCOMPLETE_FILE = "incomplete_file"
    MISSING_ATTRIBUTE = "missing_attribute"
    MISSING_DERIVATIVE = "missing_derivative"
    MISSING_FAMILY = "missing_family"
    MISSING_SKU = "missing_sku"
    MISSING_SORT_ORDER = "missing_sort_order"
    NEEDS_CHANNEL = "needs_channel"
    NEEDS_LOCALE = "needs_locale"
    NEEDS_SCOPE = "needs_scope"
    NO_BYNDER_ASSET = "no_bynder_asset"
    NO_LINK_KNOWN = "no_link_known"
    NOT_A_MEDIA_LINK = "not_a_media_link"
    NOT_A_PICTURE = "not_a_picture"
    NOT_MAPPED = "not_mapped"
    PREFIX_MISMATCH = "prefix_mismatch"
    REFUSED = "refused"  # a 4xx with the other side's own words
    REMOVED_IN_PIM = "removed_in_pim"
    SKU_CHARACTERS = "sku_characters"
    SLOT_CONFLICT = "slot_conflict"
    SOURCE_GONE = "source_gone"
    TOO_LARGE = "too_large"
    TRANSIENT = "transient"
    UNKNOWN_ASSET = "unknown_asset"
    UNKNOWN_ATTRIBUTE = "unknown_attribute"
    UNKNOWN_FAMILY = "unknown_family"
    UNKNOWN_OPTION = "unknown_option"
    UNKNOWN_PRODUCT = "unknown_product"
    WRONG_VALUE = "wrong_value"


class SyncError(Exception):
    """`reason`, the `part` that is wrong and what was `expected`: words for a report, without any secret."""

    def __init__(self, reason: Reason, part: str = "", expected: str = "") -> None:
        self.reason = reason
        self.part = one_line(part)
        self.expected = one_line(expected)
        super().__init__(worded(reason, self.part, self.expected))


class TransientError(SyncError):
    """It may pass by itself: tried again in the run, then left for the next one. Nothing is written to the asset.

    `maybe_applied`: the request may have been carried out all the same, so look before it is repeated.
    """

    def __init__(self, part: str, expected: str = "", *, maybe_applied: bool = False) -> None:
        super().__init__(Reason.TRANSIENT, part, expected)
        self.maybe_applied = maybe_applied


class ConfigurationError(SyncError):
    """An operator has to act. The run stops at once, and touches no status."""

    def __init__(self, part: str, expected: str = "") -> None:
        super().__init__(Reason.CONFIGURATION, part, expected)


class DataError(SyncError):
    """Of this asset alone; not tried again in the run."""


class LeaseHeld(SyncError):
    """Another process, or another run of this one, is at it. `part` is the name of the lease."""

    def __init__(self, name: str) -> None:
        super().__init__(Reason.TRANSIENT, name, "no other run to hold the lease")


def worded(reason: Reason | None, part: str, expected: str) -> str:
    """`prefix_mismatch: https://x/y: expected ...`"""
    start = ": ".join(text for text in (reason or "", part) if text)
    return f"{start}: expected {expected}" if expected else start


def one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


@dataclass(frozen=True, slots=True)
class Result:
    """An outcome with its reason, as it is recorded."""

    outcome: Outcome
    reason: Reason | None = None
    part: str = ""
    expected: str = ""

    @classmethod
    def of(cls, error: SyncError) -> "Result":
        return cls(Outcome.FAILED, error.reason, error.part, error.expected)

    @property
    def words(self) -> str:
        return worded(self.reason, self.part, self.expected)


SUMMARY = ("linked", "updated", "unchanged", "unlinked", "skipped", "failed")
COUNTED_AS = {
    Outcome.ADOPTED: "unchanged",
    Outcome.STALE: "skipped",
    Outcome.DRAFT: "skipped",
}
OK, WRONG, LEFT, BUSY = 0, 1, 2, 3  # exit codes of the commands


@dataclass(slots=True)
class Tally:
    """What a run has done; `transient` of its failures may pass."""

    seen: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    transient: int = 0

    def count(self, result: Result) -> None:
        self.outcomes[result.outcome] += 1
        self.transient += result.reason is Reason.TRANSIENT

    def counts(self) -> dict[str, int]:
        """`seen` and the words of the summary, in their order."""
        counts = {"seen": self.seen} | dict.fromkeys(SUMMARY, 0)
        for outcome, number in self.outcomes.items():
            counts[COUNTED_AS.get(outcome, str(outcome))] += number
        return counts

    @property
    def summary(self) -> str:
        """One line: `seen 3 linked 1 updated 0 ...`."""
        return " ".join(f"{word} {number}" for word, number in self.counts().items())

    @property
    def exit_code(self) -> int:
        return LEFT if self.transient else OK
