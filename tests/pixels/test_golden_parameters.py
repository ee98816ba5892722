"""A sheet for each parameter that changes pixels, with several of its values on one test card, as ImageKit writes them.

`pytest --draw-golden` writes them; look before you commit. A parameter without a sheet fails.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from proxy.imagekit.layer_parameters import CANVAS, IMAGE, POSITION, TEXT
from proxy.imagekit.parameters import PARAMETERS
from proxy.imagekit.reading import read_plan
from tests.pixels.pictures import Studio

Golden = Callable[[Image.Image], None]

# They speak of the file, not of its pixels (`pg`: of which pixels); nobody looks for what `z` is close to.
UNSEEN = {"f", "q", "pr", "lo", "cp", "md", "dn", "di", "pg", "orig", "z"}
GAP = 4

PAD = "w-70,h-70,cm-pad_resize"
EXTRACT = "w-50,h-40,cm-extract"
PLACES = ["top_left", "top", "top_right", "left", "center", "right", "bottom_left", "bottom", "bottom_right"]
CROPS = ["maintain_ratio", "maintain_ratio_no_enlarge", "force", "at_max", "at_max_enlarge", "at_least"]
FRAMES = ["extract", "pad_resize", "pad_resize_no_enlarge", "pad_extract", "pad_extract_no_shrink"]
SHOWN: dict[str, Sequence[str]] = {
    "w": ["w-40", "w-0.25", "w-iw_div_2", "w-150"],
    "h": ["h-40", "h-0.25", "h-ih_div_2", "w-40,h-40"],
    "ar": ["w-60,ar-1-1", "w-60,ar-3_2", "h-40,ar-2-1", "w-60,ar-iar_div_2"],
    "c": [f"w-{side},h-{side},c-{mode}" for side in (50, 100) for mode in CROPS],
    "cm": [f"w-{width},h-{height},cm-{mode}" for width, height in ((50, 60), (140, 60)) for mode in FRAMES[1:]]
    + ["w-50,h-60,cm-extract"],
    "fo": [f"{EXTRACT},fo-{place}" for place in PLACES] + [f"w-40,h-80,fo-{word}" for word in ("auto", "face", "cat")],
    "x": [f"{EXTRACT},x-0", f"{EXTRACT},x-60", f"{EXTRACT},x-iw_div_4"],
    "y": [f"{EXTRACT},y-0", f"{EXTRACT},y-40", f"{EXTRACT},y-ih_div_4"],
    "xc": [f"{EXTRACT},xc-30", f"{EXTRACT},xc-90", f"{EXTRACT},xc-iw_div_3"],
    "yc": [f"{EXTRACT},yc-25", f"{EXTRACT},yc-60", f"{EXTRACT},yc-ih_div_3"],
    "dpr": ["w-30,dpr-2", "w-30,h-30,dpr-1.5", "w-100,dpr-0.5"],
    "t": ["t-1", "t-true", "t-40", "t-99"],
    "rt": ["rt-90", "rt-180", "rt-N90", "rt-30", "rt-N15,bg-gold", "rt-30,bg-1E90FF50", "r-20,rt-30,bg-gold"],
    "fl": ["fl-h", "fl-v", "fl-h_v", "fl-v_h"],
    "bg": ["bg-gold", "bg-1E90FF50"]
    + [f"{PAD},bg-{ground}" for ground in ("gold", "1E90FF50", "dominant", "gradient_dominant", "gradient_dominant_4")]
    + [f"{PAD},bg-blurred{how}" for how in ("", "_0", "_10", "_100", "_20_N90", "_auto_90")],
    "b": ["b-5_FFF000", "b-5-FFF000", "b-iw_div_20_navy", "b-5_FF000050", "b-5_red,r-20", "b-5_red,r-max"],
    "r": ["r-15", "r-max", "r-0_10_20_40", "r-999"],
    "o": ["o-50", "o-0", "o-50,bg-gold", "o-50,bg-FFD70010"],
    "bl": ["bl-1", "bl-4", "bl-20", "bl-100"],
    "e-grayscale": ["e-grayscale", "e-grayscale:e-colorize-co-sienna"],
    "e-contrast": ["e-contrast", "o-50,bg-white:e-contrast"],
    "e-sharpen": ["e-sharpen", "e-sharpen-3", "e-sharpen-60"],
    "e-usm": ["e-usm", "e-usm-1-1-3-0.1", "e-usm-5-5-1-0"],
    "e-shadow": ["e-shadow", "e-shadow-bl-0_st-100_x-10_y-10", "e-shadow-bl-5_st-80_x-N5_y-N5", "e-shadow,bg-gold"],
    "e-gradient": [
        *(f"e-gradient{how}" for how in ("", "-ld-0", "-ld-90", "-ld-left", "-ld-45_from-red_to-blue")),
        *(f"e-gradient-ld-right_from-{colors}" for colors in ("black_to-00000000_sp-0.5", "red_to-FFFF0050_sp-30")),
        "e-gradient-ld-bottom_left_from-navy_to-00000000_sp-ih_div_2",
    ],
    "cr": ["cr-gold", "cr-gold_60", "cr-green_10_C8321E", "cr-green_60_C8321E"],
    "e-colorize": ["e-colorize", "e-colorize-co-red", "e-colorize-co-1E90FF_in-40"],
    "e-distort": [
        *("e-distort-p-20_10_110_0_119_79_0_60", "e-distort-p-N20_0_140_20_100_70_20_80"),
        *(f"e-distort-a-{degrees}" for degrees in ("45", "N90", "180", "360")),
    ],
}
BADGE = "l-image,i-badge.png,w-40,t-false"
BLOCK = "l-image,i-ik_canvas,w-60,h-30"
WORD = "l-text,i-Sale 20%25,fs-24"
LAYERS: dict[str, Sequence[str]] = {
    "image-i": ["l-image,i-badge.png", BADGE, f"{BADGE},rt-30,o-60"],
    "image-ie": ["l-image,ie-YmFkZ2UucG5n", "l-image,ie-L2JhZGdlLnBuZw%3D%3D,w-20"],
    "image-pg": ["l-image,i-moves.gif,t-false,pg-1", "l-image,i-moves.gif,t-false,pg-2"],
    "position-lx": [f"{BADGE},lx-10", f"{BADGE},lx-N10", f"{BADGE},lx-bw_div_2", f"{BADGE},lx-999"],
    "position-ly": [f"{BADGE},ly-10", f"{BADGE},ly-N10", f"{BADGE},ly-bh_div_2", f"{BADGE},ly-N0"],
    "position-lxc": [f"{BADGE},lxc-20", f"{BADGE},lxc-120", f"{BADGE},lxc-bw_div_2,ly-5"],
    "position-lyc": [f"{BADGE},lyc-20", f"{BADGE},lyc-80", f"{BADGE},lyc-bh_div_2,lx-5"],
    "position-lap": [f"{BADGE},lx-5,ly-5,lap-{place}" for place in PLACES],
    "position-lfo": [f"{BADGE},lfo-{place}" for place in PLACES],
    "position-lm": [f"{BADGE},lm-{mode}" for mode in ("multiply", "cutter", "cutout", "displace")],
    "canvas-bg": [f"{BLOCK},bg-{color}" for color in ("gold", "1E90FF", "1E90FF50")],
    "canvas-al": [f"{BLOCK},bg-1E90FF,al-{tenths}" for tenths in (1, 5, 9)],
    "text-i": ["l-text,i-Hello", "l-text,i-Hello World,fs-18"],
    "text-ie": ["l-text,ie-RMOpasOgIHZ1,fs-30"],
    "text-ff": [f"{WORD},ff-{family}" for family in ("Lobster", "PT_Serif", "Roboto", "nothing")],
    "text-fs": ["l-text,i-Sale,fs-12", "l-text,i-Sale,fs-48", "l-text,i-Sale,fs-bh_div_4"],
    "text-co": [f"{WORD},co-{color}" for color in ("red", "FFFFFF", "FFFFFF50")],
    "text-w": [f"{WORD},w-{width}" for width in ("50", "bw_div_2", "110")],
    "text-ia": [f"l-text,i-one and only,fs-18,w-60,bg-gold,ia-{side}" for side in ("left", "right", "center")],
    "text-pa": [f"{WORD},bg-gold,pa-{gaps}" for gaps in ("5", "2_20", "0_5_15", "0_5_10_20", "bw_div_20")],
    "text-tg": [f"{WORD},tg-{marks}" for marks in ("b", "i", "b_i", "strikethrough", "b_strikethrough")],
    "text-lh": [f"l-text,i-one two,fs-18,w-40,lh-{height}" for height in ("14", "30", "bh_div_2")],
    "text-bg": [f"{WORD},bg-{color}" for color in ("gold", "1E90FF50")],
    "text-r": [f"{WORD},bg-gold,pa-8,r-{corners}" for corners in ("8", "max", "0_20_0_20")],
    "text-rt": [f"{WORD},bg-gold,rt-{turn}" for turn in ("90", "N30", "180")],
    "text-fl": [f"{WORD},bg-gold,fl-{flip}" for flip in ("h", "v", "h_v")],
    "text-al": [f"{WORD},bg-gold,al-{tenths}" for tenths in (1, 5, 9)],
}
OF_LAYERS = {"image": IMAGE, "position": POSITION, "canvas": CANVAS, "text": TEXT}


@pytest.fixture
def card(studio: Studio) -> Path:
    """Even edges, shades, flat colours, fine lines; no two sides are alike."""
    image = Image.new("RGB", (120, 80), (250, 250, 248))
    shades = Image.linear_gradient("L").rotate(90).resize((104, 24))
    image.paste(Image.merge("RGB", (shades, shades.point(lambda value: 200 - value // 2), shades)), (8, 8))
    draw_marks(ImageDraw.Draw(image))
    return studio.file(image, "card.png")


@pytest.fixture
def clear(studio: Studio) -> Path:
    """The same marks on nothing."""
    image = Image.new("RGBA", (120, 80))
    draw_marks(ImageDraw.Draw(image))
    return studio.file(image, "clear.png")


def draw_marks(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse((14, 24, 62, 72), fill=(200, 50, 30))
    draw.polygon([(70, 70), (90, 30), (110, 70)], fill=(30, 70, 180))
    for step in range(6):
        draw.line((66 + 3 * step, 14, 66 + 3 * step, 26), fill=(20, 20, 20))


@pytest.fixture
def others(studio: Studio) -> dict[str, Path]:
    badge = Image.new("RGBA", (60, 60))
    ImageDraw.Draw(badge).regular_polygon((30, 30, 26), 6, fill=(255, 200, 0, 230), outline=(90, 40, 0, 255))
    ImageDraw.Draw(badge).rectangle((22, 28, 46, 32), fill=(120, 0, 60, 255))
    frames = [Image.new("RGB", (40, 30), color) for color in ("tomato", "teal")]
    moves = studio.file(frames[0], "moves.gif", save_all=True, append_images=frames[1:])
    return {"badge.png": studio.file(badge, "badge.png"), "moves.gif": moves}


@pytest.mark.parametrize("key", [row.key for row in PARAMETERS if row.key not in UNSEEN])
def test_parameter(key: str, studio: Studio, card: Path, clear: Path, golden: Golden) -> None:
    texts = SHOWN[key]

    assert all(names(key, text) for text in texts)
    source = clear if key in {"bg", "e-shadow"} else card
    golden(sheet([studio.picture(source, *read_plan(text).plan.steps) for text in texts]))


@pytest.mark.parametrize("name", [f"{kind}-{row.key}" for kind, rows in OF_LAYERS.items() for row in rows])
def test_layer_parameter(name: str, studio: Studio, card: Path, others: dict[str, Path], golden: Golden) -> None:
    texts = LAYERS[name]

    assert all(names(name.partition("-")[2], text) for text in texts)
    plans = [read_plan(f"{text},l-end").plan for text in texts]
    golden(sheet([studio.picture(card, *plan.steps, layers=others) for plan in plans]))


def names(key: str, text: str) -> bool:
    return re.search(rf"(?:^|[,:]){key}(?:[-,:]|$)", text) is not None


def sheet(pictures: Sequence[Image.Image], columns: int = 4) -> Image.Image:
    """In rows, on nothing."""
    rows = [pictures[start : start + columns] for start in range(0, len(pictures), columns)]
    heights = [max(picture.height for picture in row) for row in rows]
    width = max(sum(picture.width + GAP for picture in row) for row in rows)
    paper = Image.new("RGBA", (width, sum(heights) + GAP * len(rows)))
    top = 0
    for row, height in zip(rows, heights, strict=True):
        left = 0
        for picture in row:
            paper.paste(picture.convert("RGBA"), (left, top))
            left += picture.width + GAP
        top += height + GAP
    return paper
