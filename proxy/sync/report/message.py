"""The report as a mail: plain text, and the same as a simple page."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from proxy.sync.outcomes import one_line
from proxy.sync.report.rows import HEADS, Row
from proxy.sync.settings.cloudinary import Report

NO_ROWS = "No asset was tried in this time."
CELL = "border:1px solid #ccc;padding:4px 8px;text-align:left;vertical-align:top"


def message_of(report: Report, sender: str, date: str, rows: Sequence[Row], at: float) -> EmailMessage:
    """`date` is the day that it is for; the same report of the same day has the same `Message-ID`."""
    message = EmailMessage()
    message["Subject"] = one_line(report.report_name)
    message["From"] = sender
    message["To"] = ", ".join(report.recipients)
    message["Date"] = format_datetime(datetime.fromtimestamp(at, UTC))
    message["Message-ID"] = message_id(report.report_name, date, sender)
    message["Auto-Submitted"] = "auto-generated"  # nobody's holiday notice is wanted
    message.set_content(text_of(report.description, rows))
    message.add_alternative(html_of(report.report_name, report.description, rows), subtype="html")
    return message


def message_id(name: str, date: str, sender: str) -> str:
    digest = hashlib.sha256(f"{name}\n{date}".encode()).hexdigest()[:32]
    return f"<{digest}.{date}@{sender.rpartition('@')[2]}>"


def text_of(description: str, rows: Sequence[Row]) -> str:
    parts = [description, *("\n".join(lines_of(row)) for row in rows)] if rows else [description, NO_ROWS]
    return "\n\n".join(parts) + "\n"


def lines_of(row: Row) -> list[str]:
    return [f"{head}: {cell or '-'}" for head, cell in zip(HEADS, row.cells, strict=True)]


def html_of(name: str, description: str, rows: Sequence[Row]) -> str:
    """Nothing in it but text: no address becomes a link, and nothing is loaded."""
    heads = "".join(f'<th style="{CELL}">{escape(head)}</th>' for head in HEADS)
    body = "".join(f"<tr>{''.join(cell_of(cell) for cell in row.cells)}</tr>\n" for row in rows)
    shown = f"<p>{NO_ROWS}</p>"
    if rows:
        shown = f'<table style="border-collapse:collapse">\n<tr>{heads}</tr>\n{body}</table>'
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(name)}</title></head>\n'
        f'<body style="font-family:sans-serif"><p>{escape(description)}</p>\n{shown}\n</body></html>\n'
    )


def cell_of(text: str) -> str:
    return f'<td style="{CELL}">{escape(text) or "-"}</td>'
