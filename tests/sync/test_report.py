"""The daily mail, in real conversations with a mail server: once a day, with everything in it, and nothing secret."""

import argparse
import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from proxy.metrics import Metrics
from proxy.sync.outcomes import ConfigurationError, DataError, Outcome, Reason, Result, Tally, TransientError
from proxy.sync.report import flow
from proxy.sync.service import Service
from proxy.sync.state.rows import ReportState, Subject
from tests.sync.settled import CLOUDINARY, settled
from tests.sync.smtp import Mailbox, mail_server

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC).timestamp()
SHOE = Subject("cloudinary", "3f9c", "shoes/<runner>", "https://res.cloudinary.com/acme/shoes/runner.jpg", "PROD001")
BAG = Subject("cloudinary", "77aa", "bags/tote", "https://res.cloudinary.com/acme/bags/tote.jpg", "")


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def reporting(
    directory: Path, mailbox: Mailbox, clock: Clock | None = None, **options: Any
) -> AsyncIterator[Service]:
    smtp = {"host": "127.0.0.1", "port": mailbox.port, "security": "none", "sender": "pim@example.com"}
    smtp |= options.pop("smtp", {})
    report = {"recipients": "pim@example.com, dam@example.com", "description": "Tried <again>."} | options
    settings = settled(directory, smtp=smtp, cloudinary={**CLOUDINARY, "report": report})
    async with Service(settings, Metrics(), now=clock or Clock()) as service:
        yield service


async def tried(service: Service) -> None:
    """One asset twice, the second time in vain, and another one that was cut."""
    state = service.state
    await state.add_attempt(flow.OF_RETRIES, SHOE, Result(Outcome.FAILED, Reason.TRANSIENT, "cloudinary", "an answer"))
    wrong = DataError(Reason.PREFIX_MISMATCH, "https://x", "https://res.cloudinary.com/")
    await state.add_attempt(flow.OF_RETRIES, SHOE, Result.of(wrong))
    await state.add_attempt(flow.OF_RETRIES, BAG)
    await state.add_attempt("cloudinary link", Subject("cloudinary", "by-hand"), Result(Outcome.LINKED))


async def send(service: Service, *, dry_run: bool = False) -> Tally:
    tally = Tally()
    await flow.report(service, argparse.Namespace(dry_run=dry_run), tally)
    return tally


def parts(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return str(plain.get_content()), str(html.get_content())


async def test_every_asset_of_the_day_is_in_it_once_with_all_that_is_known(tmp_path: Path) -> None:
    async with mail_server() as mailbox, reporting(tmp_path, mailbox) as service:
        await tried(service)
        tally = await send(service)

    [mail] = mailbox.received
    assert (mail.sender, mail.recipients) == ("pim@example.com", ["pim@example.com", "dam@example.com"])
    assert mail.message["Subject"] == "Retries for failed Akeneo syncs"
    assert mail.message["To"] == "pim@example.com, dam@example.com"
    plain, html = parts(mail.message)
    assert plain.startswith("Tried <again>.")
    for told in (
        "Asset id: 3f9c",
        "Public id: shoes/<runner>",
        f"URL: {SHOE.url}",
        "SKU: PROD001",
        "First seen: 2026-03-02 10:30 UTC",
        "Attempts: 2",
        "Last outcome: failed: prefix_mismatch: https://x: expected https://res.cloudinary.com/",
        "Asset id: 77aa",
        "SKU: -",
        "Last outcome: cut",
    ):
        assert told in plain
    assert "shoes/&lt;runner&gt;" in html
    assert "<again>" not in html
    assert "by-hand" not in plain
    assert tally.seen == 2


async def test_a_day_has_one_mail(tmp_path: Path) -> None:
    clock = Clock()
    async with mail_server() as mailbox, reporting(tmp_path, mailbox, clock) as service:
        await tried(service)
        await send(service)
        await send(service)
        assert len(mailbox.received) == 1

        clock.now += 86400
        await tried(service)
        await send(service)

    first, second = mailbox.received
    assert first.message["Message-ID"] != second.message["Message-ID"]
    assert second.message["Message-ID"].endswith(".2026-03-03@example.com>")


@pytest.mark.parametrize(("send_empty", "mails"), [(False, 0), (True, 1)])
async def test_without_rows_there_is_no_mail_unless_it_is_wanted(tmp_path: Path, send_empty: bool, mails: int) -> None:
    async with mail_server() as mailbox, reporting(tmp_path, mailbox, send_empty=send_empty) as service:
        await send(service)

    assert len(mailbox.received) == mails


async def test_what_is_older_than_a_day_is_not_in_it(tmp_path: Path) -> None:
    clock = Clock()
    async with mail_server() as mailbox, reporting(tmp_path, mailbox, clock) as service:
        clock.now -= 86400 + 3600
        await tried(service)
        clock.now = NOW
        await send(service)

    assert mailbox.received == []


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2026-03-02T10:00:00", "2026-03-02"),
        ("2026-03-02T09:59:59", "2026-03-01"),
        ("2026-03-02T23:00:00", "2026-03-02"),
    ],
)
def test_a_late_report_is_that_of_its_own_day(now: str, slot: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC).timestamp()

    assert flow.last_slot(time(10), moment).date().isoformat() == slot


