"""What the pages about deploying and CDNs say is what `deploy/` and the server do."""

import re
import shlex
from pathlib import Path

import pytest

from proxy.cli import parser
from proxy.configuration import setting_names
from proxy.media import CHANGING as MAY_CHANGE
from proxy.media import Family
from proxy.slices import OutputSettings
from proxy.web.responses import CHANGING, STOPGAP_SECONDS
from tests.deploy.files import DEPLOY, document

DOCS = DEPLOY.parent / "docs"
DEPLOYING = (DOCS / "deploying.md").read_text(encoding="utf-8")
CDN = (DOCS / "cdn.md").read_text(encoding="utf-8")


def test_every_alert_has_its_row_with_its_severity() -> None:
    rows = dict(re.findall(r"^\| `(MediaProxy\w+)` \|.*\| (\w+) \|$", DEPLOYING, re.MULTILINE))
    rules = document(DEPLOY / "prometheus/alerts.yml")["groups"][0]["rules"]

    assert rows == {rule["alert"]: rule["labels"]["severity"] for rule in rules}


def test_the_lifetimes_are_those_of_the_server() -> None:
    said = re.findall(r"^\| `Cache-Control: ([^`]+)`", CDN, re.MULTILINE)

    assert said == [OutputSettings().cache_control, CHANGING, f"public, max-age={STOPGAP_SECONDS}", "no-store"]


def test_all_that_may_change_is_named_beside_its_lifetime() -> None:
    [row] = [line for line in CDN.splitlines() if line.startswith(f"| `Cache-Control: {CHANGING}`")]
    words = {
        Family.FOLDER: "files of the folder",
        Family.LINK: "behind a `media_link`",
        Family.LEGACY: "asset manager of before 4.0",
        Family.ADDRESS: "[address](addresses.md)",
    }

    assert words.keys() == MAY_CHANGE
    assert not [word for word in words.values() if word not in row]


def test_the_kinds_of_accept_are_those_of_the_edge() -> None:
    said = re.findall(r"^\| (?:`image/\w+`|neither) \| `([^`]+)` \|", CDN, re.MULTILINE)

    assert said == ["image/avif,image/webp", "image/webp", "*/*"]
    assert all(f'"{kind}"' in (DEPLOY / "nginx/edge.conf").read_text(encoding="utf-8") for kind in said)


def test_the_commands_in_a_container_are_commands() -> None:
    lines = re.findall(r"^(?:docker|kubectl) .* media-proxy ((?:warm|audit|purge) .*)$", DEPLOYING, re.MULTILINE)

    assert [parser().parse_args(shlex.split(line)).command.name for line in lines] == ["warm", "audit", "purge"]


@pytest.mark.parametrize("page", ["deploying.md", "cdn.md", "quick-start.md", "recipes.md", "url-reference.md"])
def test_a_page_names_settings_and_files_that_exist(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    settings = set(re.findall(r"MEDIA_PROXY_\w+", text)) - {"MEDIA_PROXY_PORT"}
    files = set(re.findall(r"\bdeploy/[\w./-]+\w", text))

    assert not settings - set(setting_names())
    assert not [file for file in files if not (DEPLOY.parent / Path(file)).exists()]
