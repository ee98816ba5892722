"""Whole requests: method, target and headers, each made from a seed and a number alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from benchmarks.storm.dice import Dice
from benchmarks.storm.grammar import Writer
from benchmarks.storm.mutation import LETTERS, mutated

MAX_TARGET = 9_000  # a little more than the server takes
ACCEPTS = ["*/*", "", "image/avif,image/webp,*/*;q=0.8", "image/webp", "image/avif;q=0", "text/html", "a/b;;q=x,,", "*"]
HINTS = ["Sec-CH-Width", "Width", "Sec-CH-DPR", "DPR", "Save-Data"]
ODD_HEADERS = [
    ("Range", "bytes=0-9"),
    ("Range", "bytes=-5"),
    ("Range", "bytes=9-"),
    ("Range", "bytes=99999999-"),
    ("Range", "bytes=5-2"),
    ("Range", "bytes=0-1,3-4,7-"),
    ("Range", "pages=1"),
    ("If-Range", '"abc"'),
    ("If-None-Match", "*"),
    ("If-None-Match", '"abc", W/"def'),
    ("If-Match", "*"),
    ("If-Modified-Since", "Wed, 21 Oct 2015 07:28:00 GMT"),
    ("If-Modified-Since", "yesterday"),
    ("If-Unmodified-Since", "0"),
    ("Origin", "https://shop.example"),
    ("Accept-Encoding", "gzip, br"),
    ("X-Forwarded-For", "1.2.3.4, ::1"),
    ("Cookie", "a=b; c"),
]
QUERIES = ["v=42", "updatedAt=1", "ik-attachment=true", "ik-attachment-filename=a%22b%0d%0a.png", "ik-sdk-version=5"]
QUERIES += [
    "ik-sanitizeSvg=true",
    "ik-s=",
    "ik-t=1",
    "tr",
    "tr=",
    "tr=w-5&tr=h-5",
    "=",
    "&&",
    "a=%zz",
    "ik-s=abc&ik-t=x",
]
METHODS = ["HEAD", "HEAD", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "get", "BREW"]
NOT_ON_WIRE = re.compile(r"[^\x21-\x7e]+")  # what may not stand in a target as it is
NOT_ON_BROAD_WIRE = re.compile(r"[^\x21-\x7fäß\u202e😀]+")


@dataclass(frozen=True, slots=True)
class Shot:
    """`target` is what stands in the request's line: any text without a line break or a blank."""

    number: int
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        fields = "".join(f" [{name}: {value}]" for name, value in self.headers)
        return f"#{self.number} {self.method} {self.target.encode('ascii', 'backslashreplace').decode()}{fields}"


@dataclass(frozen=True, slots=True)
class Gun:
    """`paths` are those of files that exist."""

    seed: int
    paths: Sequence[str]
    fonts: Sequence[str] = ()

    def text(self, number: int) -> str:
        """A transformation alone: from the grammar, or not any more."""
        dice = Dice(self.seed, number)
        text = self.writer(dice).transformation()
        return mutated(text, self.writer(dice).transformation(), dice) if dice.happens(0.35) else text

    def shot(self, number: int) -> Shot:
        dice = Dice(self.seed, number)
        kind = dice.random.random()
        if kind < 0.6:
            target = self.address(dice)
        elif kind < 0.92:
            target = self.mutation(dice)
        else:
            target = self.garbage(dice)
        return Shot(number, method(dice), on_the_wire(target, dice)[:MAX_TARGET] or "/", headers(dice))

    def writer(self, dice: Dice) -> Writer:
        return Writer(dice, [*self.paths, "media-files/0/0/0/0/nobody.png", "nobody.png"], self.fonts)

    def address(self, dice: Dice) -> str:
        text = self.writer(dice).transformation()
        return self.placed(encoded(text, dice), dice)

    def mutation(self, dice: Dice) -> str:
        """Mostly of what the transformation says: a wrong path is only a 404."""
        text, other = (self.writer(dice).transformation() for _ in range(2))
        if dice.happens(0.75):
            return self.placed(mutated(text, other, dice), dice)
        return mutated(self.placed(text, dice), self.placed(other, dice), dice)

    def placed(self, text: str, dice: Dice) -> str:
        path = dice.one(self.paths)
        if dice.happens(0.1):
            path += "/ik-thumbnail.jpg"
        elif dice.happens(0.05):
            before, _, extension = path.rpartition(".")
            path = f"ik-seo/{before}/any-name.{extension}"
        query = [dice.one(QUERIES) for _ in range(dice.one([0, 0, 0, 1, 2]))]
        place = dice.random.random()
        if place < 0.5:
            target = f"/tr:{text}/{path}"
        elif place < 0.9:
            target, query = f"/{path}", [f"tr={text}", *query]
        else:
            more = self.writer(dice).transformation()
            target, query = f"/tr:{text}/{path}", [*query, f"tr={more}"]
        return f"{target}?{'&'.join(query)}" if query else target

    def garbage(self, dice: Dice) -> str:
        path = dice.one(self.paths)
        return dice.one(
            [
                "/" + "".join(dice.some(LETTERS, 40)),
                f"/{path}?" + "".join(dice.some(LETTERS, 40)),
                f"/{path}?{dice.one(QUERIES)}&{dice.one(QUERIES)}",
                f"/{'../' * dice.whole(1, 5)}{path}",
                f"/media-files/{'a/' * dice.whole(1, 300)}b.png",
                f"//{path}//?tr=w-5",
                f"http://example.com/{path}?tr=w-{dice.odd()}",
                f"/tr:{'l-image,i-ik_canvas,' * dice.whole(1, 200)}/{path}",
                f"/tr:{'if-w_gt_5,' * dice.whole(1, 200)}w-5/{path}",
                f"/tr:w-{'9' * dice.whole(1, 5000)}/{path}",
                f"/{dice.one(['-/health/live', '-/health/ready', '-/metrics', '-/', '', '*', 'favicon.ico'])}",
                f"/{dice.one(['media-files', 'asset-media-files', 'logo.png', 'tr:w-5', 'ik-seo'])}/{dice.odd()}",
            ]
        )


def encoded(text: str, dice: Dice) -> str:
    """As SDKs of several generations write it."""
    if dice.happens(0.75):
        return text
    return dice.one([quote(text, safe=""), quote_plus(text), quote(text, safe=",:-_"), text.replace(",", "%2C")])


def on_the_wire(target: str, dice: Dice) -> str:
    """Blanks and line breaks would end a request's line; some of the rest goes out as it is, in UTF-8."""
    strange = NOT_ON_WIRE if dice.happens(0.9) else NOT_ON_BROAD_WIRE
    return strange.sub(lambda found: quote(found[0], safe="", errors="replace"), target)


def method(dice: Dice) -> str:
    return dice.one(METHODS) if dice.happens(0.05) else "GET"


def headers(dice: Dice) -> tuple[tuple[str, str], ...]:
    found = [("Accept", dice.one(ACCEPTS))]
    if dice.happens(0.3):
        found += [
            (name, dice.one(["1", "2", "300", "1.5", "on", "x", "-5", "99999999"])) for name in dice.some(HINTS, 2)
        ]
    if dice.happens(0.15):
        found += dice.some(ODD_HEADERS, 2)
    return tuple(found)
