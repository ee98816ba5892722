"""Forms as clients send them: URL-encoded and multipart, read from the whole body."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
PARAMETER = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Part:
    """One field; `filename` is None for what is no file."""

    name: str
    content: bytes
    filename: str | None = None

    @property
    def text(self) -> str:
        return self.content.decode()


def read_form(content_type: str, body: bytes) -> list[Part] | None:
    """None for a body that is no form."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == URLENCODED:
        fields = parse_qsl(body.decode(), keep_blank_values=True)
        return [Part(name, value.encode()) for name, value in fields]
    boundary = BOUNDARY.search(content_type)
    if kind != MULTIPART or not boundary:
        return None
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode())
    return [read_part(piece) for piece in pieces[1:-1]]


def read_part(piece: bytes) -> Part:
    """Names are quoted with a backslash or, as browsers do it, with `%22`."""
    head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    lines = [line for line in head.decode().split("\r\n") if line.lower().startswith("content-disposition")]
    said = dict(PARAMETER.findall(lines[0])) if lines else {}
    filename = said.get("filename")
    return Part(said.get("name", ""), content, None if filename is None else unquoted(filename))


def unquoted(filename: str) -> str:
    return re.sub(r"\\(.)", r"\1", filename).replace("%22", '"')
