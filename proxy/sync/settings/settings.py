"""The settings of a sync, from a YAML file whose secrets come from the environment."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from proxy.setting_types import Port, Seconds, wrong
from proxy.slices import AkeneoSettings, Slice
from proxy.sync.settings.bynder import BynderSettings
from proxy.sync.settings.cloudinary import CloudinarySettings
from proxy.sync.settings.smtp import SmtpSettings
from proxy.sync.settings.types import Zone


class PimSettings(AkeneoSettings):
    """A connection of its own; `pim_timezone` is that of the PIM's server."""

    pim_timezone: Zone = "UTC"


class ScheduleSettings(Slice):
    """Of `sync run`. `port`: where it shows status and metrics by itself, under the proxy's admin host and token."""

    port: Port | None = None
    stop_seconds: Seconds = 30  # for what is under way at a SIGTERM


class SyncConfiguration(Slice):
    akeneo: PimSettings
    state: Path
    schedule: ScheduleSettings = Field(default_factory=ScheduleSettings)
    smtp: SmtpSettings | None = None
    cloudinary: CloudinarySettings | None = None
    bynder: BynderSettings | None = None

    @model_validator(mode="after")
    def has_where_to_send_its_mail(self) -> Self:
        if self.cloudinary is not None and self.cloudinary.report is not None and self.smtp is None:
            raise wrong("smtp", "expected host and sender, since cloudinary.report is to be sent")
        if self.cloudinary is None and self.bynder is None:
            raise wrong("cloudinary", "expected cloudinary, bynder or both")
        return self
