"""Schedules of six fields: minute, hour, day of the month, month, day of the week, year. `?` is no value.

Days of the week are 1-7 = SUN-SAT here, other numbers elsewhere: they leave this module as names.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
DAYS_OF_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")
EXAMPLE = 'expected six fields such as "0 10 * * ? *" (minute hour day month weekday year)'


@dataclass(frozen=True, slots=True)
class Field:
    """`names` stand for the numbers from `least` on."""

    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()

    def parse(self, text: str) -> str:
        """`*`, or all values with commas between them; raises ValueError."""
        if text in ("*", "?"):
            return "*"
        numbers = sorted({number for part in text.split(",") for number in self.expand(part)})
        return ",".join(DAYS[number - 1].lower() if self.names is DAYS else str(number) for number in numbers)

    def expand(self, part: str) -> Iterator[int]:
        found = PART.fullmatch(part)
        if found is None:
            raise ValueError(f"{self.name}: {part!r} is not understood")
        every = found["first"] == "*"
        first = self.least if every else self.number(found["first"])
        step = int(found["step"] or 1)
        if step < 1 or (every and found["last"]):
            raise ValueError(f"{self.name}: {part!r} is not understood")
        last = self.number(found["last"]) if found["last"] else self.most if every or found["step"] else first
        if first <= last:
            yield from range(first, last + 1, step)
        elif self.names:  # FRI-MON goes round
            around = [*range(first, self.most + 1), *range(self.least, last + 1)]
            yield from around[::step]
        else:
            raise ValueError(f"{self.name}: {part!r} ends before it begins")

    def number(self, text: str) -> int:
        if text.upper() in self.names:
            return self.least + self.names.index(text.upper())
        if not text.isdecimal() or not self.least <= int(text) <= self.most:
            raise ValueError(f"{self.name}: {text!r}, expected {self.least} to {self.most}")
        return int(text)


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day", 1, 31),
    Field("month", 1, 12, MONTHS),
    Field("day_of_week", 1, 7, DAYS),
    Field("year", 1970, 2199),
)


@dataclass(frozen=True, slots=True)
class Cron:
    """Each field as `*` or as values with commas, days of the week by their names: `CronTrigger(**cron.fields)`."""

    minute: str
    hour: str
    day: str
    month: str
    day_of_week: str
    year: str

    @classmethod
    def parse(cls, text: str) -> "Cron":
        """Raises ValueError, which names the field."""
        words = text.split()
        if len(words) != len(FIELDS):
            raise ValueError(EXAMPLE)
        if any("?" in word for number, word in enumerate(words) if word != "?" or number not in (2, 4)):
            raise ValueError("expected ? for the day or the weekday only")
        if words[2] not in "*?" and words[4] not in "*?":
            raise ValueError("expected ? for the day or for the weekday: they cannot both be given")
        cron = cls(*(field.parse(word) for field, word in zip(FIELDS, words, strict=True)))
        if cron.never:
            raise ValueError("expected a day that one of the months has")
        return cron

    @property
    def fields(self) -> dict[str, str]:
        return {field.name: getattr(self, field.name) for field in FIELDS}

    @property
    def never(self) -> bool:
        if self.day == "*":
            return False
        months = range(1, 13) if self.month == "*" else [int(month) for month in self.month.split(",")]
        return min(map(int, self.day.split(","))) > max(DAYS_OF_MONTH[month - 1] for month in months)
