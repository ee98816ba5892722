"""The pictures of the URL reference: what shows what a parameter does. `make docs` draws those that are not there.

They are drawn by a server of ours, from the demo's catalogue, so that everybody can ask their own `make demo` for them.
"""

import asyncio
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from proxy.demo.pictures import sample, sample_files
from proxy.demo.pim import DemoPim
from proxy.imagekit.parameters import PARAMETERS
from tests.site import path_of, running

DIRECTORY = Path(__file__).parent.parent / "docs/images/reference"
LOGO = path_of(sample("logo")).removeprefix("/").replace("/", "@@")


@dataclass(frozen=True, slots=True)
class Sample:
    """`steps` is what stands behind `tr:`; `file` a name of the demo's catalogue."""

    name: str
    steps: str
    about: str
    file: str = "chelsea"

    @property
    def path(self) -> Path:
        return DIRECTORY / f"{self.name}.webp"

    @property
    def target(self) -> str:
        """As WebP, whatever the viewer takes."""
        return path_of(sample(self.file), f"{self.steps}:f-webp,q-75")


def of(key: str, steps: str, about: str = "", file: str = "chelsea") -> Sample:
    about = about or next(row.about for row in PARAMETERS if row.key == key)
    return Sample(key, steps, about, file)


GROUPS: dict[str, tuple[Sample, ...]] = {
    "sizes": (
        of("w", "w-200"),
        of("h", "h-100"),
        of("ar", "ar-1-1,w-130"),
        of("dpr", "w-100,dpr-2"),
        of("c", "w-150,h-150,c-at_max"),
        of("cm", "w-200,h-150,cm-pad_resize,bg-F3D9B1", "as c; wins over it: here the whole picture on a canvas"),
        of("fo", "w-100,h-150,fo-left"),
        of("x", "cm-extract,w-150,h-120,x-140,y-60"),
        of("y", "cm-extract,w-150,h-120,x-140,y-0"),
        of("xc", "cm-extract,w-150,h-120,xc-225,yc-120"),
        of("yc", "cm-extract,w-150,h-120,xc-225,yc-200"),
        of(
            "t",
            "w-150,h-150,cm-pad_resize,bg-FFFFFF:t-20",
            "cuts even edges: here the white that the first step has added",
        ),
    ),
    "shapes": (
        of("rt", "w-150:rt-N15,bg-FFFFFF"),
        of("fl", "w-200,fl-h"),
        of("r", "w-150,h-150,r-max,bg-FFFFFF", "rounds the corners; here as a circle on white"),
        of("b", "w-190,b-5_8C4A2F"),
        of("bg", "w-200,h-150,cm-pad_resize,bg-blurred"),
        of("e-distort", "w-200,e-distort-a-40,bg-FFFFFF"),
    ),
    "colours": (
        of("o", "w-200,o-40,bg-FFFFFF"),
        of("bl", "w-200,bl-6"),
        of("e-grayscale", "w-200,e-grayscale"),
        of("e-contrast", "w-150,e-contrast", "", "astronaut"),
        of("e-sharpen", "w-200,e-sharpen-10"),
        of("e-usm", "w-200,e-usm-2-2-0.8-0.024"),
        of("e-shadow", "w-160,e-shadow-bl-5_st-60_x-6_y-6,bg-FFFFFF", "", "logo"),
        of("e-gradient", "w-200,e-gradient-ld-top_from-000000_to-FFFFFF00"),
        of("e-colorize", "w-200,e-colorize-co-2F6F8C_in-50"),
        of("cr", "w-160,cr-E05A33_20_073B4C", "", "logo"),
    ),
    "layers": (
        Sample("l-image", f"w-200,l-image,i-{LOGO},w-60,lx-N8,ly-N8,l-end", "a picture on the picture"),
        Sample("l-canvas", "w-200,l-image,i-ik_canvas,bg-8C4A2F,w-200,h-24,lfo-bottom,l-end", "a block of colour"),
        Sample("l-text", "w-200,l-text,i-Sale,fs-36,co-FFFFFF,ff-Lobster,lx-10,ly-N10,l-end", "a text"),
        Sample("if", "if-ar_gt_1,w-200,if-else,h-200,if-end:e-grayscale", "a condition, and a second step"),
    ),
}
# What is not to be seen in a small picture, or not in every one.
UNSEEN = {"z", "f", "q", "pr", "lo", "cp", "md", "dn", "pg", "di", "orig"}
SAMPLES = [one for group in GROUPS.values() for one in group]


async def drawn(samples: Iterable[Sample]) -> dict[str, bytes]:
    """The bytes of each, by name; raises RuntimeError where the server refuses."""
    with tempfile.TemporaryDirectory() as directory:
        async with DemoPim(sample_files()) as pim, running(pim, Path(directory)) as site:
            responses = {one.name: await site.get(one.target) for one in samples}
    for name, response in responses.items():
        if response.status_code != 200:
            raise RuntimeError(f"{name}: {response.headers.get('ik-error', response.status_code)}")
    return {name: response.content for name, response in responses.items()}


def write() -> None:
    """Those that lack; delete one to have it drawn anew."""
    lacking = [one for one in SAMPLES if not one.path.exists()]
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    for name, content in asyncio.run(drawn(lacking)).items():
        (DIRECTORY / f"{name}.webp").write_bytes(content)
