"""The settings of a sync, from a YAML file whose secrets come from the environment."""

from pathlib import Path

from proxy.slices import AkeneoSettings, Slice
from proxy.sync.settings.bynder import BynderSettings
from proxy.sync.settings.cloudinary import CloudinarySettings
from proxy.sync.settings.types import Zone
from proxy.sync.settings.smtp import SmtpSettings


class PimSettings(AkeneoSettings):
    """A connection of its own; `pim_timezone` is that of the PIM's server."""

    pim_timezone: Zone = "UTC"


class SyncConfiguration(Slice):
    akeneo: PimSettings
    state: Path
    smtp: SmtpSettings | None = None
    cloudinary: CloudinarySettings | None = None
    bynder: BynderSettings | None = None
