"""Which attempts are in the daily mail, and how those are worded that are not done."""

from datetime import UTC, datetime
from pathlib import Path

from proxy.sync.leases import Leases
from proxy.sync.report import flow
from proxy.sync.state.rows import ReportState
from tests.sync.smtp import mail_server
from tests.sync.test_report import BAG, NOW, SHOE, Clock, parts, reporting, send

HOUR, DAY = 3600.0, 86400.0  # NOW is 10:30, the report's time 10:00


async def test_the_window_is_of_a_day_before_now_not_before_its_time(tmp_path: Path) -> None:
    clock = Clock()
    async with mail_server() as mailbox, reporting(tmp_path, mailbox, clock) as service:
        clock.now = NOW - DAY - HOUR / 4  # after the time of the day before
        await service.state.add_attempt(flow.OF_RETRIES, SHOE)
        clock.now = NOW

        assert (await send(service)).seen == 0


async def test_a_late_report_loses_nothing_since_the_last_that_was_sent(tmp_path: Path) -> None:
    clock = Clock()
    async with mail_server() as mailbox, reporting(tmp_path, mailbox, clock) as service:
        report = service.settings.cloudinary.report if service.settings.cloudinary else None
        assert report is not None
        for days, state in ((3, ReportState.SENT), (2, ReportState.SENDING)):
            date = datetime.fromtimestamp(NOW - days * DAY, UTC).date().isoformat()
            await service.state.begin_report(report.report_name, date)
            if state is ReportState.SENT:
                await service.state.report_sent(report.report_name, date)
        for subject, at in ((BAG, NOW - 3 * DAY - HOUR), (SHOE, NOW - 2 * DAY)):
            clock.now = at
            await service.state.add_attempt(flow.OF_RETRIES, subject)
        clock.now = NOW

        await send(service)

    (mail,) = mailbox.received
    assert "Asset id: 3f9c" in parts(mail.message)[0]
    assert "Asset id: 77aa" not in parts(mail.message)[0]


async def test_what_a_retry_is_still_at_is_running_and_what_an_earlier_left_is_cut(tmp_path: Path) -> None:
    clock = Clock()
    async with mail_server() as mailbox, reporting(tmp_path, mailbox, clock) as service:
        clock.now = NOW - HOUR
        await service.state.add_attempt(flow.OF_RETRIES, BAG)
        clock.now = NOW
        async with Leases(service.state).hold("run:cloudinary retry:"):
            await service.state.add_attempt(flow.OF_RETRIES, SHOE)
            await send(service)

    (mail,) = mailbox.received
    said = [line for line in parts(mail.message)[0].splitlines() if line.startswith("Last outcome")]
    assert said == ["Last outcome: cut", "Last outcome: running"]
