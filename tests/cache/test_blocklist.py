"""The file that a blocklist is kept in: never cut off, and no larger than need be."""

from pathlib import Path

from proxy.cache.blocklist import Blocklist, Verdict
from proxy.media import MediaPath
from tests.cache.bench import HOUR, Clock

CUP, MUG = [MediaPath.parse(f"media-files/{name}.jpg") for name in ("cup", "mug")]
YEAR = 365 * 24 * HOUR


async def read_anew(file: Path, clock: Clock) -> dict[str, Verdict]:
    blocklist = Blocklist(file, clock=clock)
    await blocklist.load()
    return blocklist.verdicts


async def test_a_long_file_is_read_to_its_end(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "blocklist.json"
    file.write_text("{" + " " * 2**26 + f'"{CUP}": "1 blocked"}}')

    assert await read_anew(file, clock) == {str(CUP): Verdict(True, 1)}


async def test_what_is_free_since_long_is_forgotten_and_what_is_blocked_never(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "blocklist.json"
    blocklist = Blocklist(file, clock=clock)
    await blocklist.change([CUP, MUG], blocked=True)
    await blocklist.change([MUG], blocked=False)
    assert (await read_anew(file, clock)).keys() == {str(CUP), str(MUG)}

    clock.now += 2 * YEAR
    await blocklist.change([CUP], blocked=True)

    assert (await read_anew(file, clock)).keys() == {str(CUP)}


async def test_two_processes_on_one_file_keep_what_each_has_blocked(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "blocklist.json"
    one, other = [Blocklist(file, clock=clock) for _ in range(2)]
    await one.change([CUP], blocked=True)

    await other.change([MUG], blocked=True)

    assert other.blocked.keys() == {str(CUP), str(MUG)}
    assert (await read_anew(file, clock)).keys() == {str(CUP), str(MUG)}
