"""A small part of `benchmarks.storm`: random URLs from the grammar and by mutation."""

import asyncio
from pathlib import Path

from benchmarks.storm.client import Viewer
from benchmarks.storm.parsing import complaint, gun
from benchmarks.storm.server import gun_for
from benchmarks.storm.sources import files, fill
from benchmarks.storm.tally import LOST
from proxy.demo.pim import DemoPim
from tests.web.conftest import Start

SEED, URLS, TEXTS, VIEWERS = 7, 400, 1000, 16


def test_any_text_is_a_plan_or_a_polite_refusal() -> None:
    shooter = gun(SEED)

    for number in range(TEXTS):
        text = shooter.text(number)
        assert complaint(text) is None, text


async def test_random_urls_cost_no_worker_and_are_no_fault_of_ours(pim: DemoPim, start: Start, tmp_path: Path) -> None:
    folder = fill(tmp_path / "folder")
    pim.add(*files())
    small = {"workers": 2, "max_output_side": 2000}  # the largest would take too long for a test
    site = await start(folder={"directory": tmp_path / "folder"}, render=small)
    shooter, numbers = gun_for(SEED, files(), folder), iter(range(URLS))
    wrong = []

    async def view() -> None:
        viewer = Viewer(site.server.port)
        for number in numbers:
            shot = shooter.shot(number)
            answer = await viewer.ask(shot)
            if not 200 <= answer.status < 500:
                wrong.append(f"{answer.status} {answer.said} {shot}")
        viewer.hang_up()

    await asyncio.gather(*(view() for _ in range(VIEWERS)))

    assert wrong == []
    assert [reason for reason in LOST if site.counted("worker_restarts_total", reason=reason)] == []
