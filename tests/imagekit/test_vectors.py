"""The reference's own rows, as far as reading goes; geometry and rendering read the same file."""

import json
from pathlib import Path
from typing import Any

import pytest

from proxy.errors import InvalidTransformation
from proxy.imagekit.hints import read_hints
from proxy.imagekit.reading import read_plan
from proxy.media import MediaRequest
from proxy.slices import OutputSettings
from tests.imagekit.urls import read_url

ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parent.parent / "vectors" / "imagekit.json").read_text())[
    "rows"
]
TIER_A = [row for row in ROWS if row["tier"] == "A"]
PLANS = {
    "51": "w-iw_div_2,h-ih_div_2,cm-extract,x-iw_mul_0.2,y-ih_mul_0.2",
    "66": "w-300,b-5_FFF000",
    "67": "b-20_FF0000:w-500",
    "68": "w-iw_div_4,h-ih_div_2:b-cw_mul_0.04_FFFF00",
    "69": "w-500:w-cw_div_2",
    "70": "w-500:w-iw_div_2",
    "71": "w-ih_div_6_add_10_mod_30",
    "72": "w-10_add_2_pow_2",
    "73": "if-ar_gt_1,w-200,if-else,w-300,if-end",
    "74": "if-ar_gt_1,w-200,if-else,w-300,if-end",
    "75": "if-w_lt_500,w-100,if-end",
    "76": "if-ar_gte_4-3_or_h_gt_700_and_w_lt_900,w-80,if-else,w-90,if-end",
    "77": "h-200:if-h_eq_200,w-100,if-end:rt-90",
    "79": "w-300,l-image,ie-bG9nby5wbmc,t-10,w-100,l-end",
    "80": "l-text,ie-aGVsbG8,fs-40,l-end:w-250",
    "81": "w-300,h-300,r-max",
    "82": "w-250,e-grayscale,bl-10,q-60",
    "84": "w-100,h-100,c-at_max",
    "90": "w-300",
    "91": "w-600",
    "92": "w-200",
    "N11": "w-90,r-max",
    "N18": "w-90",
    "N22": "w-90",
}
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


def request_of(row: dict[str, Any]) -> MediaRequest:
    settings = OutputSettings(**row.get("settings", {}))
    return read_url(f"/tr:{row['tr']}/media-files/a.jpg", row["accept"], settings).request


def is_left_to_the_viewer(row: dict[str, Any]) -> bool:
    """A HEIC is never AVIF by itself, which only the picture's drawer knows."""
    if "accept" not in row or row["source"]["kind"] == "heic":
        return False
    modern = row["expected"]["formats"][0] in {"webp", "avif"}
    return modern and request_of(row).negotiates


@pytest.mark.parametrize("row", [row for row in TIER_A if is_left_to_the_viewer(row)], ids=lambda row: row["id"])
def test_what_a_viewer_accepts_can_be_delivered(row: dict[str, Any]) -> None:
    assert max(request_of(row).accepts, key=["webp", "avif"].index) == row["expected"]["formats"][0]


@pytest.mark.parametrize("row", [row for row in ROWS if row["tier"] == "B"], ids=lambda row: row["id"])
def test_a_row_beyond_the_core_means_its_plan(row: dict[str, Any]) -> None:
    names = row.get("settings", {}).get("named_transformations", {})

    reading = read_plan(row["tr"], "", names, hints=read_hints(row.get("headers", {})))

    assert str(reading.plan) == PLANS[row["id"]]
    assert reading.default_image == row.get("default_image", {}).get("path")
    assert (reading.ignored, reading.fallbacks) == ((), ())
