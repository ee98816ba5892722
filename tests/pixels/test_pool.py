"""Worker processes: real crashes, hangs and hungry pictures cost their own request and nothing else."""

import asyncio
import io
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from proxy.errors import Overloaded, ProxyError, RenderCrashed, RenderTimeout, Undecodable
from proxy.formats import Content, Format
from proxy.metrics import Metrics
from proxy.pixels.extent import Extent
from proxy.pixels.job import Drawn, Inspection, Job, Limits
from proxy.pixels.pool import Renderers
from proxy.pixels.pricing import price_of
from proxy.pixels.processes import Worker
from proxy.plan.frame import Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import Step
from proxy.plan.values import Length
from proxy.slices import RenderSettings
from tests.pixels.conftest import OpenPool

LIMITS = Limits(max_source_pixels=100_000_000, max_output_side=8192)


def job_for(directory: Path, size: tuple[int, int] = (64, 48), width: int = 32) -> Job:
    source = directory / f"{size[0]}x{size[1]}.png"
    if not source.exists():
        Image.new("RGB", size, (200, 100, 50)).save(source, compress_level=1)
    plan = Plan((Step(frame=Frame(width=Length(width))),), Output(format=OutputFormat.JPEG), orient=True)
    return Job(source, Content.of(Format.PNG), plan, frozenset(), 80, LIMITS)


def worker_of(renderers: Renderers) -> int:
    [worker] = renderers.workers
    return worker.process_id


def restarts(metrics: Metrics, reason: str) -> float:
    return metrics.registry.get_sample_value("media_proxy_worker_restarts_total", {"reason": reason}) or 0


async def test_a_job_comes_back_as_a_picture(renderers: Renderers, tmp_path: Path) -> None:
    begun: list[bool] = []

    drawn = await renderers.render(job_for(tmp_path), lambda: begun.append(True))

    assert Image.open(io.BytesIO(drawn.rendition.body)).size == (32, 24)
    assert set(drawn.stages) == {"decode", "draw", "encode"}
    assert begun == [True]


