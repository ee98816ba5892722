"""The reference's own rows: the sizes by arithmetic, then the pictures themselves."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pillow_heif import register_heif_opener

from proxy.errors import InvalidTransformation
from proxy.formats import Content, Format
from proxy.media import MediaRequest
from proxy.pixels.geometry import Placement, Size
from proxy.pixels.job import Job, is_drawn
from proxy.pixels.render import render
from proxy.pixels.stages import plan_stages
from proxy.plan.output import Output, OutputFormat
from proxy.plan.plan import Plan
from proxy.slices import OutputSettings
from tests.imagekit.urls import read_url
from tests.pixels.pictures import LIMITS, Studio, file_of_places, opened, place_of, with_orientation

Row = dict[str, Any]

FILE = Path(__file__).parent.parent / "vectors" / "imagekit.json"
ROWS: list[Row] = [row for row in json.loads(FILE.read_text())["rows"] if row["tier"] == "A"]
STORED = {"83", "N13", "N16"}
BY_URL = {"N17", "N19", "N20", "N21"}  # answered before or without a picture
DRAWN = [row for row in ROWS if row["id"] not in STORED | BY_URL]
SIZED = [row for row in DRAWN if row["expected"]["status"] == 200]
FAILING = [row for row in DRAWN if row["expected"]["status"] == 400]
PLACED = [row for row in SIZED if "rt-" not in row["tr"].replace("rt-auto", "") and row["source"]["kind"] == "jpeg"]
NEGOTIATED = [row for row in SIZED if "formats" in row["expected"]]

ONLY_SIZED = [row for row in SIZED if row not in PLACED and row not in NEGOTIATED]

by_id = pytest.mark.parametrize
register_heif_opener()  # to write them


def identifier(row: Row) -> str:
    return str(row["id"])


def request_of(row: Row) -> MediaRequest:
    settings = OutputSettings(**row.get("settings", {}))
    return read_url(f"/media-files/a.jpg?tr={row['tr']}", row.get("accept", "*/*"), settings).request


def source_size(row: Row, plan: Plan) -> Size:
    size = Size(row["source"]["w"], row["source"]["h"])
    return size.swapped if plan.orient and row["source"]["exif"] >= 5 else size


def last_placement(row: Row) -> Placement:
    plan = request_of(row).plan
    return plan_stages(plan.steps, source_size(row, plan), LIMITS)[-1].placement


def file_of(row: Row, studio: Studio) -> Path:
    source = row["source"]
    width, height, alpha = source["w"], source["h"], source["alpha"]
    match source["kind"]:
        case "svg":
            rect = f'<rect width="{width // 2}" height="{height}" fill="#f00"/>'
            text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{rect}</svg>'
            return studio.bytes(text.encode(), "a.svg")
        case "heic":
            return studio.bytes(file_of_places(width, height, "HEIF", alpha, quality=90), "a.heic")
        case "png":
            return studio.bytes(file_of_places(width, height, "PNG", alpha, compress_level=1), "a.png")
        case _:
            exif = with_orientation(source["exif"]).tobytes()
            jpeg = file_of_places(width, height, "JPEG", alpha, quality=95, subsampling=0, exif=exif)
            return studio.bytes(jpeg, "a.jpg")


def job_of(row: Row, path: Path, plan: Plan, request: MediaRequest) -> Job:
    kinds = {"jpeg": Format.JPEG, "png": Format.PNG, "svg": Format.SVG, "heic": Format.HEIC}
    content = Content.of(kinds[row["source"]["kind"]])
    return Job(path, content, plan, request.accepts, request.default_quality, LIMITS)


@by_id("row", SIZED, ids=identifier)
def test_a_row_has_its_size(row: Row) -> None:
    plan = request_of(row).plan

    stages = plan_stages(plan.steps, source_size(row, plan), LIMITS)

    assert list(stages[-1].size.pair) == row["expected"]["size"]


@by_id("row", [row for row in SIZED if "via" in row["expected"]], ids=identifier)
def test_a_row_is_scaled_and_cropped_on_the_way(row: Row) -> None:
    placement = last_placement(row)

    assert list(placement.scaled.pair) == row["expected"]["via"]["scaled"]
    assert list(placement.cut) == row["expected"]["via"]["offset"]


@by_id("row", [row for row in SIZED if "window" in row["expected"]], ids=identifier)
def test_a_row_shows_its_window_unscaled(row: Row) -> None:
    placement = last_placement(row)

    assert placement.scaled == placement.source
    assert {"at": list(placement.cut), "size": list(placement.part.pair)} == row["expected"]["window"]


@by_id("row", [row for row in SIZED if "image" in row["expected"]], ids=identifier)
def test_a_row_has_its_picture_on_the_canvas(row: Row) -> None:
    placement = last_placement(row)

    assert {"at": list(placement.at), "size": list(placement.part.pair)} == row["expected"]["image"]
    assert list(placement.canvas.pair) == row["expected"]["canvas"]


@by_id("row", FAILING, ids=identifier)
def test_a_row_whose_window_leaves_the_picture_fails(row: Row) -> None:
    with pytest.raises(InvalidTransformation, match="a window inside the picture of 1000x600 pixels"):
        last_placement(row)


@by_id("row", ONLY_SIZED, ids=identifier)
def test_a_row_is_drawn(row: Row, studio: Studio) -> None:
    request = request_of(row)

    drawn = render(job_of(row, file_of(row, studio), request.plan, request))

    assert list(opened(drawn.rendition).size) == row["expected"]["size"]
    assert [drawn.rendition.width, drawn.rendition.height] == row["expected"]["size"]


@by_id("row", PLACED, ids=identifier)
def test_a_row_shows_the_right_part_of_the_picture(row: Row, studio: Studio) -> None:
    request = request_of(row)
    plan = replace(request.plan, output=Output(OutputFormat.PNG))

    image = opened(render(job_of(row, file_of(row, studio), plan, request)).rendition)

    assert list(image.size) == row["expected"]["size"]
    for point in points_of(row, image.size):
        assert place_of(image, point) == pytest.approx(expected_place(row, point), abs=0.012)


def points_of(row: Row, size: tuple[int, int]) -> list[tuple[float, float]]:
    """Pixel centres a little inside the four corners of what is shown, and one in its middle."""
    shown = row["expected"].get("image", {"at": [0, 0], "size": list(size)})
    left, top = shown["at"]
    right, bottom = left + shown["size"][0], top + shown["size"][1]
    across = [left + 4.5, (left + right) // 2 + 0.5, right - 4.5]
    down = [top + 4.5, (top + bottom) // 2 + 0.5, bottom - 4.5]
    return [(x, y) for x in across for y in down]


def expected_place(row: Row, point: tuple[float, float]) -> tuple[float, float]:
    """From a point of the answer back to the source, by the row's own numbers alone."""
    expected = row["expected"]
    x, y = point
    width, height = expected["size"]
    if row["id"] == "78":  # a square out of the middle, then padded on its left
        return (x - 100 + 133) / 667, y / 400
    if "image" in expected:
        x, y = x - expected["image"]["at"][0], y - expected["image"]["at"][1]
        width, height = expected["image"]["size"]
    if "window" in expected:
        x, y = x + expected["window"]["at"][0], y + expected["window"]["at"][1]
        width, height = row["source"]["w"], row["source"]["h"]
    if "via" in expected:
        x, y = x + expected["via"]["offset"][0], y + expected["via"]["offset"][1]
        width, height = expected["via"]["scaled"]
    return stored_place(row, x / width, y / height)


