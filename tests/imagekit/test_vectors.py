"""The reference's own rows, as far as reading goes; geometry and rendering read the same file."""

import json
from pathlib import Path
from typing import Any

import pytest

from proxy.errors import InvalidTransformation
from proxy.imagekit.reading import read_plan
from proxy.imagekit.url import read_url
from proxy.settings import OutputSettings

ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parent.parent / "vectors" / "imagekit.json").read_text())[
    "rows"
]
TIER_A = [row for row in ROWS if row["tier"] == "A"]
REFUSED_BY_THE_PICTURE = {"49", "50"}  # windows that leave it


def test_every_row_of_the_reference_is_there() -> None:
    numbers = [*range(1, 95), *(f"N{number}" for number in range(1, 23))]

    assert {row["id"].split()[0] for row in ROWS} == set(map(str, numbers))
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert all(row["tier"] in {"A", "B"} for row in ROWS)


@pytest.mark.parametrize("row", TIER_A, ids=lambda row: row["id"])
def test_a_row_is_understood_or_refused_as_the_reference_says(row: dict[str, Any]) -> None:
    if row["expected"]["status"] == 400 and row["id"] not in REFUSED_BY_THE_PICTURE:
        with pytest.raises(InvalidTransformation):
            read_plan(row["tr"])
    else:
        assert read_plan(row["tr"]) == read_plan("", row["tr"])


@pytest.mark.parametrize("row", [row for row in TIER_A if "accept" in row], ids=lambda row: row["id"])
def test_what_a_viewer_accepts_can_be_delivered(row: dict[str, Any]) -> None:
    settings = OutputSettings(**row.get("settings", {}))
    request = read_url(f"/tr:{row['tr']}/media-files/a.jpg", row["accept"], settings).request
    expected = row["expected"]["formats"][0]

    if expected in {"webp", "avif"} and request.negotiates and row["source"]["kind"] != "heic":
        assert max(request.accepts, key=["webp", "avif"].index) == expected
