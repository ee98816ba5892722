"""Akeneo's answers in the three classes of a sync."""

from collections.abc import Iterator
from contextlib import contextmanager

from proxy.akeneo.answers import document_refusal
from proxy.errors import (
    MediaForbidden,
    NotFound,
    OriginBusy,
    OriginDown,
    OriginError,
    OriginMisconfigured,
    OriginRefused,
    OriginUnreachable,
    Overloaded,
    ProxyError,
)
from proxy.sync.outcomes import ConfigurationError, DataError, Reason, TransientError

UNSENT = (OriginUnreachable, OriginDown, OriginBusy, Overloaded)
REFUSING = {400, 405, 406, 409, 413, 415, 422}


class Declined(NotFound):
    """A proper answer, and no: the values, the size or the file are not what Akeneo takes."""

    def __init__(self, status_seen: int, said: str) -> None:
        super().__init__(said or f"status {status_seen}")
        self.status_seen = status_seen


def write_refusal(status: int, said: str) -> ProxyError:
    """Of a write; every word that Akeneo says of our data is for whoever keeps it."""
    return Declined(status, said) if status in REFUSING else document_refusal(status, said)


@contextmanager
def translated(part: str) -> Iterator[None]:
    """Around any call to Akeneo; `part` names what it is about. A 404 is left as it is: callers know what it means."""
    try:
        yield
    except Declined as error:
        reason = Reason.TOO_LARGE if error.status_seen == 413 else Reason.REFUSED
        raise DataError(reason, part, f"what Akeneo takes: {error.message}") from None
    except (OriginRefused, OriginMisconfigured, MediaForbidden) as error:
        raise ConfigurationError(part, worded(error)) from None
    except (OriginError, Overloaded) as error:
        raise TransientError(part, worded(error), maybe_applied=not isinstance(error, UNSENT)) from None


def worded(error: ProxyError) -> str:
    return "; ".join([error.message, *getattr(error, "__notes__", [])])
