"""The rows of the state, as flows see them. Times are Unix seconds."""

from dataclasses import dataclass, field
from enum import StrEnum

from proxy.sync.outcomes import Result


class Kind(StrEnum):
    """What a link ends at in the PIM: whose `product` is a SKU, and whose the code of a model."""

    PRODUCT = "product"
    PRODUCT_MODEL = "product_model"


class LinkState(StrEnum):
    LINKED = "linked"
    PENDING = "pending"  # about to be written: it may be in the PIM or not
    DRAFT = "draft"  # written, and yet a proposal: not to be written again
    LEAVING = "leaving"  # to be taken out, and yet a proposal: not to be made again
    REMOVED_IN_PIM = "removed_in_pim"  # a user emptied the slot: not to be filled again as long as nothing changes


class EventState(StrEnum):
    NEW = "new"
    DONE = "done"


class ReportState(StrEnum):
    SENDING = "sending"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Event:
    """`id` is the SHA-256 of the body, in hex: a repeated delivery is the same event."""

    id: str
    system: str
    body: bytes = field(repr=False)
    received_at: float
    state: EventState


@dataclass(frozen=True, slots=True)
class Link:
    """One asset in one slot of one product. The first five fields are its key.

    `slot` is the asset family (Cloudinary) or the image attribute (Bynder); `attribute` the asset attribute with the
    URL (Cloudinary). `code` is that of the PIM's asset or of the uploaded file, `replaced_code` that of a foreign file
    which ours took the place of. `fingerprint` tells which bytes; `fields` what the asset's own link fields were then.
    `credential` is the code of the portal's credentials (Bynder), empty in what an older version has recorded.
    """

    system: str
    asset: str
    product: str
    slot: str
    kind: Kind = Kind.PRODUCT
    code: str = ""
    attribute: str = ""
    fingerprint: str = ""
    fields: str = ""
    replaced_code: str = ""
    state: LinkState = LinkState.LINKED
    credential: str = ""
    created_at: float = 0.0  # set by the state when it is first saved
    updated_at: float = 0.0  # set by the state


@dataclass(frozen=True, slots=True)
class Tombstone:
    """The link that was deleted last, as long as the DAM has not been told."""

    system: str
    asset: str
    slot: str
    code: str


@dataclass(frozen=True, slots=True)
class Written:
    """A status that we wrote, or were about to write when we were cut; `read_at` is our last read before."""

    system: str
    asset: str
    value: str
    read_at: float


@dataclass(frozen=True, slots=True)
class Subject:
    """What an attempt is about; `name`, `url` and `product` are for readers of reports. What tries it again is the run
    of these credentials, or the same command with these `arguments` where there are any.
    """

    system: str
    asset: str
    name: str = ""  # the public id
    url: str = ""
    product: str = ""
    credential: str = ""
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """`result` is None while it runs, and for good if it was cut."""

    id: int
    at: float
    flow: str
    subject: Subject
    result: Result | None


@dataclass(frozen=True, slots=True)
class Seen:
    """All attempts at one thing with one asset: `last` is the newest, `attempts` and `first_at` are of all time."""

    last: Attempt
    first_at: float
    attempts: int


class RunResult(StrEnum):
    OK = "ok"
    TRANSIENT = "transient"
    CONFIGURATION = "configuration"
    CUT = "cut"  # ended from outside, or by a fault of our own


@dataclass(frozen=True, slots=True)
class Run:
    """`result` is None while it runs, and for good if it was killed. `words` say what stopped it."""

    id: int
    command: str
    credential: str
    started_at: float
    ended_at: float | None
    result: RunResult | None
    counts: dict[str, int]
    words: str


@dataclass(frozen=True, slots=True)
class Lease:
    name: str
    owner: str
    taken_at: float
    beat_at: float


@dataclass(frozen=True, slots=True)
class Report:
    """One mail of one day. `tries` counts how often it was begun, this time among them."""

    report: str
    date: str
    state: ReportState
    tries: int
