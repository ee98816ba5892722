"""What becomes of log lines when nobody reads them: they are lost, and nothing else is."""

import asyncio
import fcntl
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.kills.tree import LISTENS
from proxy.demo.launch import connection
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.web import log_writer
from proxy.web.answer import Answer
from proxy.web.log_lines import TEXT, GatheredLines, TextLines
from tests.site import client_of, path_of

PAGE = 4096
COFFEE = path_of(sample("coffee"), "w-60")


@dataclass
class Pipe:
    """Of one page, with a handler at one end and at the other nobody."""

    read_end: int
    handler: GatheredLines
    lost: list[int]

    def read_until(self, words: str) -> str:
        text = ""
        while words not in text:
            text += os.read(self.read_end, PAGE).decode()
        return text


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    read_end, write_end = os.pipe()
    fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, PAGE)
    lost: list[int] = []
    with os.fdopen(write_end, "w") as stream:
        handler = GatheredLines(stream, TextLines(TEXT), lost.append)
        yield Pipe(read_end, handler, lost)
        handler.close()
        os.close(read_end)


def line(words: str) -> logging.LogRecord:
    return logging.LogRecord("proxy", logging.INFO, __file__, 0, words, (), None)


def answer(target: str) -> Answer:
    return Answer("id", "GET", target, 200, "HIT", "memory", 1, 0.1)


async def test_lines_of_answers_and_others_come_in_order(pipe: Pipe) -> None:
    handler = pipe.handler

    handler.tell(answer("/first"))
    handler.tell(answer("/second"))
    handler.handle(line("a word between"))
    handler.tell(answer("/third"))
    text = await asyncio.to_thread(pipe.read_until, "/third")

    places = [text.index(words) for words in ("/first", "/second", "a word between", "/third")]
    assert places == sorted(places)
    assert pipe.lost == []


def test_what_nobody_reads_is_lost_and_told_later(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_writer, "MOST_WAITING", 10 * PAGE)
    monkeypatch.setattr(log_writer, "FLUSH_SECONDS", 0.01)
    handler = pipe.handler
    os.write(handler.writer.stream.fileno(), b"." * PAGE)  # the pipe is full

    for number in range(100):
        handler.handle(line(f"{number} " + "x" * 1000))
    handler.flush()  # comes to an end all the same
    lost = sum(pipe.lost)
    kept = pipe.read_until(f" {99 - lost} {'x' * 1000}\n")
    while handler.writer.waiting:
        handler.flush()
    handler.handle(line("once more"))
    told = pipe.read_until("once more")

    assert 50 < lost < 100
    assert [f" {number} " in kept for number in range(100)] == [True] * (100 - lost) + [False] * lost
    assert f"WARNING proxy.web.log_lines {lost} log lines were lost" in told


def test_a_reader_who_has_left_costs_the_lines_alone(pipe: Pipe) -> None:
    handler = pipe.handler
    os.dup2(os.open(os.devnull, os.O_RDONLY), pipe.read_end)

    handler.handle(line("to nobody"))
    handler.flush()
    handler.handle(line("nor this"))
    handler.flush()

    assert pipe.lost == [1, 1]


async def test_a_server_whose_log_nobody_reads_goes_on_and_ends(pim: DemoPim, tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, PAGE)
    settings = {"HOST": "127.0.0.1", "PORT": "0", "ADMIN_PORT": "0", "RENDER__WORKERS": "1"}
    settings["CACHE__DIRECTORY"] = str(tmp_path / "cache")
    environment = connection(pim) | {f"MEDIA_PROXY_{name}": value for name, value in settings.items()}
    command = (sys.executable, "-m", "proxy.cli", "serve")
    process = await asyncio.create_subprocess_exec(*command, env=os.environ | environment, stderr=write_end)
    os.close(write_end)
    port = await asyncio.to_thread(read_until_it_listens, read_end)
    async with client_of(f"http://127.0.0.1:{port}", timeout=30) as viewer:
        answers = [await viewer.get(f"{COFFEE}?v={number}{'x' * 2000}") for number in range(20)]
        answers += [await viewer.get("/-/health/live")]
    process.terminate()
    status = await process.wait()
    os.close(read_end)

    assert {answer.status_code for answer in answers} == {200}
    assert status == 0


def read_until_it_listens(read_end: int) -> int:
    """The port."""
    said = b""
    while not (found := LISTENS.search(said)):
        piece = os.read(read_end, PAGE)
        assert piece, said.decode()
        said += piece
    return int(found[1])
