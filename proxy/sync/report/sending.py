"""One conversation with the mail server."""

import logging
import ssl
from email.message import EmailMessage

import aiosmtplib

from proxy.sync.outcomes import ConfigurationError, TransientError, one_line
from proxy.sync.settings.smtp import SmtpSettings

log = logging.getLogger("proxy.sync")
PERMANENT = 500  # answers from there on


async def send(message: EmailMessage, settings: SmtpSettings) -> None:
    """Raises TransientError, with `maybe_applied` once the mail may have been taken; ConfigurationError for a login or
    a sender that is refused, or when nobody of the recipients is taken.
    """
    server = f"{settings.host}:{settings.port}"
    try:
        refused, _ = await aiosmtplib.send(
            message,
            hostname=settings.host,
            port=settings.port,
            username=settings.username or None,
            password=settings.password.get_secret_value() or None,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            timeout=settings.timeout_seconds,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        raise of_code(server, min(one.code for one in error.recipients), "a recipient that is taken") from None
    except aiosmtplib.SMTPResponseException as error:
        raise of_code(server, error.code, f"the mail to be taken: {error.code} {error.message}") from None
    except aiosmtplib.SMTPConnectError as error:
        raise TransientError(server, f"a mail server: {one_line(str(error))}") from None
    except ssl.SSLError as error:
        raise ConfigurationError(server, f"a certificate that is trusted: {error.reason}") from None
    except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError) as error:
        words = one_line(str(error)) or type(error).__name__
        raise TransientError(server, f"the mail to be taken: {words}", maybe_applied=True) from None
    except aiosmtplib.SMTPException as error:  # it cannot do what the settings ask for
        raise ConfigurationError(server, f"what smtp.security and the login ask for: {one_line(str(error))}") from None
    for recipient, answer in refused.items():
        log.warning("the mail server refuses %s: %d %s", recipient, answer.code, one_line(answer.message))


def of_code(server: str, code: int, expected: str) -> TransientError | ConfigurationError:
    kind = ConfigurationError if code >= PERMANENT else TransientError
    return kind(server, expected)