def stored_place(row: Row, across: float, down: float) -> tuple[float, float]:
    match row["source"]["exif"] if row.get("settings", {}).get("auto_orient", True) else 1:
        case 3:
            return 1 - across, 1 - down
        case 6:
            return down, 1 - across
        case _:
            return across, down


@by_id("row", NEGOTIATED, ids=identifier)
def test_a_row_is_delivered_in_its_format(row: Row, studio: Studio) -> None:
    request = request_of(row)

    rendition = render(job_of(row, file_of(row, studio), request.plan, request)).rendition

    assert rendition.format in row["expected"]["formats"]
    assert list(opened(rendition).size) == row["expected"]["size"]
    assert rendition.negotiated == request.negotiates
    if "alpha" in row["expected"]:
        assert opened(rendition).has_transparency_data == row["expected"]["alpha"]
    if "flattened_on" in row["expected"]:
        ground = tuple(bytes.fromhex(row["expected"]["flattened_on"]))
        assert opened(rendition).getpixel((5, 5)) == pytest.approx(ground, abs=3)


@by_id("row", [row for row in ROWS if row["id"] in STORED], ids=identifier)
def test_a_row_that_is_sent_as_stored_needs_no_worker(row: Row) -> None:
    kind = Format.SVG if row["source"]["kind"] == "svg" else Format.JPEG

    assert not is_drawn(Content.of(kind), request_of(row).plan)
    assert all(is_drawn(Content.of(Format.JPEG), request_of(other).plan) for other in SIZED)
