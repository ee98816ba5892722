"""The status page: HTML without scripts. Everything that came from outside is escaped."""

from collections.abc import Iterable
from html import escape
from typing import Any

from proxy.sync.status.facts import Facts

RETRY = "/v1/sync/retry"
HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sync - media-proxy</title>
<link rel="stylesheet" href="/sync/style.css">
</head>
<body>
"""
FOOT = "</body>\n</html>\n"


def page_of(facts: Facts) -> str:
    parts = [
        f"<header><h1>Sync</h1><p>{text(facts['at'])}</p></header>\n<main>",
        section("Linked", links_of(facts)),
        section(
            "Next runs",
            table(("Run", "Due", "Last result", ""), map(next_row, facts["next_runs"]), "No run is scheduled."),
        ),
        section(f"Failures ({facts['failures_in_all']})", failures_of(facts)),
        section(
            "Last runs",
            table(("Run", "Started", "Ended", "Result", "Done"), map(run_row, facts["runs"]), "No run yet."),
        ),
        section("At work", table(("Lease", "Since"), map(lease_row, facts["leases"]), "Nobody is at work.")),
        "</main>",
    ]
    return HEAD + "\n".join(parts) + FOOT


def trouble_page(words: str) -> str:
    return f'{HEAD}<header><h1>Sync</h1></header>\n<main><p class="notice">{text(words)}</p></main>\n{FOOT}'


def links_of(facts: Facts) -> str:
    waiting = facts["waiting"]
    numbers = [*facts["links"].items(), ("events waiting", waiting["events"]), ("runs asked for", waiting["asked_for"])]
    return "<dl>" + "".join(f"<div><dt>{text(name)}</dt><dd>{count}</dd></div>" for name, count in numbers) + "</dl>"


def failures_of(facts: Facts) -> str:
    shown = table(("Asset", "What is wrong", "Tried", ""), map(failure_row, facts["failures"]), "Nothing has failed.")
    more = facts["failures_in_all"] - len(facts["failures"])
    return shown + (f"<p>and {more} more</p>" if more > 0 else "")


def next_row(job: Facts) -> list[str]:
    button = asking("Run now", {"command": job["command"], "credential": job["credential"]}, name_of(job))
    return [text(name_of(job)), time_of(job["at"]), result_of(job["last_result"]), button]


def run_row(run: Facts) -> list[str]:
    counts = " ".join(f"{word} {number}" for word, number in run["counts"].items() if number)
    done = "<br>".join(text(part) for part in (counts, run["words"]) if part)
    return [text(name_of(run)), time_of(run["started_at"]), time_of(run["ended_at"]), result_of(run["result"]), done]


def failure_row(failure: Facts) -> list[str]:
    told = [failure["name"] or failure["asset"], failure["product"] and f"SKU {failure['product']}", failure["asset"]]
    asset = "<br>".join(dict.fromkeys(text(part) for part in told if part))
    expected = failure["expected"] and f"expected {failure['expected']}"
    details = ": ".join(part for part in (failure["reason"], failure["part"], expected) if part)
    wrong = f"{text(failure['words'])}<br><code>{text(details)}</code>"
    times = "once" if failure["attempts"] == 1 else f"{failure['attempts']} times"
    tried = f"{times}<br>{time_of(failure['at'])}"
    button = asking("Try again", {name: failure[name] for name in ("system", "asset", "flow")}, failure["asset"])
    return [asset, wrong, tried, button]


def lease_row(lease: Facts) -> list[str]:
    return [text(lease["name"]), time_of(lease["since"])]


def asking(label: str, fields: dict[str, str], about: str) -> str:
    """A button that works without scripts."""
    hidden = "".join(
        f'<input type="hidden" name="{text(name)}" value="{text(value)}">' for name, value in fields.items()
    )
    spoken = f"{label}: {about}"
    button = f'<button aria-label="{text(spoken)}">{text(label)}</button>'
    return f'<form method="post" action="{RETRY}">{hidden}{button}</form>'


def name_of(run: Facts) -> str:
    return f"{run['command']} {run['credential']}".strip()


def result_of(result: str | None) -> str:
    return f'<span data-result="{text(result)}">{text(result)}</span>' if result else ""


def time_of(moment: str | None) -> str:
    return f'<time datetime="{text(moment)}">{text(moment[:19].replace("T", " "))}</time>' if moment else ""


def section(title: str, content: str) -> str:
    return f'<section class="panel"><h2>{text(title)}</h2>\n{content}</section>'


def table(heads: Iterable[str], rows: Iterable[list[str]], empty: str) -> str:
    """Cells are HTML by now; each carries its head, which a telephone shows beside it."""
    titles = list(heads)
    lines = [
        "<tr>"
        + "".join(f'<td data-head="{text(t)}">{cell}</td>' for t, cell in zip(titles, row, strict=True))
        + "</tr>"
        for row in rows
    ]
    if not lines:
        return f"<p>{text(empty)}</p>"
    top = "".join(f'<th scope="col">{text(title)}</th>' for title in titles)
    return f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n" + "\n".join(lines) + "\n</tbody></table>"


def text(value: Any) -> str:
    return escape(str(value), quote=True)
