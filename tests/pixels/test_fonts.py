"""The bundled fonts, and what a shop brings of its own."""

import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from proxy.pixels.coverage import NO_CHARACTER, Probed, Ranges, look
from proxy.pixels.font_names import ALIKE, FOLDER, folded
from proxy.pixels.fonts import MAX_FONT_BYTES, Face, families, fonts_of, own_face
from proxy.plan.steps import Step, TextLayer
from tests.pixels.pictures import BUILT_IN, Studio

LOBSTER = FOLDER / "lobster" / "lobster-latin-400-normal.woff2"

# What docs/fonts.md promises of each script, in whichever font.
SCRIPTS = {
    "Latin": (0x41, 0x24F),
    "Vietnamese and others": (0x1E00, 0x1EFF),
    "Greek": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x52F),
    "Hebrew": (0x590, 0x5FF),
    "Arabic": (0x600, 0x6FF),
    "Devanagari": (0x900, 0x97F),
    "Thai": (0xE00, 0xE7F),
    "Hiragana and katakana": (0x3040, 0x30FF),
    "Chinese characters": (0x4E00, 0x9FFF),
    "Hangul": (0xAC00, 0xD7A3),
    "Currency signs": (0x20A0, 0x20CF),
    "Arrows and mathematics": (0x2190, 0x22FF),
    "Boxes, stars, ticks": (0x2500, 0x27BF),
    "Emoji": (0x1F300, 0x1FAFF),
}
DOCS = Path("docs/fonts.md").read_text(encoding="utf-8")


def covering(code: int, family: str | None = None) -> Face | None:
    return next((face for face in fonts_of(family, False, False) if code in face.covers), None)


def rows_of_families() -> list[str]:
    rows = []
    for family in sorted(families().values(), key=lambda family: family.name):
        styles = dict.fromkeys((face.bold, face.italic) for face in family.faces)
        words = [" ".join(word for word, on in zip(("bold", "italic"), style, strict=True) if on) for style in styles]
        named = ", ".join(word or "regular" for word in words)
        rows.append(f"| {family.name} | {named} | {family.licence} | {family.source} |")
    return rows


def rows_of_scripts() -> list[str]:
    rows = []
    family_in = {family.faces[0].path.parent: family.name for family in families().values()}
    for name, (first, last) in SCRIPTS.items():
        faces = [face for code in range(first, last + 1) if (face := covering(code))]
        names = dict.fromkeys(family_in[face.path.parent] for face in faces)
        rows.append(f"| {name} | {first:04X} to {last:04X} | {len(faces)} | {', '.join(names)} |")
    return rows


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize(("bold", "italic"), [(False, False), (True, False), (False, True), (True, True)])
def test_every_family_of_imagekit_has_letters_of_its_own(name: str, bold: bool, italic: bool) -> None:
    first = fonts_of(name, bold, italic)[0]

    assert first.path.parent == families()[ALIKE.get(folded(name), folded(name))].faces[0].path.parent
    assert all(ord(letter) in first.covers for letter in "Agjpqy012,. äñ")
    for letter in "Ag1":
        assert look(first.at(24), letter) != look(first.at(24), NO_CHARACTER)


@pytest.mark.parametrize("name", ["PT_Serif", "PT Serif", "ptserif", "pt-serif"])
def test_a_family_has_its_name_however_it_is_written(name: str) -> None:
    assert fonts_of(name, False, False)[0].path.parent.name == "pt-serif"


@pytest.mark.parametrize("name", [None, "", "Comic Sans", "@@", "../index", "fonts/none.ttf"])
def test_an_unknown_family_is_the_default_one(name: str | None) -> None:
    assert fonts_of(name, False, False) == fonts_of("Open Sans", False, False)


def test_what_stands_in_for_a_name_exists() -> None:
    assert set(ALIKE.values()) <= families().keys()
    assert not ALIKE.keys() & families().keys()


@pytest.mark.parametrize(
    ("family", "wanted", "given"),
    [
        ("Lato", (True, True), (True, True)),
        ("Lato", (True, False), (True, False)),
        ("Old Standard", (True, True), (False, True)),
        ("Lobster", (True, True), (False, False)),
        ("Kanit", (False, False), (False, False)),
    ],
)
def test_bold_and_italic_letters_are_drawn_as_such_where_there_are_any(
    family: str, wanted: tuple[bool, bool], given: tuple[bool, bool]
) -> None:
    face = fonts_of(family, *wanted)[0]

    assert (face.bold, face.italic) == given


@pytest.mark.parametrize("name", families())
def test_the_index_tells_the_truth(name: str) -> None:
    """Some of each: a font that lacked them would draw them like a character that none has."""
    for face in families()[name].faces:
        assert isinstance(face.covers, Ranges)
        probed, edges = Probed.of(face.path), face.covers.edges
        visible = [code for code in edges[::2] if not chr(code).isspace() and code not in (0xA0, 0xAD)]
        blank = probed.missing == look(probed.font, " ")
        assert all(code in probed for code in visible[:12]) or blank


