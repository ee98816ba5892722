"""What a worker cannot do, tried in a real one: a process that confines itself as workers do, and then misbehaves."""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import proxy
from proxy.metrics import Metrics
from proxy.pixels.job import Job
from proxy.pixels.pool import Renderers
from proxy.pixels.processes import Processes
from proxy.pixels.readable import above
from proxy.pixels.seccomp import ALLOW, ARCHITECTURES, EQUAL, KILL, LOAD, RETURN, filter_for
from proxy.pixels.wire import check_facts, pack_work, unpack_drawn
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.plan.steps import Step, TextLayer
from proxy.slices import RenderSettings
from tests.pixels.conftest import OpenPool
from tests.pixels.papers import CORNER, paper
from tests.pixels.pictures import LIMITS, Studio, content_of, places, sized
from tests.pixels.test_decode import SUFFIXES, written

FULL = ["rlimits", "no-new-privileges", "landlock-reads", "seccomp"]
linux = pytest.mark.skipif(sys.platform != "linux", reason="nothing of it is enforced elsewhere")

TRY = """
import ctypes, json, os, signal, socket, subprocess, sys, threading
from pathlib import Path
from proxy.pixels.sandbox import confine
readable, inside, outside, server = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
enforced = confine(2**30, [readable])
def thread():
    other = threading.Thread(target=print, args=("",), kwargs={"end": ""}); other.start(); other.join()
tries = {
    "read": lambda: open(inside).read(),
    "thread": thread,
    "read elsewhere": lambda: open(outside).read(),
    "environment of the server": lambda: open(f"/proc/{server}/environ", "rb").read(),
    "write": lambda: open(inside, "a").write("more"),
    "make": lambda: os.close(os.open(inside + ".new", os.O_CREAT | os.O_WRONLY)),
    "make in tmp": lambda: os.mkdir(inside + ".directory"),
    "remove": lambda: os.remove(inside),
    "rename": lambda: os.rename(inside, inside + ".other"),
    "truncate": lambda: os.truncate(inside, 0),
    "tcp": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "tcp6": lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM),
    "unix": lambda: socket.socket(socket.AF_UNIX),
    "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "run": lambda: os.execv("/bin/true", ["true"]),
    "fork": os.fork,
    "shell": lambda: subprocess.run(["/bin/true"]),
    "kill": lambda: os.kill(server, 0),
    "limits of the server": lambda: __import__("resource").prlimit(server, 7),
}
outcomes = {}
for name, what in tries.items():
    try:
        what()
        outcomes[name] = "done"
    except OSError as error:
        outcomes[name] = type(error).__name__
print(json.dumps([enforced, outcomes]))
"""


@pytest.fixture(scope="module", params=[".", "/"])
def tried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[str, Any]]:
    """What is enforced, and what came of each try; also where the server was started in the root, as by systemd."""
    directory = tmp_path_factory.mktemp("pictures")
    inside = directory / "a.png"
    inside.write_text("a picture")
    outside = tmp_path_factory.mktemp("secrets") / "a.txt"
    outside.write_text("a secret")
    command = [sys.executable, "-c", TRY, *map(str, (directory, inside, outside, os.getpid()))]
    environment = os.environ | {"PYTHONPATH": str(Path(proxy.__path__[0]).parent)}
    run = subprocess.run(
        command, capture_output=True, text=True, timeout=30, check=True, cwd=request.param, env=environment
    )
    assert inside.read_text() == "a picture"
    enforced, outcomes = json.loads(run.stdout)
    return enforced, outcomes


@linux
def test_what_this_machine_offers_is_enforced(tried: tuple[list[str], dict[str, Any]]) -> None:
    """The machines on which the tests run have a kernel that offers all of it."""
    assert tried[0] == FULL


@linux
def test_a_worker_reads_its_pictures_and_nothing_else(tried: tuple[list[str], dict[str, Any]]) -> None:
    done = {name for name, outcome in tried[1].items() if outcome == "done"}

    assert done == {"read", "thread"}
    assert set(tried[1].values()) == {"done", "PermissionError"}


