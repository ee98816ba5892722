"""Where mails are handed over."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from proxy.setting_types import HostName, Seconds, Secret
from proxy.slices import Slice
from proxy.sync.settings.types import Address


class SmtpSettings(Slice):
    host: HostName
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: Secret = SecretStr("")
    sender: Address
    timeout_seconds: Seconds = 30
