"""What decides the size: sections 2.1, 3 and 4 of the reference, of a photograph of 400x300 unless another is named."""

from tests.conformance.case import Options, case, png, refused
from tests.conformance.pictures import BLACK, BLUE, FRAMED, GREEN, RED, TALL, TURNED, WHITE

GREY, YELLOW = (243, 243, 243), (255, 240, 0)


def box(width: float | str, height: float | str, **more: object) -> Options:
    return {"width": width, "height": height, **more}


SIDES = [
    case("width", {"width": 200}, (200, 150)),
    case("height", {"height": 150}, (200, 150)),
    case("width that rounds up", {"width": 133}, (133, 100)),
    case("height that rounds up", {"height": 101}, (135, 101)),
    case("width of the tall one", {"width": 75}, (75, 100), source=TALL),
    case("width as text", {"width": "200"}, (200, 150)),
    case("width as a whole float", {"width": 200.0}, (200, 150)),
    case("share of the width", {"width": 0.5}, (200, 150)),
    case("share of the height", {"height": 0.25}, (100, 75)),
    case("shares of both", box(0.3, 0.9), (120, 270)),
    case("larger than the source", {"width": 800}, (800, 600)),
    case("wider than is taken", {"width": 70000}, (400, 300)),
    case("automatic width without a hint", {"width": "auto"}, (400, 300)),
    case("automatic density without a hint", {"width": 100, "dpr": "auto"}, (100, 75)),
    case("both sides", box(100, 100), (100, 100)),
    case("no step", [{}], (400, 300)),
]
RATIOS = [
    case("ratio with a dash", {"width": 160, "aspectRatio": "4-3"}, (160, 120)),
    case("ratio with an underscore", {"width": 160, "aspectRatio": "16_9"}, (160, 90)),
    case("ratio as a number", {"width": 150, "aspectRatio": 1.5}, (150, 100)),
    case("ratio and height", {"height": 80, "aspectRatio": "1-1"}, (80, 80)),
    case("ratio as an expression", {"width": 100, "aspectRatio": "iar_div_2"}, (100, 150)),
    case("ratio beside both sides", box(160, 40, aspectRatio="4-3"), (160, 40)),
    case("ratio alone", {"aspectRatio": "1-1"}, (400, 300)),
    case("density", {"width": 100, "dpr": 2}, (200, 150)),
    case("density of a half", {"width": 100, "dpr": 0.5}, (50, 38)),
    case("density of both sides", box(100, 50, dpr=1.5), (150, 75)),
    case("density behind a ratio", {"width": 50, "aspectRatio": "1-1", "dpr": 3}, (150, 150)),
    case("density as an expression", {"width": 100, "dpr": "iw_div_200"}, (200, 150)),
    case("density beyond its bounds", {"width": 100, "dpr": 9}, (100, 75)),
    case("density that gives too much", {"width": 1200, "dpr": 5, "quality": 5}, (1200, 900)),
    case("density alone", {"dpr": 2}, (400, 300)),
]
CROPS = [
    case("keeping the ratio", box(100, 100, crop="maintain_ratio"), (100, 100)),
    case("keeping the ratio without enlarging", box(500, 200, crop="maintain_ratio_no_enlarge"), (400, 200)),
    case("nothing to crop without enlarging", box(800, 800, crop="maintain_ratio_no_enlarge"), (400, 300)),
    png("force", box(100, 100, crop="force"), (100, 100), pixel=((10, 10), RED)),
    case("force enlarges", box(500, 500, crop="force"), (500, 500)),
    case("at most", box(100, 100, crop="at_max"), (100, 75)),
    case("at most, tall", box(100, 100, crop="at_max"), (75, 100), source=TALL),
    case("at most never enlarges", box(800, 800, crop="at_max"), (400, 300)),
    case("at most of one side never enlarges", {"width": 800, "crop": "at_max"}, (400, 300)),
    case("at most with one small side", box(800, 150, crop="at_max"), (200, 150)),
    case("at most, enlarging", box(800, 800, crop="at_max_enlarge"), (800, 600)),
    case("at least", box(100, 100, crop="at_least"), (133, 100)),
    case("at least, tall", box(90, 60, crop="at_least"), (90, 120), source=TALL),
    case("at least, enlarging", box(450, 450, crop="at_least"), (600, 450)),
    png("extract", box(100, 60, cropMode="extract", focus="top_left"), (100, 60), pixel=((90, 50), RED)),
    png("extract from a corner", box(100, 60, cropMode="extract", x=250, y=20), (100, 60), pixel=((9, 9), GREEN)),
    png("extract from an edge", box(100, 60, cropMode="extract", x=250), (100, 60), pixel=((50, 30), GREEN)),
    png(
        "extract around a point",
        box(60, 60, cropMode="extract", xCenter=60, yCenter=250),
        (60, 60),
        pixel=((9, 9), BLUE),
    ),
    case(
        "extract by expressions",
        box("iw_div_2", "ih_div_2", cropMode="extract", x="iw_mul_0.2", y="ih_mul_0.2"),
        (200, 150),
    ),
    refused("extract that leaves the picture", box(100, 60, cropMode="extract", xCenter=10, yCenter=10)),
    refused("extract from outside", box(100, 60, cropMode="extract", x="N5", y=0)),
    refused("extract of more than there is", box(500, 100, cropMode="extract")),
    png("padding", box(200, 200, cropMode="pad_resize", background="F3F3F3"), (200, 200), pixel=((100, 5), GREY)),
    png("padding in black", box(200, 200, cropMode="pad_resize"), (200, 200), pixel=((100, 5), BLACK)),
    png(
        "padding below",
        box(200, 200, cropMode="pad_resize", focus="top", background="white"),
        (200, 200),
        pixel=((10, 10), RED),
    ),
    png(
        "padding on the left",
        box(200, 100, cropMode="pad_resize", focus="right", background="FFF000"),
        (200, 100),
        pixel=((5, 50), YELLOW),
    ),
    case("padding around an enlarged one", box(500, 500, cropMode="pad_resize"), (500, 500)),
    case("padding without enlarging", box(500, 500, cropMode="pad_resize_no_enlarge"), (500, 500)),
    png("padding at native size", box(500, 400, cropMode="pad_extract"), (500, 400), pixel=((60, 60), RED)),
    case("cropping at native size", box(100, 100, cropMode="pad_extract"), (100, 100)),
    case("padding that never crops", box(300, 400, cropMode="pad_extract_no_shrink"), (400, 400)),
    case("padding under the other key", box(200, 200, crop="pad_resize"), (200, 200)),
    case("padding that is blurred", box(200, 200, cropMode="pad_resize", background="blurred"), (200, 200)),
    case("padding blurred and dark", box(200, 200, cropMode="pad_resize", background="blurred_25_N15"), (200, 200)),
    case("padding blurred as it fits", box(200, 200, cropMode="pad_resize", background="blurred_auto_10"), (200, 200)),
    case("padding in its own colour", box(200, 200, cropMode="pad_resize", background="dominant"), (200, 200)),
    case("padding in its colours", box(200, 200, cropMode="pad_resize", background="gradient_dominant"), (200, 200)),
    case("padding in four", box(200, 200, cropMode="pad_resize", background="gradient_dominant_4"), (200, 200)),
    case("padding half clear", box(200, 200, cropMode="pad_resize", background="AAFF0010"), (200, 200), "png"),
]
FOCUS_PIXELS = {
    "center": RED, "top": RED, "left": RED, "bottom": RED, "right": GREEN, "top_left": RED, "top_right": GREEN,
    "bottom_left": RED, "bottom_right": GREEN, "auto": None, "custom": RED, "face": None, "cellPhone": None,
}  # fmt: skip
FOCUS = [
    png(f"focus {word}", box(100, 150, focus=word), (100, 150), pixel=((10, 10), pixel) if pixel else None)
    for word, pixel in FOCUS_PIXELS.items()
] + [case("focus with zoom", box(100, 100, focus="face", zoom=0.5), (100, 100))]
CHAINS = [
    case("resize, then turn", [box(200, 100), {"rotation": 90}], (100, 200)),
    case("turn, then resize", [{"rotation": 90}, box(100, 50)], (100, 50)),
    case("resize and turn in one step", box(200, 100, rotation=90), (100, 200)),
    case("half of the step before", [{"width": 200}, {"width": "cw_div_2"}], (100, 75)),
    case("half of the original", [{"width": 100}, {"width": "iw_div_2"}], (200, 150)),
    case("share of a share", [{"height": 0.5}, {"width": 0.5}], (100, 75)),
    case("a step without a word", [{"width": 200}, {}, {"rotation": 90}], (150, 200)),
    case("three steps", [{"width": 200}, {"border": "5_FF0000"}, {"width": 105}], (105, 80)),
    case("power comes last", {"width": "10_add_2_pow_2"}, (144, 108)),
    case("remainder", {"width": "ih_div_6_add_20_mod_30"}, (10, 8)),
    case("both sides by expressions", box("iw_div_4", "ih_sub_100"), (100, 200)),
    case("raw steps", {"raw": "w-200,h-100:rt-90"}, (100, 200)),
    case("raw beside named ones", {"width": 200, "raw": "h-100"}, (200, 100)),
    case("a condition that holds", {"raw": "if-ar_gt_1,w-200,if-else,w-100,if-end"}, (200, 150)),
    case("a condition that does not", {"raw": "if-ar_gt_1,w-200,if-else,w-75,if-end"}, (75, 100), source=TALL),
    case("short names as they are", {"w": 200, "h": 100}, (200, 100)),
    case("a name that nobody knows", {"width": 200, "sparkle": "much"}, (200, 150)),
    refused("a division by nothing", {"width": "iw_div_0"}),
    refused("a width of none", {"width": 0}),
    refused("a negative width", {"width": -5}),
    refused("a word for a width", {"width": "wide"}),
    refused("a crop that nobody knows", box(100, 100, crop="cover")),
]
TURNS = [
    png("a quarter turn", {"rotation": 90}, (300, 400), pixel=((10, 10), BLUE)),
    png("a quarter turn back", {"rotation": "N90"}, (300, 400), pixel=((10, 10), GREEN)),
    png("a half turn", {"rotation": 180}, (400, 300), pixel=((10, 10), WHITE)),
    case("no turn", {"rotation": 0}, (400, 300)),
    case("an eighth turn", {"width": 100, "rotation": 45}, (124, 124), "png"),
    case("an eighth turn on a colour", {"width": 100, "rotation": 45, "background": "red"}, (124, 124)),
    case("upright by itself", {"width": 150}, (150, 200), source=TURNED),
    case("upright on demand", {"width": 150, "rotation": "auto"}, (150, 200), source=TURNED),
    png("mirrored", {"flip": "h"}, (400, 300), pixel=((10, 10), GREEN)),
    png("upside down", {"flip": "v"}, (400, 300), pixel=((10, 10), BLUE)),
    png("mirrored both ways", {"flip": "h_v"}, (400, 300), pixel=((10, 10), WHITE)),
    png("mirrored the other both ways", {"flip": "v_h"}, (400, 300), pixel=((10, 10), WHITE)),
    case("trimmed", {"trim": True}, (120, 80), source=FRAMED),
    case("trimmed by a threshold", {"trim": 40}, (120, 80), source=FRAMED),
    png("a border", {"width": 100, "border": "5_FFF000"}, (110, 85), pixel=((2, 2), YELLOW)),
    case("a border by an expression", {"width": 100, "border": "ih_div_20_FF00FF"}, (130, 105)),
    case("a border of the step before", [box(100, 100), {"border": "cw_mul_0.1_yellow"}], (120, 120)),
]
CASES = SIDES + RATIOS + CROPS + FOCUS + CHAINS + TURNS
