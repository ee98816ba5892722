"""`media-proxy sync report`: the mail of the day, once."""

import argparse
import logging
from datetime import UTC, datetime, time, timedelta

from proxy.sync.outcomes import ConfigurationError, Outcome, Result, Tally
from proxy.sync.report.message import message_of, text_of
from proxy.sync.report.rows import Row
from proxy.sync.report.sending import send
from proxy.sync.service import Service
from proxy.sync.settings.cloudinary import Report
from proxy.sync.state.rows import ReportState

log = logging.getLogger("proxy.sync")
OF_RETRIES = "cloudinary retry"  # the flow of the attempts that it tells of
DAY_SECONDS = 86400.0


async def report(service: Service, options: argparse.Namespace, tally: Tally) -> None:
    """Raises ConfigurationError and TransientError; the day stays `sending` then, and the next run sends it."""
    cloudinary, smtp = service.settings.cloudinary, service.settings.smtp
    if cloudinary is None or cloudinary.report is None or smtp is None:
        raise ConfigurationError("cloudinary.report", "recipients, and smtp with host and sender")
    wanted = cloudinary.report
    slot = last_slot(wanted.time, service.now())
    rows = await rows_since(service, slot.timestamp() - DAY_SECONDS)
    tally.seen = len(rows)
    if options.dry_run:
        print(text_of(wanted.description, rows))  # noqa: T201
        return
    if rows or wanted.send_empty:
        message = message_of(wanted, smtp.sender, slot.date().isoformat(), rows, service.now())
        if await is_to_be_sent(service, wanted, slot):
            await send(message, smtp)
            await service.state.report_sent(wanted.report_name, slot.date().isoformat())
            return
    tally.count(Result(Outcome.SKIPPED))


async def is_to_be_sent(service: Service, wanted: Report, slot: datetime) -> bool:
    row = await service.state.begin_report(wanted.report_name, slot.date().isoformat())
    if row.state is ReportState.SENT:
        log.info("the report of %s was sent before", row.date)
        return False
    if row.tries > 1:
        log.warning("the report of %s is handed over for the %dth time", row.date, row.tries)
    return True


async def rows_since(service: Service, at: float) -> list[Row]:
    return [Row.of(seen) for seen in await service.state.seen_since(at, OF_RETRIES)]


def last_slot(at: time, now: float) -> datetime:
    """The last time of the day that has come: a report that is late is still that of its day."""
    moment = datetime.fromtimestamp(now, UTC)
    slot = moment.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return slot if slot <= moment else slot - timedelta(days=1)
