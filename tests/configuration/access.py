"""An access to Akeneo that is good, and how tests ask for settings."""

from collections.abc import Callable

from proxy.settings import Settings

URL = "https://pim.example.com"
SECRET = "hunter2-is-no-good-secret"
CREDENTIALS = {
    "AKENEO__URL": URL,
    "AKENEO__CLIENT_ID": "1_id",
    "AKENEO__SECRET": SECRET,
    "AKENEO__USERNAME": "shop",
    "AKENEO__PASSWORD": SECRET,
}
MIB, GIB = 2**20, 2**30
Read = Callable[..., Settings]
Refusal = Callable[..., str]


def at(settings: Settings, name: str) -> object:
    """The value of a variable, by its name without the prefix."""
    value: object = settings
    for part in name.lower().split("__"):
        value = getattr(value, part)
    return value
