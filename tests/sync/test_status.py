"""How a sync stands: on the page, as JSON, at a shell; and the button that asks for a run."""

import asyncio
import io
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web

from proxy import cli
from proxy.commands.sync_run import app_of
from proxy.demo.pim import DemoPim
from proxy.metrics import Metrics
from proxy.settings import Settings
from proxy.sync.command import FLOWS
from proxy.sync.outcomes import DataError, Outcome, Reason, Result, Tally
from proxy.sync.progress import line_of, progress
from proxy.sync.schedule.inbox import ASKED, Wish
from proxy.sync.schedule.jobs import jobs_of
from proxy.sync.service import Service
from proxy.sync.serving import Serving
from proxy.sync.state.rows import Link, RunResult, Subject
from proxy.sync.state.state import State
from proxy.sync.status.face import Face
from proxy.sync.status.words import WORDS
from proxy.web.app import Server
from tests.site import client_of, running
from tests.sync.settled import BYNDER, CLOUDINARY, settled

EVIL = '<script>alert("1")</script>'
SHOE = Subject("cloudinary", "3f9c", EVIL, "https://res.cloudinary.com/acme/shoes/runner.jpg", "PROD001")
BAG = Subject("bynder", "77aa", "bag", "", "BAG-1")
MISMATCH = DataError(Reason.PREFIX_MISMATCH, "https://x", "https://res.cloudinary.com/")


class Shown:
    """The admin port of a `sync run`, and who looks at it."""

    def __init__(self, service: Service, viewer: httpx.AsyncClient) -> None:
        self.state = service.state
        self.viewer = viewer

    async def asked(self) -> list[Wish]:
        return [Wish.read(event.body) for event in await self.state.new_events(ASKED)]


@asynccontextmanager
async def shown(directory: Path, **options: Any) -> AsyncIterator[Shown]:
    settings = settled(directory, cloudinary=CLOUDINARY, bynder=BYNDER)
    server = Settings(**{"akeneo": {"url": "http://127.0.0.1:1", "access_token": "t"}, **options})
    async with Service(settings, Metrics()) as service:
        runner = web.AppRunner(app_of(server, Metrics(), Face(service, jobs_of(settings, FLOWS))), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            base = f"http://127.0.0.1:{runner.addresses[0][1]}"
            async with httpx.AsyncClient(base_url=base, trust_env=False) as viewer:
                yield Shown(service, viewer)
        finally:
            await runner.cleanup()


async def fill(state: State) -> None:
    run = await state.begin_run("cloudinary retry")
    await state.end_run(run, RunResult.CONFIGURATION, {"seen": 3, "failed": 1}, f"the field {EVIL}")
    await state.add_attempt("cloudinary retry", SHOE, Result.of(MISMATCH))
    await state.add_attempt("bynder import-assets", BAG, Result.of(DataError(Reason.UNKNOWN_PRODUCT, "BAG-1")))
    await state.add_attempt("cloudinary retry", Subject("cloudinary", "good"), Result(Outcome.LINKED))
    await state.save_link(Link("cloudinary", "good", "PROD002", "packshots"))
    await state.acquire_lease("run:bynder import-assets:bynder", "somebody")


async def test_the_json_tells_runs_failures_leases_next_runs_and_links(tmp_path: Path) -> None:
    async with shown(tmp_path) as site:
        await fill(site.state)
        answer = await site.viewer.get("/v1/sync/status")

    facts = answer.json()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert [(run["command"], run["result"], run["counts"]["seen"]) for run in facts["runs"]] == [
        ("cloudinary retry", "configuration", 3)
    ]
    assert [(one["asset"], one["reason"]) for one in facts["failures"]] == [
        ("77aa", "unknown_product"),
        ("3f9c", "prefix_mismatch"),
    ]
    assert facts["failures"][0]["words"] == "Akeneo does not have this product."
    assert [lease["name"] for lease in facts["leases"]] == ["run:bynder import-assets:bynder"]
    assert facts["links"] == {"cloudinary": 1, "bynder": 0}
    assert [one["command"] for one in facts["next_runs"]] == [
        "cloudinary retry",
        "bynder update-properties",
        "bynder update-mapped-properties",
        "bynder import-assets",
    ]


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]


