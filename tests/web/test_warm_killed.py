"""kill -9 of `media-proxy warm` while it works: the next one goes on, and nothing is downloaded twice."""

from pathlib import Path

from benchmarks.warm import (
    DELAY_SECONDS,
    Command,
    catalogue_of,
    downloads,
    environment_of,
    pictures,
    warm_through_kills,
)
from proxy.demo.faults import Delay
from proxy.demo.pim import DemoPim
from tests.web.command import serving

FILES = 40


async def test_nothing_is_downloaded_twice_whenever_it_is_killed(tmp_path: Path) -> None:
    files = pictures(FILES)
    async with DemoPim(files, catalogue=catalogue_of(files), max_concurrency=4) as pim:
        pim.faults.add(Delay(DELAY_SECONDS))
        async with serving(pim, tmp_path / "cache") as tree:
            command = Command(environment_of(pim, tmp_path), tree.admin)
            status = await warm_through_kills(pim, command, [20])

        assert status == 0
        assert downloads(pim) == {file.code: 1 for file in files}
        assert 1 < pim.peak_in_flight <= 3  # one place is kept for viewers
