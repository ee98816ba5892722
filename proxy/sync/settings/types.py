"""What a setting of a sync may be. Whatever else is given is a ValueError."""

import re
from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from proxy.setting_types import HOST_NAME
from proxy.sync.settings.cron import Cron

MAIL = re.compile(r"[^\s@,<>\"]+@[^\s@,<>\"]+")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError):
        raise ValueError("expected the name of a time zone, such as UTC or Europe/Paris") from None
    return name


def cron(text: object) -> Cron:
    return text if isinstance(text, Cron) else Cron.parse(str(text))


def clock_time(text: object) -> time:
    if isinstance(text, time):
        return text
    if not isinstance(text, str) or not CLOCK.fullmatch(text):
        raise ValueError('expected a time of the day in quotes, such as "10:00"')
    return time.fromisoformat(text)


def address(text: str) -> str:
    if not text.isascii() or not text.isprintable() or not MAIL.fullmatch(text):
        raise ValueError("expected an address such as pim@example.com")
    return text


def addresses(value: object) -> object:
    """With commas between them, or a list."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def host(text: str) -> str:
    """A name, maybe with a port."""
    name, _, port = text.partition(":")
    if not HOST_NAME.fullmatch(name) or (port and not port.isdecimal()):
        raise ValueError("expected a host name, such as acme.bynder.com")
    return text.lower()


def option_code(value: object) -> object:
    """As YAML has it where nobody has put it in quotes: the codes of a yes/no attribute are `true` and `false`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


Zone = Annotated[str, AfterValidator(zone)]
Schedule = Annotated[Cron, BeforeValidator(cron)]
ClockTime = Annotated[time, BeforeValidator(clock_time)]
Address = Annotated[str, AfterValidator(address)]
Addresses = Annotated[tuple[Address, ...], BeforeValidator(addresses), Field(min_length=1)]
Host = Annotated[str, AfterValidator(host)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")]  # of attributes, metaproperties, fields
OptionCode = Annotated[str, BeforeValidator(option_code)]
Text = Annotated[str, Field(min_length=1, max_length=1000)]
