"""`media-proxy check` against the pretend Akeneo on its bad days: what fails is named, with what to repair."""

import json
import socket
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from proxy.cli import main
from proxy.commands.checking.akeneo import AkeneoCheck
from proxy.commands.checking.findings import Finding, Outcome, Secrets, findings_of
from proxy.commands.checking.lists import LISTS
from proxy.commands.checking.network import validity
from proxy.commands.checking.run import run
from proxy.demo.answers import Answer, json_answer
from proxy.demo.faults import Alter, Fault, LoginPage, Redirect, Status, forbidden, token_endpoint_fails
from proxy.demo.files import Family
from proxy.demo.pim import DemoPim
from proxy.demo.routes import API_ROOT
from proxy.pixels.processes import Processes
from proxy.slices import AkeneoSettings
from tests.site import settings_for

Findings = dict[str, Finding]


def connection_to(pim: DemoPim, **changes: Any) -> AkeneoSettings:
    credentials = pim.credentials
    return AkeneoSettings(
        **{
            "url": pim.url,
            "client_id": credentials.client_id,
            "secret": credentials.secret,
            "username": credentials.username,
            "password": credentials.password,
        }
        | changes
    )


async def check(pim: DemoPim, ahead_seconds: float = 0.0, **changes: Any) -> Findings:
    check = AkeneoCheck(connection_to(pim, **changes), "MEDIA_PROXY_AKENEO__", lambda: time.time() + ahead_seconds)
    return {it.step: it for it in await findings_of(check.group("akeneo"), Secrets())}


def outcomes(findings: Findings, outcome: Outcome) -> list[str]:
    return [it.step for it in findings.values() if it.outcome is outcome]


async def test_with_a_good_connection_nothing_fails(pim: DemoPim) -> None:
    findings = await check(pim)

    assert outcomes(findings, Outcome.FAILED) == []
    assert outcomes(findings, Outcome.WARNING) == []
    assert outcomes(findings, Outcome.SKIPPED) == ["version"]
    assert findings["media of assets"].told == "may be read"
    assert {findings[f"list of {name}"].told for name in LISTS} == {"may be read"}
    assert "/api/rest/v1/families?limit=1" in [f"{call.path}?{call.query}" for call in pim.calls]


@pytest.mark.parametrize(
    ("name", "right"), [("families", "'List families'"), ("asset families", "'List asset families'")]
)
async def test_a_list_that_may_not_be_read_is_a_warning(pim: DemoPim, name: str, right: str) -> None:
    pim.faults.add(Status(403, path=f"{API_ROOT}/{name.replace(' ', '-')}"))

    findings = await check(pim)

    assert (outcomes(findings, Outcome.FAILED), outcomes(findings, Outcome.WARNING)) == ([], [f"list of {name}"])
    assert right in findings[f"list of {name}"].repair
    assert "Addresses, polling" in findings[f"list of {name}"].repair


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"secret": "wrong"}, "the client id or the secret is wrong (422)"),
        ({"client_id": "1_other"}, "the client id or the secret is wrong (422)"),
        ({"password": "wrong"}, "the user name or the password is wrong, or the user is disabled (422)"),
    ],
)
async def test_wrong_credentials_are_told_apart(pim: DemoPim, changes: dict[str, Any], told: str) -> None:
    findings = await check(pim, **changes)

    assert findings["token"].told == told
    assert "MEDIA_PROXY_AKENEO__" in findings["token"].repair
    assert "not tried" in findings["media of products"].told


FAULTS: list[tuple[Fault, str, str, str]] = [
    (forbidden(Family.ASSET), "media of assets", "forbidden (403)", "'List assets'"),
    (
        Status(403, "You are not allowed to access the web API.", family=Family.PRODUCT),
        "media of products",
        "forbidden (403)",
        "'Overall Web API access'",
    ),
    (Status(404, body="html", family=Family.ASSET), "media of assets", "not in Akeneo's words", "gateway"),
    (Status(401, "revoked", family=Family.PRODUCT), "media of products", "token is refused", "Authorization header"),
    (LoginPage(path=API_ROOT), "address", "a web page answers", "MEDIA_PROXY_AKENEO__URL"),
    (Redirect(path=API_ROOT), "address", "the log-in page answers (302)", "MEDIA_PROXY_AKENEO__URL"),
    (
        Redirect("https://pim.example.com/api/rest/v1", 301, path=API_ROOT),
        "address",
        "redirected elsewhere (301)",
        "Set MEDIA_PROXY_AKENEO__URL to https://pim.example.com,",
    ),
    (Status(401, body="html", path=API_ROOT), "address", "credentials of its own (401)", "gateway"),
    (Status(404, body="html", path=API_ROOT), "address", "no Akeneo at this address", "a path prefix included"),
    (Status(503, body="html", path=API_ROOT), "address", "fails (503)", "user interface"),
    (token_endpoint_fails(503), "token", "fails (503)", "logs"),
    (token_endpoint_fails(429), "token", "too many calls", "in a minute"),
]


@pytest.mark.parametrize(("fault", "step", "told", "repair"), FAULTS, ids=[f"{row[1]}: {row[2]}" for row in FAULTS])
async def test_what_is_wrong_is_named_with_its_repair(
    pim: DemoPim, fault: Fault, step: str, told: str, repair: str
) -> None:
    pim.faults.add(fault)

    findings = await check(pim)

    assert outcomes(findings, Outcome.FAILED) == [step]
    assert told in findings[step].told
    assert repair in findings[step].repair


