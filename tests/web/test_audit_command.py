"""`media-proxy audit` against a running server: what it finds, and how it tells."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from proxy.cli import main
from proxy.demo.catalogue.model import Product
from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample, sample_files
from proxy.demo.pim import DemoPim
from proxy.errors import RenderTimeout
from tests.site import Site

NASTY = '=cmd|"<script>alert(1)</script>'


@pytest.fixture
async def pim() -> AsyncIterator[DemoPim]:
    async with DemoPim(sample_files(), catalogue=sample_catalogue()) as pim:
        yield pim


class Audit:
    def __init__(self, site: Site, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.site = site
        self.state = directory / "audit.sqlite"
        self.capsys = capsys

    async def run(self, *arguments: str) -> tuple[int, str]:
        common = ["--admin", self.site.admin_url, "--state", str(self.state)]
        status = await asyncio.to_thread(main, ["audit", *arguments, *common])
        return status, self.capsys.readouterr().out

    async def __call__(self, *arguments: str) -> dict[str, list[dict[str, Any]]]:
        """By finding."""
        _, out = await self.run("--json", *arguments)
        facts = json.loads(out)
        assert facts["failed"] == facts["troubles"] == []
        return {name: [it for it in facts["findings"] if it["finding"] == name] for name in facts["counts"]}


@pytest.fixture
def audit(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Audit:
    return Audit(site, tmp_path, capsys)


def file(name: str, content: bytes) -> DemoFile:
    return DemoFile.named(Family.PRODUCT, name, "image/png", content)


def drawn(name: str, mode: str = "RGB", size: tuple[int, int] = (40, 30), **options: Any) -> DemoFile:
    out = io.BytesIO()
    Image.new(mode, size).save(out, options.pop("format", "PNG"), **options)
    return file(name, out.getvalue())


def put(pim: DemoPim, identifier: str, picture: DemoFile | None) -> None:
    product = Product(identifier, "cups")
    if picture is not None:
        pim.add(picture)
        product.set("picture", picture)
    pim.catalogue.add_products(product)


async def test_an_entry_without_its_main_picture_and_a_lost_file_are_missing(audit: Audit) -> None:
    put(audit.site.pim, "bare", None)
    lost = drawn("lost.png")
    put(audit.site.pim, "lost", lost)
    audit.site.pim.remove(lost)

    found = (await audit("--kind", "products"))["missing"]

    assert [(it["path"], it["places"][0]["code"]) for it in found] == [
        (None, "bare"),
        (f"media-files/{lost.code}", "lost"),
    ]


async def test_a_model_whose_variants_have_the_picture_is_not_missing(audit: Audit) -> None:
    catalogue = audit.site.pim.catalogue
    catalogue.products.clear()
    catalogue.models["cup"].set("picture", None)
    for name, picture in (("red", drawn("red.png")), ("blue", None)):
        audit.site.pim.add(*([picture] if picture else []))
        catalogue.add_products(variant := Product(name, "cups", "cup-red"))
        variant.set("picture", picture)

    found = (await audit("--kind", "products,models"))["missing"]

    assert [(it["places"][0]["kind"], it["places"][0]["code"]) for it in found] == [("product", "blue")]


async def test_where_a_family_names_no_picture_an_asset_will_do(audit: Audit) -> None:
    catalogue = audit.site.pim.catalogue
    catalogue.families["posters"].image = None
    catalogue.add_products(Product("bare", "posters"))

    found = (await audit("--kind", "products", "--family", "posters"))["missing"]

    assert [(it["places"][0]["code"], it["why"]) for it in found] == [("bare", "no file at all")]


async def test_what_is_too_small_or_of_another_shape_is_told_as_it_is_seen(audit: Audit) -> None:
    lying = Image.Exif()
    lying[0x0112] = 6
    put(audit.site.pim, "turned", drawn("turned.jpg", size=(30, 60), format="JPEG", exif=lying))

    found = await audit("--kind", "products", "--family", "cups", "--min-width", "60", "--ratio", "2:1")

    turned = [it["places"][0]["code"] for name in ("too small", "wrong shape") for it in found[name]]
    assert "turned" not in turned
    assert turned  # the others are


@pytest.mark.parametrize(("ratio", "wrong"), [("4:3", 0), ("1.36", 0), ("1:1", 1)])
async def test_a_shape_may_be_off_by_a_little(audit: Audit, ratio: str, wrong: int) -> None:
    audit.site.pim.catalogue.products.clear()
    put(audit.site.pim, "cup", drawn("cup.png"))

    assert len((await audit("--kind", "products", "--ratio", ratio, "--tolerance", "3%"))["wrong shape"]) == wrong


async def test_broken_files_duplicates_and_colours_for_print_are_found(audit: Audit) -> None:
    pim = audit.site.pim
    pim.catalogue.products.clear()
    whole = drawn("twin.png")
    put(pim, "twin", whole)
    put(pim, "other twin", file("again.png", whole.content))
    put(pim, "text", file("text.png", b"no picture at all"))
    put(pim, "print", drawn("print.jpg", "CMYK", format="JPEG"))
    put(pim, "spoiled", file("spoiled.png", whole.content[:41] + b"spoiled" + whole.content[48:]))

    found = await audit("--kind", "products")

    codes = {name: sorted(it["places"][0]["code"] for it in them) for name, them in found.items() if them}
    assert codes == {"broken": ["spoiled", "text"], "cmyk": ["print"], "duplicate": ["other twin", "twin"]}


async def test_what_no_worker_could_look_at_is_not_broken_and_looked_at_the_next_time(
    audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit.site.pim.catalogue.products.clear()
    put(audit.site.pim, "cup", drawn("cup.png"))
    with monkeypatch.context() as patch:
        patch.setattr(audit.site.server.renderers, "inspect", too_slow)
        status, out = await audit.run("--json", "--kind", "products")

    facts = json.loads(out)
    assert (status, facts["findings"], [it["status"] for it in facts["failed"]]) == (1, [], [504])
    assert (await audit.run("--kind", "products"))[0] == 0


async def too_slow(*_: object) -> None:
    raise RenderTimeout("this picture took too long to draw")


async def test_nothing_is_looked_at_twice(audit: Audit) -> None:
    await audit()
    looked = audit.site.counted("renders_total", outcome="inspected")

    await audit("--min-width", "100")

    assert looked > 0
    assert audit.site.counted("renders_total", outcome="inspected") == looked


async def test_the_exit_status_tells_whether_something_was_found(audit: Audit) -> None:
    audit.site.pim.catalogue.products.clear()
    put(audit.site.pim, "cup", drawn("cup.png"))

    assert (await audit.run("--kind", "products"))[0] == 0
    assert (await audit.run("--kind", "products", "--min-width", "50"))[0] == 3


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


async def test_the_page_needs_nothing_else_and_names_are_text(audit: Audit, tmp_path: Path) -> None:
    put(audit.site.pim, NASTY, drawn("small.png"))

    status, _ = await audit.run("--min-width", "100", "--html", str(tmp_path / "audit.html"))

    page = Tags()
    page.feed((tmp_path / "audit.html").read_text())
    images = [attributes["src"] or "" for tag, attributes in page.tags if tag == "img"]
    assert status == 3
    assert NASTY in page.words
    assert {tag for tag, _ in page.tags} & {"script", "link", "iframe"} == set()
    assert images
    assert all(source.startswith("data:image/jpeg;base64,") for source in images)


async def test_a_spreadsheet_gets_a_row_a_place_and_no_formula(audit: Audit, tmp_path: Path) -> None:
    put(audit.site.pim, NASTY, drawn("small.png"))

    await audit.run("--min-width", "50", "--csv", str(tmp_path / "audit.csv"))

    rows = list(csv.DictReader(io.StringIO((tmp_path / "audit.csv").read_text("utf-8-sig"))))
    [row] = [row for row in rows if NASTY in row["code"]]
    assert row["code"] == f"'{NASTY}"
    assert (row["finding"], row["width"], row["height"], row["attribute"]) == ("too small", "40", "30", "picture")


async def test_a_terminal_gets_a_table(audit: Audit) -> None:
    put(audit.site.pim, "bare\x1b[2J", None)

    _, told = await audit.run("--kind", "products")

    assert "products" not in told.splitlines()[0]
    assert "  product bare?[2J (picture): nothing in its main attribute, picture" in told.splitlines()
    assert sample("coffee").code not in told
