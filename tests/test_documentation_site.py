"""The site of the documentation: it builds, leads to every page, and loads nothing from elsewhere."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.documentation_site import CONFIGURATION, PAGES, PARTS, ROOT, build, lay_out

LOADED = re.compile(
    r"<(?:script|img|iframe|source)[^>]*\ssrc=\"?([^\"\s>]+)|<link(?![^>]*canonical)[^>]*\shref=\"?([^\"\s>]+)"
)
SETTINGS = tomllib.loads((ROOT / CONFIGURATION).read_text(encoding="utf-8"))["project"]


def leaves(navigation: list[Any]) -> Iterator[str]:
    for entry in navigation:
        for target in entry.values():
            yield from [target] if isinstance(target, str) else leaves(target)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("site")
    lay_out(directory)
    done = build(directory)
    assert done.returncode == 0, done.stdout + done.stderr
    return directory / "build/site"


def test_every_page_is_in_the_navigation_once() -> None:
    pages = [part for part in PARTS if part.endswith(".md")]
    pages += [f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")]

    assert sorted(leaves(SETTINGS["nav"])) == sorted(pages)


def test_every_page_is_built_with_its_pictures(site: Path) -> None:
    for name in leaves(SETTINGS["nav"]):
        place = name.removesuffix("README.md").removesuffix(".md")
        assert (site / place / "index.html").exists(), name
    assert (site / "docs/images/reference/w.webp").exists()
    assert "docs/images/coffee-600x300.jpg" in (site / "index.html").read_text(encoding="utf-8")


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    loaded = [
        source
        for page in site.rglob("*.html")
        for found in LOADED.findall(page.read_text(encoding="utf-8"))
        for source in found
        if source
    ]
    styles = [file.read_text(encoding="utf-8") for file in site.rglob("*.css")]

    assert loaded
    assert not [source for source in loaded if re.match(r"\w+://|//", source)]
    assert not [style for style in styles if re.search(r"url\([\"']?(?:https?:)?//|@import", style)]


@pytest.mark.parametrize("link", ["[there](docs/no-such-page.md)", "[there](docs/cdn.md#no-such-place)"])
def test_a_link_that_leads_nowhere_is_found(tmp_path: Path, link: str) -> None:
    (tmp_path / PAGES / "docs").mkdir(parents=True)
    (tmp_path / CONFIGURATION).write_text(
        '[project]\nsite_name = "a"\ndocs_dir = "build/pages"\nsite_dir = "build/site"\n'
    )
    (tmp_path / PAGES / "docs/cdn.md").write_text("# CDN\n")
    (tmp_path / PAGES / "index.md").write_text(f"# Page\n\n{link}\n")

    assert build(tmp_path).returncode != 0
