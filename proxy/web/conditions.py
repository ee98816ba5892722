"""What a request's validators and ranges ask for (RFC 9110, sections 13 and 14). Pure."""

import re
from dataclasses import dataclass

ETAG = re.compile(r'(?:W/)?"([^"]*)"')
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def matches(if_none_match: str, etag: str) -> bool:
    """Weak comparison: a CDN may have made our validator weak by compressing."""
    if if_none_match == f'"{etag}"':  # as nearly everybody asks
        return True
    return if_none_match.strip() == "*" or etag in ETAG.findall(if_none_match)


def matches_strongly(if_range: str, etag: str) -> bool:
    """For `If-Range`: a date or a weak validator never matches, so the whole file is sent."""
    return if_range.strip() == f'"{etag}"'


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from `start` up to, not including, `stop`."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        return self.stop - self.start


class Unsatisfiable(Exception):
    """The range lies behind the end of the file: 416."""


def wanted_span(range_header: str, size: int) -> Span | None:
    """The one range that is asked for; None for the whole file, as for several ranges or a malformed one."""
    match = RANGE.fullmatch(range_header.strip())
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        return last_bytes(int(match[2]), size)
    start, stop = int(match[1]), size if match[2] == "" else int(match[2]) + 1
    if start >= size:
        raise Unsatisfiable
    if stop <= start:
        return None
    return Span(start, min(stop, size))


def last_bytes(count: int, size: int) -> Span:
    if count == 0 or size == 0:
        raise Unsatisfiable
    return Span(max(0, size - count), size)
