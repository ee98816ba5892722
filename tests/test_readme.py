"""What exists is documented, and what is documented exists."""

import re
from pathlib import Path

from proxy.configuration import setting_names
from proxy.imagekit.layer_parameters import CANVAS, IMAGE, POSITION, TEXT
from proxy.imagekit.parameters import PARAMETERS
from proxy.metrics import Metrics

README = Path("README.md").read_text()
OPERATING = Path("docs/operating.md").read_text()
FONTS = Path("docs/fonts.md").read_text()


def section(text: str, title: str) -> str:
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_parameter_has_its_row() -> None:
    table = section(README, "URLs").partition("| key | what it does | values |")[2].partition("\n\n")[0]

    expected = [f"| `{parameter.key}` | {parameter.about} | {parameter.accepts} |" for parameter in PARAMETERS]

    assert [row for row in table.splitlines() if row.startswith("| `")] == expected


def test_every_setting_has_its_row() -> None:
    first_cells = [row.split("|")[1] for row in section(README, "Settings").splitlines() if row.startswith("| `")]

    documented = [name for cell in first_cells for name in re.findall(r"`(MEDIA_PROXY_\w+)`", cell)]

    assert sorted(documented) == setting_names()


def test_every_metric_has_its_row() -> None:
    documented = re.findall(r"^\| `(media_proxy_\w+?)(?:_total)?` \|", section(OPERATING, "Metrics"), re.MULTILINE)

    assert sorted(documented) == sorted(family.name for family in Metrics().registry.collect())


def test_linked_files_exist() -> None:
    for text, folder in ((README, Path()), (OPERATING, Path("docs")), (FONTS, Path("docs"))):
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (folder / link).exists(), link


def test_every_layer_parameter_has_its_row() -> None:
    rows = re.findall(r"^\| [^|]+ \| (`[a-z]+` \| .+ \| .+) \|$", section(README, "URLs"), re.MULTILINE)

    expected = [
        f"`{parameter.key}` | {parameter.about} | {parameter.accepts}"
        for table in (IMAGE, POSITION, CANVAS, TEXT)
        for parameter in table
    ]

    assert rows == expected
