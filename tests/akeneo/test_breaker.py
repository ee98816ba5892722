"""An Akeneo that is down is left alone, and one call finds out that it is back."""

import asyncio

import pytest

from proxy.deadline import Deadline
from proxy.demo.faults import Hold, Status
from proxy.demo.files import DemoFile, Family
from proxy.errors import MediaNotFound, OriginBroken, OriginDown, ProxyError
from tests.akeneo.bench import Bench, collect, path_of

FILES = [DemoFile.named(Family.ASSET, f"{number}.bin", None, b"bytes" * 10) for number in range(8)]
BROKEN = Status(500)


@pytest.fixture
async def down(bench: Bench) -> Bench:
    """Asked for three files, with four tries for each, it has failed every time."""
    bench.pim.add(*FILES)
    bench.pim.faults.add(BROKEN)
    for file in FILES[:3]:
        with pytest.raises((OriginBroken, OriginDown)):
            await download(bench, file)
    return bench


async def download(bench: Bench, file: DemoFile) -> bytes:
    return await bench.client.download(path_of(file), collect, Deadline.after(600))


async def test_it_is_asked_nothing_more_for_a_while(down: Bench) -> None:
    before = down.pim.downloads()

    for file in FILES:
        with pytest.raises(OriginDown) as refused:
            await download(down, file)

    assert down.pim.downloads() == before
    assert refused.value.retry_after_seconds == 5
    assert down.counted("origin_circuit_open") == 1
    assert down.counted("origin_refused_total") >= len(FILES)


async def test_after_the_pause_one_call_finds_out_that_it_is_back(down: Bench) -> None:
    release = asyncio.Event()
    down.pim.faults.clear()
    down.pim.faults.add(Hold(release))
    before = down.pim.downloads()
    down.clock.now += 6

    calls = [asyncio.create_task(download(down, file)) for file in FILES]
    await down.pim.until(lambda: down.pim.downloads() > before)
    await asyncio.wait(calls[1:])
    held = down.pim.downloads() - before
    release.set()
    answers = await asyncio.gather(*calls, return_exceptions=True)

    assert held == 1
    assert answers.count(FILES[0].content) == 1
    assert sum(isinstance(answer, OriginDown) for answer in answers) == len(FILES) - 1
    assert await download(down, FILES[1]) == FILES[1].content
    assert down.counted("origin_circuit_open") == 0


async def test_a_vain_probe_makes_the_next_pause_longer(down: Bench) -> None:
    pauses = []
    for _ in range(6):
        with pytest.raises(OriginDown) as refused:
            await download(down, FILES[0])
        assert refused.value.retry_after_seconds is not None
        pauses.append(refused.value.retry_after_seconds)
        down.clock.now += refused.value.retry_after_seconds
        with pytest.raises((OriginBroken, OriginDown)):
            await download(down, FILES[0])

    assert pauses == [5, 10, 20, 40, 60, 60]


async def test_a_probe_that_is_given_up_leaves_the_place_to_the_next(down: Bench) -> None:
    down.pim.faults.clear()
    down.pim.faults.add(Hold(asyncio.Event()))
    down.clock.now += 6
    before = down.pim.downloads()
    probe = asyncio.create_task(download(down, FILES[0]))
    await down.pim.until(lambda: down.pim.downloads() > before)

    probe.cancel()
    await asyncio.wait([probe])
    down.pim.faults.clear()

    assert await download(down, FILES[1]) == FILES[1].content


async def test_one_broken_file_is_no_outage(bench: Bench) -> None:
    bench.pim.add(*FILES)
    bench.pim.faults.add(BROKEN)
    for _ in range(4):
        with pytest.raises(OriginBroken):
            await download(bench, FILES[0])
    bench.pim.faults.clear()

    assert await download(bench, FILES[1]) == FILES[1].content


async def test_a_file_that_is_not_there_is_a_proper_answer(bench: Bench) -> None:
    for file in FILES:
        with pytest.raises(MediaNotFound):
            await download(bench, file)

    assert bench.counted("origin_circuit_open") == 0


@pytest.mark.parametrize("status", [401, 403, 404, 422, 429])
async def test_whoever_answers_at_all_is_there(down: Bench, status: int) -> None:
    down.pim.faults.clear()
    down.pim.faults.add(Status(status))
    down.clock.now += 6

    with pytest.raises(ProxyError) as met:
        await download(down, FILES[0])

    assert not isinstance(met.value, OriginDown)
    assert down.counted("origin_circuit_open") == 0
