"""The pictures of a page: every URL that a browser could ask for, and the width that the page claims for it."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

RECIPES = Path(__file__).parent.parent.parent / "docs/recipes"
ENDPOINT = "https://img.example.com"
CANDIDATE = re.compile(r"(\S+)(?:\s+([0-9]+)([wx]))?\s*(?:,\s+|$)")


@dataclass(frozen=True)
class Claimed:
    """`width` in pixels; None where the page claims none."""

    target: str
    width: int | None


class Pictures(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.claims: list[Claimed] = []
        self.images: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = {name.lower(): value or "" for name, value in attributes}
        if tag == "img":
            self.images.append(said)
            self.claims.append(claimed(said["src"]))
        if tag in {"img", "source"}:
            for url, number, unit in CANDIDATE.findall(said.get("srcset", "").strip()):
                self.claims.append(claimed(url, int(number) if unit == "w" else None))


def claimed(url: str, width: int | None = None) -> Claimed:
    assert url.startswith(ENDPOINT + "/"), url
    return Claimed(url.removeprefix(ENDPOINT), width)


def pictures(page: str) -> Pictures:
    parser = Pictures()
    parser.feed(page)
    parser.close()
    return parser