@linux
@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_filter_refuses_an_architecture_that_it_does_not_know(machine: str) -> None:
    """Numbers mean other calls there. Only the machine's own filter can be tried; all have the same shape."""
    steps = [struct.unpack("=HBBI", step) for step in filter_for(machine, 42)]

    assert steps[1] == (EQUAL, 1, 0, ARCHITECTURES[machine])
    assert steps[2] == (RETURN, 0, 0, KILL)
    assert steps[-1] == (RETURN, 0, 0, ALLOW)
    for at, (code, if_so, if_not, _) in enumerate(steps):
        assert code in {LOAD, RETURN} or at + 1 + max(if_so, if_not) < len(steps)


FILES = {
    **{suffix: written(kind, places(60, 40)) for kind, suffix in SUFFIXES.items()},
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 60 40'><text y='20'>cup</text></svg>",
    "pdf": paper(CORNER),
}


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    processes = Processes(2**30, [tmp_path_factory.getbasetemp()])
    processes.prepare()
    yield processes
    assert processes.control is not None
    assert processes.process is not None
    processes.control.close()
    processes.process.wait()


async def drawn(processes: Processes, path: Path, *steps: Step, page: int | None = None) -> tuple[int, tuple[str, ...]]:
    """The width of the picture as a confined worker draws it, and what confines it."""
    plan = Plan(steps, Output(OutputFormat.PNG), orient=True, page=page)
    worker = await processes.spawn()
    try:
        work = Job(path, content_of(path), plan, frozenset(), 80, LIMITS)
        facts, body = await worker.work(pack_work(work))
        check_facts(facts)
        return unpack_drawn(facts, body).rendition.width, worker.sandbox
    finally:
        processes.end(worker)
        await worker.writer.wait_closed()


@pytest.mark.parametrize("suffix", FILES)
async def test_every_format_is_drawn_in_there(processes: Processes, studio: Studio, suffix: str) -> None:
    path = studio.bytes(FILES[suffix], f"a.{suffix}")

    width, enforced = await drawn(processes, path, sized(30), page=1 if suffix == "pdf" else None)

    assert width == 30
    assert sys.platform != "linux" or list(enforced) == FULL


async def test_texts_are_drawn_in_there(processes: Processes, studio: Studio) -> None:
    path = studio.bytes(FILES["png"], "a.png")
    texts = tuple(TextLayer(words) for words in ("cup", "\u6d4b\u8bd5", "\u0642\u0647\u0648\u0629"))

    width, _ = await drawn(processes, path, Step(frame=sized(50).frame, layers=texts))

    assert width == 50


@linux
async def test_a_directory_that_was_made_anew_is_read_by_fresh_workers(tmp_path: Path) -> None:
    directory = tmp_path / "cache"
    directory.mkdir()
    metrics = Metrics()
    renderers = Renderers(RenderSettings(workers=1), metrics, Processes(2**30, [directory]))
    await renderers.start()
    directory.rename(tmp_path / "old")
    directory.mkdir()
    path = directory / "a.png"
    path.write_bytes(FILES["png"])
    plan = Plan((sized(30),), Output(OutputFormat.PNG), orient=True)

    drawn = await renderers.render(Job(path, content_of(path), plan, frozenset(), 80, LIMITS), lambda: None)
    await renderers.close()

    assert drawn.rendition.width == 30
    assert metrics.registry.get_sample_value("media_proxy_worker_restarts_total", {"reason": "crash"}) == 1


@pytest.mark.parametrize(
    ("directory", "named"),
    [("/usr/share/media", "/usr/share"), ("/usr/none/media", "/usr"), ("/usr", "/usr"), ("/none/media", "/none/media")],
)
def test_what_is_above_the_cache_may_be_read_but_never_everything(directory: str, named: str) -> None:
    assert above(Path(directory)) == Path(named)


async def test_the_pool_tells_what_is_enforced(open_pool: OpenPool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    renderers = await open_pool()

    assert "rlimits" in renderers.sandbox
    assert f"enforced in the workers: {', '.join(renderers.sandbox)}" in caplog.messages
