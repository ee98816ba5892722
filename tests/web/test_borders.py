"""Nothing secret gets out, nobody steers us elsewhere, and one viewer's answer is never another's."""

import asyncio
import logging
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import permutations
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from pydantic import SecretStr

from proxy.akeneo.connection import Connection
from proxy.demo.faults import Alter, CutBody, Fault, Redirect, Reset, Status, token_endpoint_fails, tokens_rejected
from proxy.demo.files import DemoFile, Family
from proxy.demo.oauth import Credentials
from proxy.demo.pictures import sample, sample_files
from proxy.demo.pim import DemoPim
from proxy.errors import OriginUnreachable
from proxy.slices import AkeneoSettings
from tests.site import CHROME, Site, path_of, running
from tests.web.conftest import SharedProcesses, Start

COFFEE = sample("coffee")
TOKEN = SecretStr("t0ken-of-an-app")
SECRETS = {
    "secret": "s3cret-of-the-client",
    "password": "pa55word-of-the-user",
    "admin_token": "t0ken-of-the-admin-port",
    "private_key": "private-k3y-that-signs",
    "previous_key": "private-k3y-of-last-year",
}


def told_by(site: Site) -> list[str]:
    """Tokens that Akeneo has given out or was shown, as they were on the wire."""
    shown = [call.headers.get("Authorization", "") for call in site.pim.calls]
    return [words.partition(" ")[2] for words in shown if words]


