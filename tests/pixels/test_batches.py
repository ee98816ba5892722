"""Sizes of one picture that wait together are drawn from one decode; what befalls one of them befalls it alone."""

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from proxy.errors import RenderTimeout
from proxy.formats import Content, Format
from proxy.metrics import Metrics
from proxy.pixels.extent import Extent
from proxy.pixels.job import Drawn, Job, Limits
from proxy.pixels.pool import Renderers
from proxy.pixels.pricing import price_of
from proxy.pixels.ticket import Ticket
from proxy.pixels.wire import unpack_drawn
from proxy.plan.frame import Frame
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import Step
from proxy.plan.values import Length
from proxy.slices import RenderSettings
from tests.pixels.conftest import OpenPool

LIMITS = Limits(max_source_pixels=100_000_000, max_output_side=8192)
WIDTHS = (16, 32, 48, 64, 96, 128)


def job_of(source: Path, width: int) -> Job:
    plan = Plan((Step(frame=Frame(width=Length(width))),), Output(format=OutputFormat.JPEG), orient=True)
    return Job(
        source, Content.of(Format.JPEG), plan, frozenset(), 80, LIMITS, source_bytes=10_000, extent=Extent(256, 256)
    )


def photo(directory: Path) -> Path:
    path = directory / "photo.jpg"
    Image.radial_gradient("L").convert("RGB").save(path)
    return path


def counted(metrics: Metrics) -> tuple[float, float]:
    """Decodes made, and spared."""
    value = metrics.registry.get_sample_value
    made, reused = (value("media_proxy_decodes_total", {"outcome": outcome}) or 0 for outcome in ("made", "reused"))
    return made, reused


def restarts(metrics: Metrics, reason: str) -> float:
    return metrics.registry.get_sample_value("media_proxy_worker_restarts_total", {"reason": reason}) or 0


def ask_all(renderers: Renderers, source: Path) -> list[asyncio.Task[Drawn]]:
    return [asyncio.ensure_future(renderers.render(job_of(source, width), lambda: None)) for width in WIDTHS]


async def signalled(
    renderers: Renderers, source: Path, turn: int, number: signal.Signals
) -> tuple[list[Drawn | BaseException], list[int]]:
    """What comes of all widths, and in which order they began; the one of that turn finds its worker signalled."""
    [worker] = renderers.workers
    begun: list[int] = []

    async def draw(width: int) -> Drawn:
        def begin() -> None:
            begun.append(width)
            if len(begun) == turn:
                os.kill(worker.process_id, number)

        return await renderers.render(job_of(source, width), begin)

    return await asyncio.gather(*map(draw, WIDTHS), return_exceptions=True), begun


async def test_six_widths_are_one_decode(renderers: Renderers, metrics: Metrics, tmp_path: Path) -> None:
    drawn = await asyncio.gather(*ask_all(renderers, photo(tmp_path)))

    assert [one.rendition.width for one in drawn] == list(WIDTHS)
    assert counted(metrics) == (1, 5)


async def test_each_answer_is_sent_as_soon_as_it_is_ready(renderers: Renderers, tmp_path: Path) -> None:
    asked = ask_all(renderers, photo(tmp_path))

    done, pending = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)

    assert (done, bool(pending)) == ({asked[4]}, True)  # the first of those that need all pixels
    await asyncio.gather(*asked)


async def test_the_next_size_comes_from_the_last_decode(renderers: Renderers, metrics: Metrics, tmp_path: Path) -> None:
    source = photo(tmp_path)
    await renderers.render(job_of(source, 128), lambda: None)

    await renderers.render(job_of(source, 32), lambda: None)

    assert counted(metrics) == (1, 1)