def test_every_font_has_its_licence_beside_it() -> None:
    for folder in FOLDER.glob("*/"):
        text = (folder / "LICENSE").read_text(encoding="utf-8")
        assert "SIL OPEN FONT LICENSE" in text or "UBUNTU FONT LICENCE" in text or "Apache License" in text, folder


def test_every_file_is_in_the_index_and_the_other_way_round() -> None:
    indexed = {face.path for family in families().values() for face in family.faces}

    assert indexed == {path for path in FOLDER.glob("*/*") if path.name != "LICENSE"}


def test_the_fonts_are_not_heavy() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 12_000_000


def test_ranges_know_their_edges() -> None:
    ranges = Ranges.parse("20-7E,A0,100-101")

    assert [code for code in range(0x110) if code in ranges] == [*range(0x20, 0x7F), 0xA0, 0x100, 0x101]
    assert len(ranges) == 98


def test_the_documentation_lists_the_families() -> None:
    rows = rows_of_families()

    assert [row for row in DOCS.splitlines() if row in rows] == rows


def test_the_documentation_tells_which_letters_there_are() -> None:
    rows = rows_of_scripts()

    assert [row for row in DOCS.splitlines() if row in rows] == rows


def test_the_documentation_names_what_stands_in_for_a_name() -> None:
    for name, other in ALIKE.items():
        assert f"| `{name}` | {families()[other].name} |" in DOCS


# A shop's own


@pytest.fixture
def base(studio: Studio) -> Path:
    return studio.file(Image.new("RGB", (200, 80), (0, 0, 255)), "base.png")


def drawn(studio: Studio, base: Path, text: str, font: str | None, **fonts: Path) -> bytes:
    step = Step(layers=(TextLayer(text, font=font, size=30),))
    return studio.picture(base, step, fonts={f"fonts/{name}.ttf": path for name, path in fonts.items()}).tobytes()


def test_a_text_is_written_in_the_shops_own_font(studio: Studio, base: Path) -> None:
    own = drawn(studio, base, "Gravy", "fonts/own.ttf", own=LOBSTER)

    assert own == drawn(studio, base, "Gravy", "Lobster")
    assert own != drawn(studio, base, "Gravy", None)


def test_what_the_own_font_lacks_is_written_in_ours(studio: Studio, base: Path) -> None:
    own = drawn(studio, base, "שלום", "fonts/own.ttf", own=LOBSTER)

    assert own == drawn(studio, base, "שלום", None)


def test_a_font_that_is_missing_is_the_default_one(studio: Studio, base: Path) -> None:
    default = drawn(studio, base, "Gravy", None)

    assert drawn(studio, base, "Gravy", "fonts/own.ttf") == default
    assert drawn(studio, base, "Gravy", "fonts/own.ttf", other=LOBSTER) == default


def test_a_font_that_was_evicted_is_fetched_again(studio: Studio, base: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        drawn(studio, base, "Gravy", "fonts/own.ttf", own=tmp_path / "gone.ttf")


DROID = FOLDER / "droid-sans-fallback" / "DroidSansFallback.ttf"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>no such file</html>",
        LOBSTER.read_bytes()[:2000],
        DROID.read_bytes()[:300],
        LOBSTER.read_bytes()[:-3000] + bytes(3000),
    ],
)
def test_a_broken_font_is_the_default_one(studio: Studio, base: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.ttf").write_bytes(content)

    assert drawn(studio, base, "Gravy", "fonts/own.ttf", own=tmp_path / "broken.ttf") == drawn(
        studio, base, "Gravy", None
    )


def test_a_font_with_broken_letters_never_fails(studio: Studio, base: Path, tmp_path: Path) -> None:
    """It opens, since its head is fine; what it draws is its own affair."""
    whole = DROID.read_bytes()
    for place in range(20):
        start = len(whole) * place // 20 + 2000
        (tmp_path / f"{place}.ttf").write_bytes(whole[:start] + b"\xa5" * 60_000 + whole[start + 60_000 :])
        assert drawn(studio, base, "東京 café", "fonts/own.ttf", own=tmp_path / f"{place}.ttf")


def test_a_file_too_large_to_be_a_font_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "large.ttf"
    shutil.copyfile(DROID, path)
    assert own_face(path) is not None

    os.truncate(path, MAX_FONT_BYTES + 1)

    assert own_face(path) is None


def test_a_font_that_was_replaced_is_read_anew(studio: Studio, base: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.woff2"
    shutil.copyfile(LOBSTER, path)
    before = drawn(studio, base, "Gravy", "fonts/own.ttf", own=path)

    shutil.copyfile(FOLDER / "monoton" / "monoton-latin-400-normal.woff2", path)

    assert before != drawn(studio, base, "Gravy", "fonts/own.ttf", own=path)


def test_an_own_font_knows_what_it_has() -> None:
    face = own_face(LOBSTER)
    assert face is not None

    assert [letter for letter in "Aé1ש字" if ord(letter) in face.covers] == ["A", "é", "1"]
