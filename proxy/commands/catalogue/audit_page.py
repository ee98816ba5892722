"""The page of an audit: one file that needs nothing else, with thumbnails in it. Every name in it is text."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Any
from urllib.parse import quote

from proxy.commands.catalogue.audit_style import STYLE
from proxy.commands.catalogue.findings import MEANING, Finding, Found, seen
from proxy.commands.catalogue.found import Findings

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
MOST_PLACES = 5  # of one file; the rest is counted


HEAD = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Audit of the catalogue's pictures</title>
<style>{STYLE}</style>
</head>
<body>"""


def page_of(
    found: Findings, facts: Mapping[str, Any], thumbnails: Mapping[str, str], base_url: str | None = None
) -> Iterator[str]:
    """`thumbnails` are `data:` URLs by path; with a `base_url` of the proxy each file is a link."""
    for line in lines_of(found, facts, thumbnails, base_url):
        yield f"{line}\n"


def lines_of(
    found: Findings, facts: Mapping[str, Any], thumbnails: Mapping[str, str], base_url: str | None
) -> Iterator[str]:
    yield HEAD
    yield from head_of(facts)
    yield "<main>"
    for finding in Finding:
        if found.counts[finding]:
            yield from section_of(finding, found, thumbnails, base_url)
    yield from troubles_of(facts)
    yield "</main>"
    yield "</body>"
    yield "</html>"


def head_of(facts: Mapping[str, Any]) -> Iterator[str]:
    moment = datetime.now().astimezone()
    yield "<header>"
    yield "<h1>Audit of the catalogue's pictures</h1>"
    yield f'<p>{facts["files"]:,} files, looked at until <time datetime="{moment:%Y-%m-%dT%H:%M%z}">'
    yield f"{moment:%Y-%m-%d %H:%M %Z}</time></p>"
    yield '<nav aria-label="Findings"><ul>'
    for finding in Finding:
        count = facts["counts"][finding]
        text = f"<b>{count:,}</b> {escape(finding)}"
        yield f'<li><a href="#{anchor(finding)}">{text}</a></li>' if count else f"<li><span>{text}</span></li>"
    yield "</ul></nav>"
    yield "</header>"


def section_of(finding: Finding, found: Findings, thumbnails: Mapping[str, str], base_url: str | None) -> Iterator[str]:
    title = f"{finding[:1].upper()}{finding[1:]}" if finding is not Finding.CMYK else "CMYK"
    yield f'<section id="{anchor(finding)}">'
    yield f"<h2>{escape(title)} <small>{found.counts[finding]:,}</small></h2>"
    yield f"<p>{escape(MEANING[finding])}</p>"
    yield "<table>"
    heads = ("Picture", "Where", "What")
    yield f"<thead><tr>{''.join(f'<th scope=col>{head}</th>' for head in heads)}</tr></thead>"
    for _, group in groupby(found.of(finding), key=lambda one: one.group):  # duplicates have a body together
        yield "<tbody>"
        yield from (row_of(one, thumbnails, base_url) for one in group)
        yield "</tbody>"
    yield "</table>"
    yield "</section>"


def row_of(one: Found, thumbnails: Mapping[str, str], base_url: str | None) -> str:
    what = "".join(f"<div{attributes}>{text}</div>" for attributes, text in words_of(one, base_url))
    cells = (picture_of(one, thumbnails), places_of(one), what)
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def words_of(one: Found, base_url: str | None) -> Iterator[tuple[str, str]]:
    yield "", escape(one.why)
    if "width" in one.facts:
        width, height = seen(one.facts)
        yield " class=facts", f"{width} &times; {height}, {escape(one.facts['format'])}, {size_of(one.facts['size'])}"
    if one.path and base_url:
        url = escape(f"{base_url.rstrip('/')}/{quote(one.path)}")
        yield " class=path", f'<a href="{url}" rel="noreferrer">{breaking(one.path)}</a>'
    elif one.path:
        yield " class=path", breaking(one.path)


def picture_of(one: Found, thumbnails: Mapping[str, str]) -> str:
    source = thumbnails.get(one.path)
    if source is None:
        return f'<span class="none{"" if one.path else " low"}">{"no preview" if one.path else "no picture"}</span>'
    return f'<img src="{escape(source)}" alt="" loading="lazy" decoding="async">'


def places_of(one: Found) -> str:
    items = []
    for place in one.places[:MOST_PLACES]:
        where = " / ".join(escape(word) for word in (place.attribute, place.locale, place.scope) if word)
        items.append(f"<li>{escape(place.kind)} <b>{escape(place.code)}</b> <span class=facts>{where}</span></li>")
    if len(one.places) > MOST_PLACES:
        items.append(f"<li>and {len(one.places) - MOST_PLACES} more</li>")
    return f"<ul>{''.join(items)}</ul>"


def breaking(path: str) -> str:
    """A long path, which may be broken between its parts."""
    return "/<wbr>".join(map(escape, path.split("/")))


def troubles_of(facts: Mapping[str, Any]) -> Iterator[str]:
    lines = [*facts["troubles"], *(f"{one['path']}: {one['message']}" for one in facts["failed"])]
    if lines:
        yield f"<section><h2>Not looked at <small>{len(lines):,}</small></h2><ul>"
        yield from (f"<li>{escape(line)}</li>" for line in lines)
        yield "</ul></section>"
    elif not any(facts["counts"].values()):
        yield "<p>Nothing was found.</p>"


def anchor(finding: Finding) -> str:
    return finding.replace(" ", "-")


def size_of(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} KB"
