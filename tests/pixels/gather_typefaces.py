"""Fetches the bundled fonts again and writes the index of what they cover. For maintainers, by hand:

pip install fonttools brotli && python -m tests.pixels.gather_typefaces

It needs npm, apt-get and dpkg-deb. The files are kept exactly as they were published: many of these fonts have a
reserved name, which a changed file might not bear. So a family is several files, one a subset, as for a browser.
"""

import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fontTools.ttLib import TTFont
from PIL import ImageFont

FOLDER = Path(__file__).parent.parent.parent / "proxy" / "pixels" / "typefaces"
SUBSETS = "latin latin-ext vietnamese greek greek-ext cyrillic cyrillic-ext hebrew arabic thai devanagari math symbols"
STYLES = {"400-normal": "regular", "700-normal": "bold", "400-italic": "italic", "700-italic": "bold italic"}
FAMILIES = {
    "abril-fatface": "5.3.0",
    "amaranth": "5.2.8",
    "arvo": "5.3.0",
    "audiowide": "5.3.0",
    "chivo": "5.3.0",
    "crimson-text": "5.3.0",
    "exo": "5.3.0",
    "fredoka-one": "5.3.0",
    "gravitas-one": "5.3.0",
    "kanit": "5.3.0",
    "lato": "5.3.0",
    "lobster": "5.3.0",
    "lora": "5.3.0",
    "monoton": "5.3.0",
    "montserrat": "5.3.0",
    "noto-emoji": "5.3.0",
    "noto-sans": "5.3.0",
    "noto-sans-arabic": "5.3.0",
    "noto-sans-devanagari": "5.3.0",
    "noto-sans-hebrew": "5.3.0",
    "noto-sans-symbols": "5.3.0",
    "noto-sans-symbols-2": "5.3.0",
    "noto-sans-thai": "5.3.0",
    "old-standard-tt": "5.3.0",
    "open-sans": "5.3.0",
    "pt-mono": "5.3.0",
    "pt-serif": "5.3.0",
    "roboto": "5.3.0",
    "ubuntu": "5.3.0",
    "vollkorn": "5.3.0",
}
ONLY = {
    "noto-emoji": "emoji",
    "noto-sans": "latin-ext vietnamese greek greek-ext cyrillic-ext",
    "noto-sans-arabic": "arabic",
    "noto-sans-devanagari": "devanagari",
    "noto-sans-hebrew": "hebrew",
    "noto-sans-symbols": "symbols",
    "noto-sans-symbols-2": "symbols",
    "noto-sans-thai": "thai",
}
DROID = ("fonts-droid-fallback", "1:6.0.1r16-1.1", "usr/share/fonts-droid-fallback/truetype/DroidSansFallback.ttf")


def run(*command: str, folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def coverage(path: Path) -> str:
    """`20-7E,A0`: in hexadecimal, without control characters, what FreeType cannot draw, and a space as wide as a
    picture: that of another font is better.
    """
    font = ImageFont.truetype(str(path), 24)
    first = 0x20 if font.getlength(" ") < font.size else 0x21
    found = sorted(code for code in TTFont(path, lazy=True).getBestCmap() if code >= first and draws(font, code))
    starts = [found[0], *(later for earlier, later in pairwise(found) if later > earlier + 1)]
    ends = [*(earlier for earlier, later in pairwise(found) if later > earlier + 1), found[-1]]
    return ",".join(f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in zip(starts, ends, strict=True))


def draws(font: ImageFont.FreeTypeFont, code: int) -> bool:
    try:
        font.getmask(chr(code))
    except OSError:
        return False
    return True


def wanted(family: str, package: Path) -> Iterator[tuple[str, Path]]:
    for style, name in STYLES.items():
        for subset in ONLY.get(family, SUBSETS).split():
            path = package / "files" / f"{family}-{subset}-{style}.woff2"
            if path.is_file():
                yield name, path


def keep(family: str, styled: Iterable[tuple[str, Path]]) -> list[dict[str, str]]:
    entries = []
    (FOLDER / family).mkdir()
    for style, path in styled:
        shutil.copyfile(path, FOLDER / family / path.name)
        entries.append({"file": path.name, "style": style, "covers": coverage(path)})
    return entries


def from_npm(family: str, version: str, scratch: Path) -> dict[str, Any]:
    run("npm", "pack", "--silent", f"@fontsource/{family}@{version}", folder=scratch)
    with tarfile.open(scratch / f"fontsource-{family}-{version}.tgz") as archive:
        archive.extractall(scratch / family, filter="data")
    package = scratch / family / "package"
    about = json.loads((package / "metadata.json").read_text())
    files = keep(family, wanted(family, package))
    shutil.copyfile(package / "LICENSE", FOLDER / family / "LICENSE")
    return {
        "family": about["family"],
        "source": f"npm: @fontsource/{family} {version}",
        "licence": about["license"]["type"],
        "files": files,
    }


def from_debian(scratch: Path) -> dict[str, Any]:
    package, version, path = DROID
    run("apt-get", "download", f"{package}={version}", folder=scratch)
    run("dpkg-deb", "-x", *map(str, scratch.glob(f"{package}_*.deb")), "droid", folder=scratch)
    files = keep("droid-sans-fallback", [("regular", scratch / "droid" / path)])
    notice = (scratch / "droid/usr/share/doc" / package / "copyright").read_text()
    full = Path("/usr/share/common-licenses/Apache-2.0").read_text()
    (FOLDER / "droid-sans-fallback" / "LICENSE").write_text(f"{notice}\n\n{full}")
    return {
        "family": "Droid Sans Fallback",
        "source": f"Debian: {package} {version}",
        "licence": "Apache-2.0",
        "files": files,
    }


def main() -> None:
    for folder in FOLDER.glob("*/"):
        shutil.rmtree(folder)
    with TemporaryDirectory() as name:
        scratch = Path(name)
        index = {family: from_npm(family, version, scratch) for family, version in FAMILIES.items()}
        index["droid-sans-fallback"] = from_debian(scratch)
    (FOLDER / "index.json").write_text(json.dumps(index, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