async def test_an_error_of_the_picture_is_raised_here(renderers: Renderers, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n rubbish")

    with pytest.raises(Undecodable):
        await renderers.render(replace(job_for(tmp_path), source=broken), lambda: None)
    with pytest.raises(FileNotFoundError):
        await renderers.render(replace(job_for(tmp_path), source=tmp_path / "gone.png"), lambda: None)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
async def test_a_job_whose_worker_died_is_drawn_by_a_fresh_one(
    renderers: Renderers, metrics: Metrics, tmp_path: Path, number: int
) -> None:
    killed = worker_of(renderers)

    drawn = await renderers.render(job_for(tmp_path), lambda: os.kill(killed, number))

    assert drawn.rendition.width == 32
    assert worker_of(renderers) != killed
    assert restarts(metrics, "crash") == 1


async def test_a_picture_that_kills_two_workers_is_given_up_and_others_go_on(
    renderers: Renderers, metrics: Metrics, tmp_path: Path
) -> None:
    deadly = asyncio.ensure_future(renderers.render(replace(job_for(tmp_path), source=fifo(tmp_path)), lambda: None))
    await kill_whoever_reads(tmp_path, renderers)
    await kill_whoever_reads(tmp_path, renderers)

    with pytest.raises(RenderCrashed):
        await deadly
    drawn = await renderers.render(job_for(tmp_path), lambda: None)

    assert drawn.rendition.width == 32
    assert restarts(metrics, "crash") == 2


def fifo(directory: Path) -> Path:
    """A file that makes its reader wait, and tells when somebody reads."""
    path = directory / "waits.png"
    os.mkfifo(path)
    return path


async def kill_whoever_reads(directory: Path, renderers: Renderers) -> None:
    [worker] = renderers.workers
    writer = await asyncio.to_thread(os.open, directory / "waits.png", os.O_WRONLY)
    os.kill(worker.process_id, signal.SIGKILL)
    os.close(writer)
    while worker in renderers.workers or not renderers.workers:  # noqa: ASYNC110 (for its successor, not for a time)
        await asyncio.sleep(0.001)


async def test_a_picture_that_hangs_ends_with_its_time(open_pool: OpenPool, metrics: Metrics, tmp_path: Path) -> None:
    renderers = await open_pool(timeout_seconds=0.5)

    with pytest.raises(RenderTimeout):
        await renderers.render(replace(job_for(tmp_path), source=fifo(tmp_path)), lambda: None)
    drawn = await renderers.render(job_for(tmp_path), lambda: None)

    assert drawn.rendition.width == 32
    assert restarts(metrics, "timeout") == 1


async def test_an_inspection_has_the_same_time_and_the_same_second_chance(
    open_pool: OpenPool, metrics: Metrics, tmp_path: Path
) -> None:
    renderers = await open_pool(timeout_seconds=2)
    hangs = Inspection(fifo(tmp_path), Content.of(Format.PNG), LIMITS)

    crashing = asyncio.ensure_future(renderers.inspect(hangs))
    await kill_whoever_reads(tmp_path, renderers)
    with pytest.raises(RenderTimeout):
        await crashing
    told = await renderers.inspect(Inspection(job_for(tmp_path).source, Content.of(Format.PNG), LIMITS))

    assert told["width"] == 64
    assert (restarts(metrics, "crash"), restarts(metrics, "timeout")) == (1, 1)


async def test_a_worker_has_only_its_memory(open_pool: OpenPool, tmp_path: Path) -> None:
    renderers = await open_pool(timeout_seconds=30, worker_memory_bytes=150 * 2**20)

    with pytest.raises(ProxyError):
        await renderers.render(job_for(tmp_path, size=(7000, 7000)), lambda: None)
    drawn = await renderers.render(job_for(tmp_path), lambda: None)

    assert drawn.rendition.width == 32


async def test_jobs_beyond_the_queue_are_refused_at_once(open_pool: OpenPool, tmp_path: Path) -> None:
    renderers = await open_pool(queue=2)
    waiting = replace(job_for(tmp_path), source=fifo(tmp_path))
    running = asyncio.ensure_future(renderers.render(waiting, lambda: None))
    writer = await asyncio.to_thread(os.open, waiting.source, os.O_WRONLY)
    queued = [asyncio.ensure_future(renderers.render(job_for(tmp_path), lambda: None)) for _ in range(2)]
    await asyncio.sleep(0)

    with pytest.raises(Overloaded) as refused:
        await renderers.render(job_for(tmp_path), lambda: None)
    os.close(writer)
    outcomes = await asyncio.gather(running, *queued, return_exceptions=True)

    assert (refused.value.retry_after_seconds or 0) >= 1
    assert isinstance(outcomes[0], Undecodable)
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes[1:])


async def test_a_job_that_nobody_waits_for_is_never_begun(renderers: Renderers, tmp_path: Path) -> None:
    waiting = replace(job_for(tmp_path), source=fifo(tmp_path))
    begun: list[str] = []
    running = asyncio.ensure_future(renderers.render(waiting, lambda: begun.append("first")))
    writer = await asyncio.to_thread(os.open, waiting.source, os.O_WRONLY)
    left = asyncio.ensure_future(renderers.render(job_for(tmp_path), lambda: begun.append("left")))
    await asyncio.sleep(0)

    left.cancel()
    os.close(writer)
    await asyncio.gather(running, return_exceptions=True)
    await renderers.render(job_for(tmp_path), lambda: begun.append("last"))

    assert begun == ["first", "last"]


async def test_viewers_go_before_background_work(renderers: Renderers, tmp_path: Path) -> None:
    waiting = replace(job_for(tmp_path), source=fifo(tmp_path))
    begun: list[str] = []
    running = asyncio.ensure_future(renderers.render(waiting, lambda: None))
    writer = await asyncio.to_thread(os.open, waiting.source, os.O_WRONLY)
    later = asyncio.ensure_future(renderers.render(job_for(tmp_path), lambda: begun.append("redraw"), background=True))
    await asyncio.sleep(0)
    sooner = asyncio.ensure_future(renderers.render(job_for(tmp_path), lambda: begun.append("viewer")))
    await asyncio.sleep(0)

    os.close(writer)
    await asyncio.gather(running, later, sooner, return_exceptions=True)

    assert begun == ["viewer", "redraw"]


async def test_the_nursery_is_replaced_when_it_dies(metrics: Metrics, tmp_path: Path) -> None:
    renderers = Renderers(RenderSettings(workers=1, timeout_seconds=20), metrics)
    await renderers.start()
    nursery = renderers.processes.process
    assert nursery is not None
    nursery.kill()
    await asyncio.to_thread(nursery.wait)

    drawn = await renderers.render(job_for(tmp_path), lambda: None)
    await renderers.close()

    assert drawn.rendition.width == 32
    assert restarts(metrics, "crash") == 1