async def test_the_page_shows_it_without_a_script_and_nothing_from_outside_becomes_html(tmp_path: Path) -> None:
    async with shown(tmp_path) as site:
        await fill(site.state)
        page = await site.viewer.get("/sync")
        style = await site.viewer.get("/sync/style.css")

    tags = Tags()
    tags.feed(page.text)
    assert page.status_code == style.status_code == 200
    assert "default-src 'none'; style-src 'self'" in page.headers["Content-Security-Policy"]
    assert not {"script", "img", "iframe"} & set(tags.tags)
    assert not {name for name in tags.attributes if name.startswith("on") or name == "style"}
    assert "The URL does not begin or end as the attribute in Akeneo demands." in page.text
    assert "prefix_mismatch: https://x: expected https://res.cloudinary.com/" in page.text
    assert page.text.count("&lt;script&gt;") == 2
    assert "prefers-color-scheme: dark" in style.text


@pytest.mark.parametrize("has_sync", [True, False])
async def test_a_server_shows_the_page_on_its_admin_port_if_it_has_a_sync(tmp_path: Path, has_sync: bool) -> None:
    dam = Serving(settled(tmp_path, cloudinary=CLOUDINARY, bynder=BYNDER), Metrics())

    def prepare(server: Server) -> None:
        server.dam = dam if has_sync else server.dam

    async with DemoPim() as pim, running(pim, tmp_path / "cache", prepare=prepare) as site:
        async with client_of(site.admin_url) as admin:
            answers = [await admin.get(path) for path in ("/sync", "/sync/style.css", "/v1/sync/status")]
        if not has_sync:
            await dam.service.pim.close()

    assert [answer.status_code for answer in answers] == [200 if has_sync else 404] * 3


async def test_a_new_sync_has_a_page_too(tmp_path: Path) -> None:
    async with shown(tmp_path) as site:
        page = await site.viewer.get("/sync")

    assert "Nothing has failed." in page.text


@pytest.mark.parametrize(
    ("wanted", "wish"),
    [
        ({"command": "cloudinary retry"}, ("cloudinary retry", "", ())),
        (
            {"command": "bynder import-assets", "credential": "bynder"},
            ("bynder import-assets", "bynder", ("--credential_code", "bynder")),
        ),
        ({"system": "cloudinary", "asset": "3f9c"}, ("cloudinary retry", "", ())),
        (
            {"system": "bynder", "asset": "77aa"},
            (
                "bynder import-assets",
                "bynder",
                ("--credential_code", "bynder", "--max_updated_time_in_minutes", "61"),
            ),
        ),
    ],
)
async def test_a_run_is_asked_for_by_itself_or_for_an_asset(
    tmp_path: Path, wanted: dict[str, str], wish: tuple[str, str, tuple[str, ...]]
) -> None:
    async with shown(tmp_path) as site:
        await fill(site.state)
        by_json = await site.viewer.post("/v1/sync/retry", json=wanted)
        [stored] = await site.asked()
        by_form = await site.viewer.post("/v1/sync/retry", data=wanted)

    assert (stored.command, stored.credential, stored.arguments) == wish
    assert (by_json.status_code, by_json.json()["command"]) == (202, wish[0])
    assert (by_form.status_code, by_form.headers["Location"]) == (303, "/sync")


