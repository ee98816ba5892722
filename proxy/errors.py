"""What can go wrong on the way to a picture. Each error knows its status and how long it may be remembered.

ProxyError
  BadRequest             400   MethodNotAllowed   405
    InvalidTransformation  400
    LimitExceeded          400
  SignatureRefused       401
  NotFound               404
    NoSuchPath             404   never a call to Akeneo
    MediaNotFound          404
    MediaMissing           404   known to Akeneo, but gone from its disk
    MediaForbidden         404   one file that this connection may not read
    Blocked                410   taken down by the operator
  SourceTooLarge         413
  BodyTooLarge           413
  TargetTooLong          414
  HeadersTooLarge        431
  Undecodable            422
  LayerUndecodable       422   a picture on the picture: the one below may be fine
  OriginError            502
    OriginBroken           502   a wrong, cut or empty answer; worth another try
      OriginTooLong          502   more than is read of a document
    OriginMisconfigured    502   a redirect, a log-in page: worth a word to the operator
    OriginUnreachable      502
    OriginDown             503   it has failed so often that it is left alone for a while
    OriginRefused          503   credentials
    OriginBusy             503
    OriginTimeout          504
  OverBudget             429   this viewer has had enough for now
  TooManyEvents          429
  Overloaded             503
  RenderCrashed          500
  RenderTimeout          504
  Quarantined            503   nothing is drawn of this file for a while
  DeadlineExceeded       504
SettingsError            the server does not start
"""

from typing import Self


class SettingsError(Exception):
    """A setting is wrong; the text names it and what was expected in one line, and holds no secret."""

    def __init__(self, message: str) -> None:
        super().__init__("".join(letter if letter.isprintable() else "?" for letter in message))


class ProxyError(Exception):
    """Status and `code` go to the viewer as they are, as does the message: no secret, no inner address.

    `keep_seconds` is what `Cache-Control: max-age` may say; 0 means `no-store` (design, section 4).
    """

    status = 500
    code = "UNIDENTIFIED"  # the codes are ImageKit's where it has one
    keep_seconds = 0

    def __init__(self, message: str, *, retry_after_seconds: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_seconds = retry_after_seconds

    def again(self) -> Self:
        """The same error without the traceback and notes of where it was met: they hold requests and open files."""
        fresh = type(self).__new__(type(self), self.message)
        fresh.__dict__.update({name: value for name, value in vars(self).items() if name != "__notes__"})
        return fresh

    def about(self, source: str) -> Self:
        """The same error again, of one file among several: its path stands in front."""
        fresh = self.again()
        fresh.message = f"{source}: {self.message}"
        fresh.args = (fresh.message,)
        return fresh


class BadRequest(ProxyError):
    status = 400
    code = "EINVAL"
    keep_seconds = 300


class InvalidTransformation(BadRequest):
    """A known parameter with a value it does not take."""

    def __init__(self, part: str, expected: str) -> None:
        super().__init__(f"{part}: expected {expected}")
        self.part = part
        self.expected = expected


class LimitExceeded(BadRequest):
    """The URL asks for more than is allowed, such as a side of 100 000 pixels."""

    code = "ELIMIT"


class SignatureRefused(ProxyError):
    """Missing where it is required, wrong, or expired."""

    status = 401
    code = "EACCES"


class MethodNotAllowed(ProxyError):
    status = 405
    code = "EINVAL"


class NotFound(ProxyError):
    status = 404
    code = "ENOENT"
    keep_seconds = 60


class NoSuchPath(NotFound):
    """No media path at all."""


class MediaNotFound(NotFound):
    """Akeneo has no such file."""


class MediaMissing(NotFound):
    """Akeneo knows the file but has lost its bytes: storage trouble that may pass at any moment."""

    keep_seconds = 5


class MediaForbidden(NotFound):
    """A right is missing for this one file; an operator may grant it at any moment."""

    code = "EACCES"
    keep_seconds = 0


class Blocked(NotFound):
    """On the blocklist. Nobody keeps it: it may be lifted."""

    status = 410
    code = "EBLOCKED"
    keep_seconds = 0


class SourceTooLarge(ProxyError):
    status = 413
    code = "ELIMIT"
    keep_seconds = 300


class TargetTooLong(ProxyError):
    status = 414
    code = "ELIMIT"


class HeadersTooLarge(ProxyError):
    status = 431
    code = "ELIMIT"


class Undecodable(ProxyError):
    """The original is no picture that we can draw."""

    status = 422
    code = "EUNSUPPORTED"
    keep_seconds = 300


class LayerUndecodable(ProxyError):
    """The file of a layer, of that path, is no picture that we can draw."""

    status = 422
    code = "EUNSUPPORTED"
    keep_seconds = 300

    def __init__(self, source: str, why: str) -> None:
        super().__init__(f"{source}: {why}")
        self.source = source
        self.why = why


class OriginError(ProxyError):
    """A passing fault of Akeneo or of the way to it; never remembered (design, section 4)."""

    status = 502


class OriginBroken(OriginError):
    """An answer that is cut, empty or a 5xx: the next try may well succeed."""


class OriginTooLong(OriginBroken):
    """More than is read of a document: the same question would have the same answer."""


class OriginMisconfigured(OriginError):
    """A redirect, a log-in page or a refusal of our own request: an operator has to act."""


class OriginUnreachable(OriginError):
    code = "ECONNREFUSED"


class OriginDown(OriginError):
    """Not asked at all: it has failed again and again."""

    status = 503
    code = "ECONNREFUSED"


class OriginRefused(OriginError):
    status = 503
    code = "EACCES"


class OriginBusy(OriginError):
    status = 503


class OriginTimeout(OriginError):
    status = 504
    code = "ETIMEDOUT"


class OverBudget(ProxyError):
    """This viewer has asked for more new renditions than are made for one; others are not concerned."""

    status = 429
    code = "EBUDGET"


class TooManyEvents(ProxyError):
    """Whoever has sent them may try again later."""

    status = 429
    code = "EOVERLOAD"


class BodyTooLarge(ProxyError):
    status = 413
    code = "ELIMIT"


class Overloaded(ProxyError):
    status = 503
    code = "EOVERLOAD"


class RenderCrashed(ProxyError):
    status = 500


class RenderTimeout(ProxyError):
    status = 504
    code = "ETIMEDOUT"


class Quarantined(ProxyError):
    """The file has ended several workers: it rests, and what is cached of it is served."""

    status = 503
    code = "EQUARANTINE"


class DeadlineExceeded(ProxyError):
    """The viewer has waited as long as a viewer waits; the work may go on for the next one."""

    status = 504
    code = "ETIMEDOUT"
