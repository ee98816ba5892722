"""What a server takes of a sync: its page, while `media-proxy sync run` does the work."""

from pathlib import Path

from proxy.configuration import environment
from proxy.metrics import Metrics
from proxy.sync.command import FLOWS
from proxy.sync.schedule.jobs import jobs_of
from proxy.sync.service import Service
from proxy.sync.settings.reading import read_sync_settings
from proxy.sync.status.face import Face


def face_of(config: Path, metrics: Metrics) -> Face:
    """Raises SettingsError."""
    settings = read_sync_settings(config, environment())
    return Face(Service(settings, metrics), jobs_of(settings, FLOWS))