@pytest.mark.parametrize(
    "wanted",
    [
        b"{",
        b"[]",
        b"{}",
        b'{"command": 3}',
        b'{"command": "cloudinary link"}',
        b'{"command": "bynder import-assets", "credential": "other"}',
        b'{"system": "cloudinary", "asset": "good"}',
    ],
)
async def test_what_cannot_be_run_is_refused(tmp_path: Path, wanted: bytes) -> None:
    async with shown(tmp_path) as site:
        await fill(site.state)
        answer = await site.viewer.post("/v1/sync/retry", content=wanted)
        assert await site.asked() == []

    assert answer.status_code == 400
    assert answer.json()["message"]


async def test_a_page_of_another_site_cannot_press_the_button(tmp_path: Path) -> None:
    async with shown(tmp_path) as site:
        form = {"command": "cloudinary retry"}
        for origin in ("https://evil.example.com", "null"):
            answer = await site.viewer.post("/v1/sync/retry", data=form, headers={"Origin": origin})
            assert answer.status_code == 403
        assert await site.asked() == []


async def test_the_port_of_a_sync_has_metrics_health_and_the_token(tmp_path: Path) -> None:
    async with shown(tmp_path, admin_token="operators-token-0123456789") as site:
        for path in ("/sync", "/v1/sync/status", "/-/metrics"):
            assert (await site.viewer.get(path)).status_code == 401
        site.viewer.headers["Authorization"] = "Bearer operators-token-0123456789"
        assert "media_proxy_sync_runs" in (await site.viewer.get("/-/metrics")).text
        assert (await site.viewer.get("/-/health/live")).json() == {"status": "live"}


async def test_a_state_that_cannot_be_read_is_told_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "sync.sqlite3").write_bytes(b"no database" * 1000)
    service = Service(settled(tmp_path), Metrics())
    face = Face(service, [])
    assert (await face.status())[0] == 500
    status, page = await face.page()
    await service.state.close()
    await service.pim.close()

    assert status == 500
    assert "sync.sqlite3" in page


def test_every_reason_has_its_words() -> None:
    assert set(WORDS) == set(Reason)


@pytest.mark.parametrize("as_json", [True, False])
async def test_a_shell_tells_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    async with State(tmp_path / "sync.sqlite3") as state:
        await fill(state)
    (tmp_path / "sync.yaml").write_text(
        f"akeneo: {{url: 'http://127.0.0.1:1', access_token: t}}\nstate: {tmp_path}/sync.sqlite3\n"
        "cloudinary: {cloud_name: acme, api_key: k, api_secret: s}\n"
    )
    command = ["sync", "status", "--config", str(tmp_path / "sync.yaml"), *(["--json"] if as_json else [])]
    assert await asyncio.to_thread(cli.main, command) == 0

    told = capsys.readouterr().out
    if as_json:
        assert json.loads(told)["links"] == {"cloudinary": 1, "bynder": 0}
    else:
        assert "linked: cloudinary 1 bynder 0" in told
        assert re.search(r"cloudinary retry: configuration seen 3 failed 1", told)
        assert "Akeneo does not have this product. (unknown_product BAG-1)" in told


def test_a_server_without_a_sync_loads_nothing_of_it() -> None:
    """But for the table of commands, which the parser of the command line needs."""
    ours = "sorted(n for n in sys.modules if f'{n}.'.startswith('proxy.sync.'))"
    code = f"import sys, proxy.cli, proxy.web.app; print({ours})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert cli.parser()
    assert ran.stdout.strip() == "['proxy.sync', 'proxy.sync.command', 'proxy.sync.flow']"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


async def test_a_terminal_sees_how_far_it_is_and_nobody_else_does() -> None:
    tally = Tally(seen=4)
    tally.count(Result(Outcome.LINKED))
    tally.count(Result(Outcome.ADOPTED))
    terminal, file = Terminal(), io.StringIO()

    async with progress(tally, file):
        pass
    async with progress(tally, terminal):
        await asyncio.sleep(0)

    assert file.getvalue() == ""
    assert line_of(tally) == "[############............] 2 of 4 linked 1 unchanged 1"
    assert line_of(tally) in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")
    assert line_of(Tally()) == "[........................] 0 of 0"
