"""The mail server of the tests, spoken to by the standard library."""

import asyncio
import smtplib
from email.message import EmailMessage

import pytest

from tests.sync.smtp import Mailbox, mail_server


def mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "pim@example.com", "dam@example.com", "Größe"
    message["Message-ID"] = "<one@example.com>"
    message.set_content("First line\n.\nlast line\n")
    return message


def send(mailbox: Mailbox, login: tuple[str, str] | None = None) -> None:
    with smtplib.SMTP("127.0.0.1", mailbox.port, timeout=10) as client:
        if login:
            client.login(*login)
        client.send_message(mail())


async def test_a_mail_is_received_whole() -> None:
    async with mail_server() as mailbox:
        await asyncio.to_thread(send, mailbox)

    (received,) = mailbox.received
    assert (received.sender, received.recipients) == ("pim@example.com", ["dam@example.com"])
    assert (received.message["Subject"], received.message["Message-ID"]) == ("Größe", "<one@example.com>")
    assert received.message.get_content().splitlines() == ["First line", ".", "last line"]


async def test_it_asks_for_a_login_when_it_has_one() -> None:
    async with mail_server(("user", "pass")) as mailbox:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            await asyncio.to_thread(send, mailbox, ("user", "wrong"))
        with pytest.raises(smtplib.SMTPException):
            await asyncio.to_thread(send, mailbox)
        await asyncio.to_thread(send, mailbox, ("user", "pass"))

    assert len(mailbox.received) == 1


async def test_it_refuses_recipients_and_mails() -> None:
    async with mail_server() as mailbox:
        mailbox.refuses.add("dam@example.com")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            await asyncio.to_thread(send, mailbox)
        mailbox.refuses.clear()
        mailbox.refuses_data = "451 Later"
        with pytest.raises(smtplib.SMTPDataError):
            await asyncio.to_thread(send, mailbox)

    assert not mailbox.received


async def test_it_drops_the_connection_after_it_took_the_mail() -> None:
    async with mail_server() as mailbox:
        mailbox.drops_after_data = True
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            await asyncio.to_thread(send, mailbox)

    assert len(mailbox.received) == 1