async def test_no_process_is_left_behind(tmp_path: Path) -> None:
    renderers = Renderers(RenderSettings(workers=2), Metrics())
    await renderers.start()
    await renderers.render(job_for(tmp_path), lambda: None)
    processes = [worker.process_id for worker in renderers.workers]

    await renderers.close()

    assert not [process for process in processes if os.path.exists(f"/proc/{process}")]  # noqa: ASYNC240


async def test_viewers_who_left_do_not_fill_the_queue(open_pool: OpenPool, tmp_path: Path) -> None:
    renderers = await open_pool(queue=2)
    waiting = replace(job_for(tmp_path), source=fifo(tmp_path))
    running = asyncio.ensure_future(renderers.render(waiting, lambda: None))
    writer = await asyncio.to_thread(os.open, waiting.source, os.O_WRONLY)
    left = [asyncio.ensure_future(renderers.render(job_for(tmp_path), lambda: None)) for _ in range(2)]
    await asyncio.sleep(0)

    for viewer in left:
        viewer.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    stays = asyncio.ensure_future(renderers.render(job_for(tmp_path), lambda: None))
    os.close(writer)
    await asyncio.gather(running, return_exceptions=True)

    assert (await stays).rendition.width == 32
    assert renderers.waiting == 0


async def blocked(renderers: Renderers, directory: Path) -> tuple[asyncio.Task[Drawn], int]:
    """The one worker is at work until the descriptor is closed."""
    waiting = replace(job_for(directory), source=fifo(directory))
    running = asyncio.ensure_future(renderers.render(waiting, lambda: None))
    return running, await asyncio.to_thread(os.open, waiting.source, os.O_WRONLY)


async def test_who_would_wait_too_long_is_told_at_once_how_long(
    renderers: Renderers, metrics: Metrics, tmp_path: Path
) -> None:
    heavy = replace(job_for(tmp_path), source_bytes=60_000_000)
    running, writer = await blocked(renderers, tmp_path)
    others = [
        replace(heavy, source=tmp_path / f"{number}.png") for number in range(6)
    ]  # none drawn from another's pixels
    queued = [asyncio.ensure_future(renderers.render(other, lambda: None)) for other in others]
    await asyncio.sleep(0)
    expected = 6 * renderers.prices.estimate(price_of(heavy))

    with pytest.raises(Overloaded) as refused:
        await renderers.render(job_for(tmp_path), lambda: None, patience_seconds=expected / 2)
    patient = asyncio.ensure_future(renderers.render(job_for(tmp_path), lambda: None, patience_seconds=expected * 2))
    os.close(writer)
    await asyncio.gather(running, *queued, return_exceptions=True)

    assert expected <= (refused.value.retry_after_seconds or 0) <= expected + 2
    assert (await patient).rendition.width == 32
    assert metrics.registry.get_sample_value("media_proxy_overloads_total", {"queue": "render"}) == 1


async def test_no_viewer_waits_for_background_work(renderers: Renderers, tmp_path: Path) -> None:
    heavy = replace(job_for(tmp_path), source_bytes=60_000_000)
    running, writer = await blocked(renderers, tmp_path)
    redraws = [asyncio.ensure_future(renderers.render(heavy, lambda: None, background=True)) for _ in range(6)]
    await asyncio.sleep(0)

    with pytest.raises(Overloaded):
        await renderers.render(heavy, lambda: None, background=True, patience_seconds=1)
    viewer = asyncio.ensure_future(renderers.render(job_for(tmp_path), lambda: None, patience_seconds=1))
    os.close(writer)
    await asyncio.gather(running, *redraws, return_exceptions=True)

    assert (await viewer).rendition.width == 32


async def test_an_idle_pool_refuses_nobody(renderers: Renderers, tmp_path: Path) -> None:
    drawn = await renderers.render(job_for(tmp_path), lambda: None, patience_seconds=0)

    assert drawn.rendition.width == 32
    assert renderers.wait_seconds() == 0