async def test_a_mail_that_was_received_but_not_confirmed_is_sent_again_under_the_same_id(tmp_path: Path) -> None:
    async with mail_server() as mailbox, reporting(tmp_path, mailbox) as service:
        await tried(service)
        mailbox.drops_after_data = True
        with pytest.raises(TransientError) as error:
            await send(service)
        assert error.value.maybe_applied

        mailbox.drops_after_data = False
        await send(service)
        await send(service)

    assert len(mailbox.received) == 2
    assert len({one.message["Message-ID"] for one in mailbox.received}) == 1


async def test_a_kill_between_the_mail_and_its_mark_sends_it_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_: object) -> None:
        raise asyncio.CancelledError

    async with mail_server() as mailbox:
        async with reporting(tmp_path, mailbox) as service:
            await tried(service)
            monkeypatch.setattr(service.state, "report_sent", killed)
            with pytest.raises(asyncio.CancelledError):
                await send(service)
        async with reporting(tmp_path, mailbox) as service:
            await send(service)
            await send(service)
            row = await service.state.begin_report("Retries for failed Akeneo syncs", "2026-03-02")
            assert row.state is ReportState.SENT

    first, second = mailbox.received
    assert first.message["Message-ID"] == second.message["Message-ID"]


@pytest.mark.parametrize(("refused", "kind"), [("451 Later", TransientError), ("554 Not from you", ConfigurationError)])
async def test_a_refused_mail_is_told_by_its_kind_and_sent_later(
    tmp_path: Path, refused: str, kind: type[Exception]
) -> None:
    async with mail_server() as mailbox, reporting(tmp_path, mailbox) as service:
        await tried(service)
        mailbox.refuses_data = refused
        with pytest.raises(kind, match=refused[:3]):
            await send(service)

        mailbox.refuses_data = None
        await send(service)

    assert len(mailbox.received) == 1


async def test_one_recipient_who_is_refused_does_not_keep_it_from_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with mail_server() as mailbox, reporting(tmp_path, mailbox) as service:
        await tried(service)
        mailbox.refuses.add("dam@example.com")
        await send(service)
        assert mailbox.received[0].recipients == ["pim@example.com"]
        assert "dam@example.com" in caplog.text

        mailbox.refuses.add("pim@example.com")
        await send(service)  # it was sent


async def test_nobody_to_take_it_is_for_an_operator(tmp_path: Path) -> None:
    async with mail_server() as mailbox, reporting(tmp_path, mailbox) as service:
        await tried(service)
        mailbox.refuses |= {"pim@example.com", "dam@example.com"}
        with pytest.raises(ConfigurationError, match="recipient"):
            await send(service)


async def test_a_login_is_used_and_a_wrong_one_is_for_an_operator_who_is_not_told_the_password(tmp_path: Path) -> None:
    async with mail_server(login=("user", "hunter2")) as mailbox:
        login = {"username": "user", "password": "hunter2"}
        async with reporting(tmp_path, mailbox, smtp=login) as service:
            await tried(service)
            await send(service)
        async with reporting(tmp_path / "other", mailbox, smtp={**login, "password": "swordfish"}) as service:
            await tried(service)
            with pytest.raises(ConfigurationError) as error:
                await send(service)

    assert "swordfish" not in str(error.value)
    assert len(mailbox.received) == 1
    for secret in ("hunter2", "secret-of"):
        assert secret not in mailbox.received[0].message.as_string()


async def test_without_starttls_a_mail_that_asks_for_it_is_not_sent(tmp_path: Path) -> None:
    async with mail_server() as mailbox, reporting(tmp_path, mailbox, smtp={"security": "starttls"}) as service:
        await tried(service)
        with pytest.raises(ConfigurationError, match="STARTTLS"):
            await send(service)

    assert mailbox.received == []


@pytest.mark.parametrize("trusted", [True, False])
async def test_starttls_needs_a_certificate_that_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    certificate, key = self_signed(tmp_path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    async with mail_server(tls=tls) as mailbox, reporting(tmp_path, mailbox, smtp={"security": "starttls"}) as service:
        await tried(service)
        if trusted:
            await send(service)
        else:
            with pytest.raises(ConfigurationError, match="certificate"):
                await send(service)

    assert len(mailbox.received) == int(trusted)


def self_signed(directory: Path) -> tuple[Path, Path]:
    """Of 127.0.0.1, as certificate and key."""
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    named = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", *made, *named, *files], check=True, capture_output=True)
    return certificate, key


async def test_a_server_that_is_not_there_is_a_passing_fault(tmp_path: Path) -> None:
    async with mail_server() as mailbox:
        pass
    async with reporting(tmp_path, mailbox) as service:
        await tried(service)
        with pytest.raises(TransientError):
            await send(service)


async def test_a_dry_run_prints_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with mail_server() as mailbox, reporting(tmp_path, mailbox) as service:
        await tried(service)
        await send(service, dry_run=True)
        assert "Asset id: 3f9c" in capsys.readouterr().out
        assert mailbox.received == []
        await send(service)

    assert len(mailbox.received) == 1
