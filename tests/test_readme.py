"""What exists is documented, and what is documented exists."""

import re
from pathlib import Path

import pytest

from proxy.configuration import setting_names
from proxy.metrics import Metrics
from tests.documentation import PAGES, refreshed

README = Path("README.md").read_text()
OPERATING = Path("docs/operating.md").read_text()


def section(text: str, title: str) -> str:
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_tables_of_a_page_are_those_of_the_code(path: Path) -> None:
    page = path.read_text(encoding="utf-8")

    assert page == refreshed(page), "run `make docs`"


def test_every_setting_has_its_row() -> None:
    first_cells = [row.split("|")[1] for row in section(README, "Settings").splitlines() if row.startswith("| `")]

    documented = [name for cell in first_cells for name in re.findall(r"`(MEDIA_PROXY_\w+)`", cell)]

    assert sorted(documented) == setting_names()


def test_every_metric_has_its_row() -> None:
    documented = re.findall(r"^\| `(media_proxy_\w+?)(?:_total)?` \|", section(OPERATING, "Metrics"), re.MULTILINE)

    assert sorted(documented) == sorted(family.name for family in Metrics().registry.collect())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_what_a_page_links_to_exists(path: Path) -> None:
    for file, _, place in re.findall(r"\]\(([^)#:]*)(#([^)]+))?\)", path.read_text(encoding="utf-8")):
        target = path.parent / file if file else path

        assert target.exists(), file
        assert not place or place in anchors(target.read_text(encoding="utf-8")), f"{file}#{place}"


def anchors(page: str) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_the_readme_leads_to_every_page() -> None:
    linked = set(re.findall(r"\]\((docs/[^)#]+)", section(README, "Documentation")))

    assert linked == {f"docs/{path.name}" for path in PAGES if path.parent.name == "docs"}