async def test_who_leaves_the_queue_takes_his_seconds_with_him(renderers: Renderers, tmp_path: Path) -> None:
    heavy = replace(job_for(tmp_path), source_bytes=60_000_000)
    running, writer = await blocked(renderers, tmp_path)
    left = asyncio.ensure_future(renderers.render(heavy, lambda: None))
    await asyncio.sleep(0)
    waited = renderers.wait_seconds()

    left.cancel()
    await asyncio.gather(left, return_exceptions=True)
    waits = renderers.wait_seconds()
    os.close(writer)
    await asyncio.gather(running, return_exceptions=True)

    assert waits < waited
    assert not renderers.under_way


async def test_large_pictures_wait_for_memory_and_small_ones_pass(
    open_pool: OpenPool, metrics: Metrics, tmp_path: Path
) -> None:
    """The second worker is free, but the memory is not."""
    renderers = await open_pool(workers=2, memory_bytes=200 * 2**20)
    large = replace(job_for(tmp_path), extent=Extent(4000, 4000))
    begun: list[str] = []
    first = asyncio.ensure_future(renderers.render(replace(large, source=fifo(tmp_path)), lambda: None))
    writer = await asyncio.to_thread(os.open, tmp_path / "waits.png", os.O_WRONLY)
    second = asyncio.ensure_future(renderers.render(large, lambda: begun.append("large")))
    await asyncio.sleep(0)

    await renderers.render(job_for(tmp_path), lambda: begun.append("small"))
    reserved = metrics.registry.get_sample_value("media_proxy_render_memory_bytes", {"kind": "reserved"}) or 0
    waits = list(begun)
    os.close(writer)
    await asyncio.gather(first, return_exceptions=True)
    await second

    assert waits == ["small"]
    assert begun == ["small", "large"]
    assert 16_000_000 * 4 < reserved <= 200 * 2**20


async def test_a_worker_that_cannot_be_replaced_holds_no_memory(
    open_pool: OpenPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the system has just run out of it."""
    renderers = await open_pool(workers=2, memory_bytes=150 * 2**20)
    large = replace(job_for(tmp_path), extent=Extent(4000, 4000))
    spawn, refused, works = renderers.processes.spawn, asyncio.Event(), asyncio.Event()

    async def fail() -> Worker:
        refused.set()
        await works.wait()
        return await spawn()

    async def fail_first() -> Worker:
        monkeypatch.setattr(renderers.processes, "spawn", fail)
        raise OSError("no memory")

    monkeypatch.setattr("proxy.pixels.pool.RESPAWN_SECONDS", 0)
    monkeypatch.setattr(renderers.processes, "spawn", fail_first)
    deadly = asyncio.ensure_future(renderers.render(replace(large, source=fifo(tmp_path)), lambda: None))
    writer = await asyncio.to_thread(os.open, tmp_path / "waits.png", os.O_WRONLY)
    [busy] = [it for it in renderers.workers if it.jobs]
    os.kill(busy.process_id, signal.SIGKILL)
    os.close(writer)
    await refused.wait()

    drawn = await renderers.render(large, lambda: None)  # by the other worker, in the same memory
    works.set()
    while len(renderers.workers) < 2:  # noqa: ASYNC110 (for the successor, not for a time)
        await asyncio.sleep(0.001)
    deadly.cancel()
    await asyncio.gather(deadly, return_exceptions=True)

    assert drawn.rendition.width == 32


async def test_whoever_asks_for_facts_comes_behind_viewers_and_is_told_when_it_takes_too_long(
    renderers: Renderers, tmp_path: Path
) -> None:
    heavy = replace(job_for(tmp_path), source_bytes=60_000_000)
    facts = Inspection(heavy.source, heavy.content, LIMITS)
    running, writer = await blocked(renderers, tmp_path)
    inspected = asyncio.ensure_future(renderers.inspect(facts))
    await asyncio.sleep(0)
    queued = [asyncio.ensure_future(renderers.render(heavy, lambda: None)) for _ in range(4)]
    for done in queued:
        done.add_done_callback(lambda _: order.append("viewer"))
    order: list[str] = []
    inspected.add_done_callback(lambda _: order.append("facts"))
    await asyncio.sleep(0)

    with pytest.raises(Overloaded):
        await renderers.inspect(facts, patience_seconds=1)
    os.close(writer)
    await asyncio.gather(running, inspected, *queued, return_exceptions=True)

    assert order == ["viewer"] * 4 + ["facts"]
