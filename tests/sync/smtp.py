"""A mail server on loopback: what it received, whom it refuses, and connections that it drops."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True)
class Received:
    """`recipients` are those of the envelope."""

    sender: str
    recipients: list[str]
    message: EmailMessage


class Mailbox:
    """All may be changed at any time: `refuses` holds recipients, `refuses_data` an answer such as "451 Later";
    with `drops_after_data` a mail is received and the connection lost before the answer.
    """

    def __init__(self, login: tuple[str, str] | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.login = login
        self.tls = tls
        self.port = 0
        self.received: list[Received] = []
        self.refuses: set[str] = set()
        self.refuses_data: str | None = None
        self.drops_after_data = False
        self._servers: list[SMTP] = []

    def connected(self) -> SMTP:
        """One conversation."""
        server = SMTP(
            self,
            hostname="mail.example.com",
            authenticator=self.authenticate if self.login else None,
            auth_require_tls=False,
            tls_context=self.tls,
            require_starttls=self.tls is not None,
        )
        self._servers.append(server)
        return server

    def hang_up(self) -> None:
        for server in self._servers:
            lose(server)

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        said = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=said == self.login, handled=False)  # the server answers

    async def handle_MAIL(  # noqa: N802 - aiosmtpd looks for these names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.login and not session.authenticated:
            return "530 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuses_data:
            return self.refuses_data
        message = message_from_bytes(cast(bytes, envelope.content), policy=policy.default)
        self.received.append(Received(str(envelope.mail_from), list(envelope.rcpt_tos), message))
        if self.drops_after_data:
            lose(server)
        return "250 OK"


def lose(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.Transport):
        server.transport.abort()


@asynccontextmanager
async def mail_server(
    login: tuple[str, str] | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Mailbox]:
    """On a free port; with `login` nobody else may send, with `tls` nobody without STARTTLS."""
    mailbox = Mailbox(login, tls)
    server = await asyncio.get_running_loop().create_server(mailbox.connected, "127.0.0.1", 0)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        mailbox.hang_up()
        server.close()
        await server.wait_closed()
