"""Which directories the workers may read: those below which the server's files lie, and never all of them."""

import os
import tempfile
from pathlib import Path

from proxy.settings import Settings

ROOT = "/"


def directories_of(settings: Settings) -> list[Path]:
    """Where a directory may be made anew, the one above it is named, but never the root; of a link, also the one above
    where it leads. None where a folder is the root: then they read all.
    """
    folders = {endpoint.folder for endpoint in settings.all_endpoints if endpoint.folder is not None}
    if any(os.path.realpath(folder) == ROOT for folder in folders):
        return []
    directory = settings.cache.directory.absolute()
    places = {above(place) for place in (directory, Path(os.path.realpath(directory)))}
    return [*sorted(places), Path(tempfile.gettempdir()), *sorted(folders)]


def above(directory: Path) -> Path:
    return next((place for place in directory.parents if place.is_dir() and os.path.realpath(place) != ROOT), directory)
