"""`media-proxy sync report`: the mail of the day, once."""

import argparse
import logging
import math
from datetime import UTC, date, datetime, time, timedelta

from proxy.sync.outcomes import ConfigurationError, Outcome, Result, Tally
from proxy.sync.report.message import message_of, text_of
from proxy.sync.report.rows import Row
from proxy.sync.report.sending import send
from proxy.sync.service import Service
from proxy.sync.settings.cloudinary import Report
from proxy.sync.state.rows import ReportState

log = logging.getLogger("proxy.sync")
OF_RETRIES = "cloudinary retry"  # the flow of the attempts that it tells of
LEASE = f"run:{OF_RETRIES}:"
DAY_SECONDS = 86400.0


async def report(service: Service, options: argparse.Namespace, tally: Tally) -> None:
    """Raises ConfigurationError and TransientError; the day stays `sending` then, and the next run sends it."""
    cloudinary, smtp = service.settings.cloudinary, service.settings.smtp
    if cloudinary is None or cloudinary.report is None or smtp is None:
        raise ConfigurationError("cloudinary.report", "recipients, and smtp with host and sender")
    wanted = cloudinary.report
    slot = last_slot(wanted.time, service.now())
    rows = await rows_since(service, await window_start(service, wanted))
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


async def window_start(service: Service, wanted: Report) -> float:
    """A day ago; where the last mail was for a time before that, from there on, so that a late one loses nothing."""
    day_ago = service.now() - DAY_SECONDS
    last = await service.state.last_report_sent(wanted.report_name)
    if last is None:
        return day_ago
    return min(day_ago, datetime.combine(date.fromisoformat(last), wanted.time, UTC).timestamp())


async def rows_since(service: Service, at: float) -> list[Row]:
    leases = await service.state.leases()
    running = min((lease.taken_at for lease in leases if lease.name == LEASE), default=math.inf)
    return [Row.of(seen, running_since=running) for seen in await service.state.seen_since(at, OF_RETRIES)]


def last_slot(at: time, now: float) -> datetime:
    """The last time of the day that has come: a report that is late is still that of its day."""
    moment = datetime.fromtimestamp(now, UTC)
    slot = moment.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return slot if slot <= moment else slot - timedelta(days=1)