async def test_switched_off_every_picture_has_the_same_bytes_always(
    open_pool: OpenPool, metrics: Metrics, tmp_path: Path
) -> None:
    renderers = await open_pool(decode_once=False)
    source = photo(tmp_path)

    alone = [await renderers.render(job_of(source, width), lambda: None) for width in WIDTHS]
    together = await asyncio.gather(*ask_all(renderers, source))

    assert [one.rendition for one in alone] == [one.rendition for one in together]
    assert counted(metrics) == (12, 0)


async def test_a_worker_that_dies_in_the_midst_costs_nobody_more_than_a_second_try(
    renderers: Renderers, metrics: Metrics, tmp_path: Path
) -> None:
    source = photo(tmp_path)

    drawn, begun = await signalled(renderers, source, 3, signal.SIGKILL)

    assert [one.rendition.width if isinstance(one, Drawn) else one for one in drawn] == list(WIDTHS)
    assert restarts(metrics, "crash") == 1
    assert sorted(begun) == list(WIDTHS)


async def test_a_size_that_hangs_ends_alone(open_pool: OpenPool, metrics: Metrics, tmp_path: Path) -> None:
    renderers = await open_pool(timeout_seconds=1)
    source = photo(tmp_path)

    drawn, _ = await signalled(renderers, source, 2, signal.SIGSTOP)

    assert [isinstance(one, RenderTimeout) for one in drawn].count(True) == 1
    assert [isinstance(one, Drawn) for one in drawn].count(True) == 5
    assert restarts(metrics, "timeout") == 1


async def test_who_has_left_is_not_drawn_for(renderers: Renderers, metrics: Metrics, tmp_path: Path) -> None:
    asked = ask_all(renderers, photo(tmp_path))
    await asyncio.sleep(0)

    asked[0].cancel()
    asked[3].cancel()
    await asyncio.gather(*asked, return_exceptions=True)

    assert sum(counted(metrics)) == 4
    assert renderers.waiting == 0


async def test_a_size_that_needs_the_file_when_it_is_gone_fails_as_ever(renderers: Renderers, tmp_path: Path) -> None:
    source = photo(tmp_path)
    await renderers.render(job_of(source, 128), lambda: None)
    source.unlink()

    with pytest.raises(FileNotFoundError):
        await renderers.render(job_of(source, 32), lambda: None)


async def test_a_size_whose_original_is_drawn_anyway_is_expected_to_take_less(
    renderers: Renderers, tmp_path: Path
) -> None:
    job = replace(job_of(photo(tmp_path), 32), source_bytes=30_000_000)
    asked = [asyncio.ensure_future(renderers.render(job, lambda: None)) for _ in range(2)]
    await asyncio.sleep(0)  # both have come to the line, and no worker to them
    first, second = renderers.line.waiting
    await asyncio.gather(*asked)

    assert 0 < second.price < first.price / 2


def test_what_workers_keep_is_a_share_of_their_memory() -> None:
    settings = RenderSettings.model_validate({"workers": 4, "memory_bytes": "512MiB"})

    assert settings.kept_bytes == 512 * 2**20 // 4 // 8
    assert RenderSettings(workers=4, memory_bytes=None).kept_bytes == 64 * 2**20
    assert Renderers(settings, Metrics()).line.budget == 512 * 2**20 * 7 // 8
    assert RenderSettings(workers=1, decode_once=False).kept_bytes == 0


@pytest.mark.parametrize(("side", "is_shared"), [(1000, True), (9000, False)])
async def test_what_no_worker_can_keep_is_nobodys(tmp_path: Path, side: int, is_shared: bool) -> None:
    """Its sizes are drawn side by side, as if they were of different files."""
    renderers = Renderers(RenderSettings(workers=1), Metrics())
    job = replace(job_of(tmp_path / "none.png", 64), content=Content.of(Format.PNG), extent=Extent(side, side))
    ticket = Ticket(0, 0, job, lambda: None, unpack_drawn, asyncio.get_running_loop().create_future())

    renderers.put_price(ticket, price_of(job))

    assert (ticket.original is not None) is is_shared
