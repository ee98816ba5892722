"""Which families are bundled, and under which names they are known. Told without Pillow."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "typefaces"
DEFAULT = "opensans"

# Names under which ImageKit knows a family, or which are close enough to one; every other name gets the default.
ALIKE = {
    "oldstandard": "oldstandardtt",
    "fredoka": "fredokaone",  # its successor, whose heavy weight looks like it
    "crimson": "crimsontext",
    "crimsonpro": "crimsontext",
    "exo2": "exo",
    "lobstertwo": "lobster",
    "robotomono": "ptmono",
    "ubuntumono": "ptmono",
}


@cache
def index() -> dict[str, Any]:
    """What stands in each folder: family, source, licence, files and what they cover."""
    found: dict[str, Any] = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
    return found


@cache
def names() -> frozenset[str]:
    return frozenset(folded(about["family"]) for about in index().values())


def folded(family: str) -> str:
    """`PT_Serif`, `PT Serif` and `ptserif` are one."""
    return "".join(letter for letter in family.casefold() if letter.isalnum())


def bundled_name(family: str) -> str | None:
    """The folded name of the family that is taken for it; None where that is the default one for want of it."""
    name = folded(family)
    name = ALIKE.get(name, name)
    return name if name in names() else None
