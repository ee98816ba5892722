"""kill -9 of `media-proxy warm` while it works: the next one goes on, and nothing is downloaded twice."""

from pathlib import Path

from benchmarks.warm import Command, catalogue_of, downloads, environment_of, pictures, warm_through_kills
from proxy.demo.pim import DemoPim
from tests.web.command import serving

FILES = 60


async def test_nothing_is_downloaded_twice_whenever_it_is_killed(tmp_path: Path) -> None:
    files = pictures(FILES)
    async with DemoPim(files, catalogue=catalogue_of(files), max_concurrency=4) as pim:
        async with serving(pim, tmp_path / "cache") as tree:
            command = Command(environment_of(pim, tmp_path), tree.admin)
            status = await warm_through_kills(pim, command, [1, 25])

        assert status == 0
        assert downloads(pim) == {file.code: 1 for file in files}
        assert pim.peak_in_flight <= 4