async def test_no_secret_is_in_any_word_of_ours(
    processes: SharedProcesses, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """All that is logged, answered, counted and shown of settings, through many faults."""
    caplog.set_level(logging.DEBUG)
    credentials = Credentials("client", SECRETS["secret"], "user", SECRETS["password"])
    keys = {"private_key": SECRETS["private_key"], "previous_keys": SECRETS["previous_key"]}
    words = []
    async with DemoPim(sample_files(), credentials=credentials) as pim:
        changes: dict[str, Any] = {
            "admin_token": SECRETS["admin_token"],
            "signing": keys,
            "log": {"access": "all", "level": "debug"},
        }
        async with running(pim, tmp_path, processes, **changes) as site:
            words += [repr(site.server.settings), str(site.server.settings), repr(vars(site.server.settings))]
            answers = await answers_through_faults(site)
            answers += [await site.viewer.get(f"{site.admin_url}/-/metrics", headers=given) for given in guesses()]
            words += [f"{answer.headers} {answer.text}" for answer in answers]
            tokens = told_by(site)
    words += [caplog.text, *(str(vars(record)) for record in caplog.records)]

    assert {answer.status_code for answer in answers} >= {200, 401, 502, 503}
    assert len(set(tokens)) >= 2
    for secret in (*SECRETS.values(), *tokens):
        assert not [word[:200] for word in words if secret in word]


async def answers_through_faults(site: Site) -> list[httpx.Response]:
    """Each file is met by another fault when it is asked for; those of the token come last, since they last."""
    files = [DemoFile.named(Family.PRODUCT, f"{n}.png", "image/png", sample("logo").content) for n in range(8)]
    site.pim.add(*files)
    faults: list[Fault] = [
        Status(500, times=4, code=files[1].code),
        Reset(times=4, code=files[2].code),
        Redirect("http://127.0.0.1:9/login", times=4, code=files[3].code),
        CutBody(after=20, times=4, code=files[4].code),
    ]
    site.pim.faults.add(*faults)
    answers = [await site.get(path_of(file, "w-20")) for file in files[:5]]
    site.pim.faults.add(tokens_rejected(times=1))
    answers += [await site.get(path_of(files[5], "w-20"))]
    site.pim.faults.add(tokens_rejected(), token_endpoint_fails(422))
    answers += [await site.get(path_of(file, "w-20")) for file in files[6:]]
    return [*answers, await site.get(f"{path_of(COFFEE)}?ik-s=wrong&ik-t=99")]


def guesses() -> list[dict[str, str]]:
    right = f"Bearer {SECRETS['admin_token']}"
    return [{}, {"Authorization": "Bearer wrong"}, {"Authorization": right}]


@asynccontextmanager
async def stranger() -> AsyncIterator[tuple[str, list[str]]]:
    """Somebody else's server: its address, and what it was asked."""
    asked: list[str] = []

    async def answer(request: web.BaseRequest) -> web.Response:
        asked.append(f"{request.method} {request.raw_path} {dict(request.headers)}")
        return web.Response(text="{}")

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    await runner.cleanup()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_leads_nowhere(site: Site, status: int) -> None:
    async with stranger() as (address, asked):
        site.pim.faults.add(Redirect(f"{address}/a", status, times=4), Redirect(address, status, times=4, path="/api"))
        answer = await site.get(path_of(COFFEE, "w-20"))

    assert answer.status_code in {502, 503}
    assert asked == []


async def test_hosts_in_what_akeneo_says_are_never_called(processes: SharedProcesses, tmp_path: Path) -> None:
    async with stranger() as (address, asked), DemoPim(sample_files(), link_base=address) as pim:
        links = {
            "Link": f"<{address}/b>; rel=preload",
            "Content-Location": f"{address}/c",
            "Alt-Svc": f'h2="{address}"',
        }
        pim.faults.add(Alter(lambda answer: answer.with_headers(links)))
        async with running(pim, tmp_path, processes) as site:
            answers = [await site.get(path_of(sample(name), "w-20")) for name in ("coffee", "hubble_deep_field")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert asked == []


@pytest.mark.parametrize(
    "target",
    [
        "//127.0.0.1:9/media-files/a.jpg",
        "/http://127.0.0.1:9/a.jpg",
        "/tr:w-20/https://example.com/a.jpg",
        "/media-files/http://127.0.0.1:9/a.jpg",
        "/media-files/@127.0.0.1:9/a.jpg",
        f"{path_of(COFFEE, 'w-20')}?tr=l-image,i-http:@@@@127.0.0.1:9@@a.jpg,l-end",
        f"/tr:w-20,di-http:@@@@127.0.0.1:9@@a.jpg{path_of(COFFEE)}x",
    ],
)
async def test_no_url_of_a_viewer_names_another_host(site: Site, target: str) -> None:
    answer = await site.get(f"http://127.0.0.1:{site.server.port}{target}")

    assert answer.status_code in {400, 404}
    assert all(call.headers["Host"] == site.pim.url.removeprefix("http://") for call in site.pim.calls)


@pytest.mark.parametrize("path", ["/-/metrics", "/v1/files/purge", "/v1/metadata", "/v1/explain", "/-/events/", "/"])
async def test_the_admin_port_is_not_the_public_one(site: Site, path: str) -> None:
    for spelling in (path, path.replace("/", "/%2e/", 1), path + "/", "/." + path, path.upper(), "/" + path):
        answer = await site.get(f"http://127.0.0.1:{site.server.port}{spelling}")
        assert answer.status_code == 404
        assert b"media_proxy_" not in answer.content


SPLITS = ["a\r\nX-Split: 1", "a%0d%0aX-Split:%201", "a\nb", "a\u2028b", 'a";x="', "a\\", "\u0000", "a" * 3000]


@pytest.mark.parametrize("name", SPLITS, ids=range(len(SPLITS)))
async def test_no_name_splits_an_answer(site: Site, name: str) -> None:
    query = {"ik-attachment": "true", "ik-attachment-filename": name}
    answers = [
        await site.viewer.get(path_of(sample("data sheet")), params=query),
        await site.viewer.get(path_of(COFFEE, "w-20"), params={"tr": name}),
    ]
    for answer in answers:
        assert "X-Split" not in answer.headers
        assert answer.status_code in {200, 400}
        assert all("\r" not in value and "\n" not in value for value in answer.headers.values())
        assert answer.headers.get("Content-Disposition", '""').count('"') == 2


VIEWERS: list[dict[str, str]] = [
    {"Accept": CHROME},
    {"Accept": "image/webp,*/*"},
    {"Accept": "*/*"},
    {"Accept": "image/webp,*/*", "Save-Data": "on"},
    {"Accept": "image/webp,*/*", "Sec-CH-DPR": "2", "DPR": "2"},
    {"Accept": "image/webp,*/*", "Sec-CH-Width": "40", "Width": "40"},
]


async def test_each_viewer_gets_his_own_variant_whoever_came_before(start: Start, tmp_path: Path) -> None:
    output = {"auto_avif": True, "save_data_quality": 20}
    path = f"{path_of(COFFEE)}?tr=w-auto,dpr-auto"
    bodies: dict[int, set[bytes]] = {number: set() for number in range(len(VIEWERS))}

    for round_, order in enumerate(list(permutations(range(len(VIEWERS))))[:: 720 // 4]):
        site = await start(tmp_path / str(round_), output=output)
        for number in (*order, *order):
            answer = await site.viewer.get(path, headers=VIEWERS[number])
            bodies[number].add(answer.content)
            for header in {name for name in VIEWERS[number] if name == "Accept"}:
                assert header in answer.headers["Vary"]

    assert all(len(seen) == 1 for seen in bodies.values())
    assert len(set.union(*bodies.values())) >= 4


def certificate(directory: Path) -> tuple[Path, Path]:
    """Of 127.0.0.1, signed by itself."""
    key, signed = directory / "key.pem", directory / "certificate.pem"
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *name]
    subprocess.run([*command, "-keyout", str(key), "-out", str(signed)], check=True, capture_output=True)
    return key, signed


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
async def test_a_certificate_has_to_be_trusted(tmp_path: Path) -> None:
    key, signed = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(signed, key)

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(OriginUnreachable):
            await status_of(AkeneoSettings(url=url, access_token=TOKEN))
        assert await status_of(AkeneoSettings(url=url, access_token=TOKEN, ca_file=signed)) == 204
        with pytest.raises(OriginUnreachable):  # the right authority, another name
            await status_of(
                AkeneoSettings(url=url.replace("127.0.0.1", "localhost"), access_token=TOKEN, ca_file=signed)
            )


async def status_of(settings: AkeneoSettings) -> int:
    connection = Connection(settings)
    try:
        async with connection.send("GET", "/", {}) as reply:
            return reply.status
    finally:
        await connection.close()