async def test_what_follows_from_a_failed_step_is_not_tried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    pim = DemoPim(port=port)

    findings = await check(pim)

    assert outcomes(findings, Outcome.FAILED) == ["connection"]
    assert "refuses connections" in findings["connection"].told
    assert findings["address"].told == "not tried, because of: encryption"


async def test_an_unknown_host_is_named(pim: DemoPim) -> None:
    findings = await check(pim, url="http://nowhere.invalid")

    assert outcomes(findings, Outcome.FAILED) == ["name"]
    assert "nowhere.invalid" in findings["name"].told


async def test_an_edition_without_assets_is_no_failure() -> None:
    async with DemoPim(families=[Family.PRODUCT]) as pim:
        findings = await check(pim)

    assert outcomes(findings, Outcome.FAILED) == []
    assert "this edition of Akeneo has none" in findings["media of assets"].told
    assert outcomes(findings, Outcome.WARNING) == []
    assert findings["list of asset families"].outcome is Outcome.SKIPPED


async def test_an_app_whose_token_was_revoked_is_to_be_connected_anew(pim: DemoPim) -> None:
    findings = await check(pim, access_token="revoked-long-ago")

    assert "the token is refused (401)" in findings["media of products"].told
    assert "MEDIA_PROXY_AKENEO__ACCESS_TOKEN" in findings["media of products"].repair


async def test_a_clock_that_is_wrong_is_a_warning(pim: DemoPim) -> None:
    findings = await check(pim, ahead_seconds=600)

    assert findings["clock"].outcome is Outcome.WARNING
    assert "seconds ahead of Akeneo" in findings["clock"].told


@dataclass(frozen=True)
class Says(Fault):
    """Another document instead of the PIM's answer."""

    document: Any

    instead = True

    def change(self, answer: Answer) -> Answer:
        return json_answer(200, self.document)


async def test_version_and_edition_are_told_where_there_is_such_a_route(pim: DemoPim) -> None:
    def with_route(answer: Answer) -> Answer:
        document = json.loads(answer.body)
        document["routes"]["system"] = {"route": f"{API_ROOT}/system-information", "methods": ["GET"]}
        return replace(answer, body=json.dumps(document).encode())

    pim.faults.add(Says({"version": "7.0.4", "edition": "CE"}, path=f"{API_ROOT}/system-information"))
    pim.faults.add(Alter(with_route, path=API_ROOT, times=1))

    assert (await check(pim))["version"].told == "7.0.4, CE"


def test_a_certificate_that_ends_soon_is_a_warning() -> None:
    verdict = validity({"notAfter": "Jan 10 00:00:00 2030 GMT"}, lambda: 1893456000.0)  # the first of January

    assert verdict.outcome is Outcome.WARNING
    assert "ends in 9 days" in verdict.told


def test_secrets_are_hidden_in_every_word() -> None:
    assert Secrets.of(["s3cret", "s3cret-longer", ""]).hidden("a s3cret-longer\nand s3cret") == "a *** and ***"


async def test_everything_that_is_configured_is_checked(pim: DemoPim, tmp_path: Path, processes: Processes) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    settings = settings_for(
        pim,
        tmp_path / "cache",
        connections={"other": connection_to(pim, username="other_4711").model_dump()},
        folder={"directory": folder},
        endpoints=[{"prefix": "shop"}, {"prefix": "brand", "named_transformations": {"card": "w-many"}}],
    )

    found = dict(await run(settings, tells=False, processes=processes))

    heads = [name.partition(",")[0].split(" /")[0] for name in found]
    assert heads == [
        "Akeneo akeneo",
        "Akeneo other",
        "Endpoint shop",
        "Endpoint brand",
        "Cache directory",
        "This machine",
    ]
    failed = [(name, it.step) for name, them in found.items() for it in them if it.outcome is Outcome.FAILED]
    assert failed == [(f"Akeneo other, {pim.url}", "token"), ("Endpoint brand", "named transformations")]
    assert pim.credentials.password not in str(found)


@pytest.fixture
async def environment(pim: DemoPim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AKENEO__URL": "http://127.0.0.1:1",
        "AKENEO__ACCESS_TOKEN": "an-apps-own-secret",
        "CACHE__DIRECTORY": str(tmp_path),
        "PORT": "0",
        "ADMIN_PORT": "0",
        "RENDER__WORKERS": "1",
    }.items():
        monkeypatch.setenv(f"MEDIA_PROXY_{name}", value)


def test_the_command_tells_a_script(
    environment: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["check", "--json"]) == 1

    text = capsys.readouterr().out
    facts = json.loads(text)
    assert (facts["ok"], facts["failed"]) == (False, 1)
    assert "an-apps-own-secret" not in text


def test_a_person_gets_a_list_and_a_wrong_setting_in_a_line(
    environment: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert "✗ connection:" in out
    assert "\x1b[" not in out
    assert "failed: 1" in out

    monkeypatch.setenv("MEDIA_PROXY_PORT", "many")
    assert main(["check", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["ok"] is False
