"""Layers: section 6 of the reference. None of them changes the size of what it lies on."""

from typing import Any

from tests.conformance.case import Case, Options, case, png, refused
from tests.conformance.pictures import BLACK, BLUE, CLEAR, GREEN, LOGO, MISSING, RED, WHITE, path_of

SIZE = (200, 150)
YELLOW = (255, 255, 0)
LOGO_PATH = path_of(LOGO)


def on_photo(name: str, overlay: Options, **more: Any) -> Case:
    return png(name, {"width": 200, "overlay": overlay}, SIZE, **more)


def text(words: str, step: Options | None = None, **more: object) -> Options:
    return {"type": "text", "text": words, **({"transformation": [step]} if step else {}), **more}


def image(step: Options | None = None, **more: object) -> Options:
    return {"type": "image", "input": LOGO_PATH, **({"transformation": [step]} if step else {}), **more}


def block(step: Options, **more: object) -> Options:
    return {"type": "solidColor", "color": "FFFF00", "transformation": [step], **more}


TEXTS = {
    "a word": "Sale",
    "words": "Sale now on",
    "simple marks": "50-60 kg_net.",
    "a comma": "red, green",
    "a colon": "now: half",
    "a comma and a colon": "a,b:c",
    "a slash": "1/2 off",
    "an ampersand": "salt & pepper",
    "a percentage": "50% off",
    "what looks encoded": "100%20sure%2C",
    "a plus": "1+1 = 2",
    "a question": "why? #1",
    "an apostrophe": "it's 'here'",
    "quotes": '"<so>" \\ {it} | is^',
    "two at signs": "me@@here",
    "the end of a layer": "l-end,l-text",
    "accents": "Déjà vu à la crème",
    "umlauts": "Größe ÄÖÜ",
    "other letters": "Привет 你好",
    "a picture of a face": "yes 👍🏽",
    "two lines": "one\ntwo",
    "padding of base64": "ab?>",
    "a dollar": "$1 $& off",
}
WORDS = [on_photo(f"text of {name}", text(words)) for name, words in TEXTS.items()]
PLAIN = [on_photo(f"plain text of {name}", text(words, encoding="plain")) for name, words in TEXTS.items()]
PACKED = [
    on_photo(f"packed text of {name}", text(TEXTS[name], encoding="base64"))
    for name in ("words", "a percentage", "other letters")
]
STYLES = [
    on_photo(f"text with {name} {value}", text("Sale now on", {name: value}))
    for name, value in (
        ("fontSize", 20), ("fontSize", "bh_div_5"), ("fontFamily", "Open Sans"), ("fontFamily", "/fonts/own font.ttf"),
        ("fontColor", "FF0000"), ("fontColor", "FFAABB50"), ("fontColor", "red"), ("width", 60),
        ("width", "bw_mul_0.2"),
        ("innerAlignment", "left"), ("innerAlignment", "right"), ("innerAlignment", "center"), ("padding", 10),
        ("padding", "10_20"), ("padding", "5_10_15_20"), ("padding", "bw_mul_0.05"), ("alpha", 5), ("typography", "b"),
        ("typography", "i"), ("typography", "b_i"), ("typography", "b_i_strikethrough"), ("background", "FFFF00"),
        ("background", "0000FF50"), ("radius", 10), ("radius", "max"), ("radius", "10_20_30_40"), ("rotation", 45),
        ("rotation", "N45"), ("flip", "h"), ("flip", "v_h"), ("lineHeight", 30), ("lineHeight", "bh_div_4"),
    )
]  # fmt: skip
EVERYTHING = {
    "fontSize": 18,
    "fontFamily": "Open Sans",
    "fontColor": "white",
    "innerAlignment": "left",
    "padding": "5_10",
    "typography": "b",
    "background": "FFFF00",
    "width": 100,
}
IMAGES = [
    on_photo("image", image(), pixel=((62, 57), RED)),
    on_photo("image with slashes around", {"type": "image", "input": f"/{LOGO_PATH}/"}),
    on_photo("image in base64", image(encoding="base64"), pixel=((62, 57), RED)),
    on_photo("image as plain", image(encoding="plain")),
    on_photo("image as the SDK likes", image(encoding="auto"), pixel=((62, 57), RED)),
    on_photo("image that is resized", image({"width": 40, "height": 40, "crop": "force"}), pixel=((82, 57), RED)),
    on_photo("image by an expression", image({"width": "bw_div_2"}), pixel=((52, 52), RED)),
    on_photo("image of a share", image({"width": 0.5})),
    on_photo("image untrimmed", image({"trim": False})),
    on_photo("image with everything", image({"width": 40, "border": "2_red", "radius": 5, "opacity": 50, "blur": 2})),
    on_photo("image turned", image({"rotation": 90}), pixel=((82, 37), BLUE)),
    on_photo("image padded", image({"width": 60, "height": 60, "cropMode": "pad_resize", "background": "red"})),
    on_photo("transparent image", {"type": "image", "input": path_of(CLEAR)}),
    on_photo("image in grey", image({"grayscale": True})),
    on_photo("image with a shadow", image({"shadow": True, "gradient": True, "sharpen": 5, "contrastStretch": True})),
    on_photo("image with density", image({"width": 20, "dpr": 2, "quality": 50, "focus": "top"})),
    on_photo("image in steps", image() | {"transformation": [{"width": 40}, {"rotation": 90}]}, pixel=((92, 57), BLUE)),
    png("missing image", {"overlay": {"type": "image", "input": path_of(MISSING)}}, status=404),
    png("impossible image", {"overlay": {"type": "image", "input": "größe/my logo.png"}}, status=404),
    png(
        "impossible image, plain", {"overlay": {"type": "image", "input": "größe.png", "encoding": "plain"}}, status=404
    ),
]
PIECE = {"width": 20, "height": 20}
PLACES = [
    on_photo("at a point", block(PIECE, position={"x": 10, "y": 20}), pixel=((15, 25), YELLOW)),
    on_photo("at the edge", block(PIECE, position={"x": 0, "y": 20}), pixel=((5, 25), YELLOW)),
    on_photo("from the other edges", block(PIECE, position={"x": "N10", "y": "N20"}), pixel=((175, 115), YELLOW)),
    on_photo("by expressions", block(PIECE, position={"x": "bw_mul_0.4", "y": "bh_sub_50"}), pixel=((90, 110), YELLOW)),
    on_photo("by its centre", block(PIECE, position={"xCenter": 30, "yCenter": 40}), pixel=((22, 32), YELLOW)),
    on_photo("by centre and edge", block(PIECE, position={"xCenter": 30, "y": 40}), pixel=((22, 42), YELLOW)),
    *(
        on_photo(f"offsets from the {word}", block(PIECE, position={"x": 10, "y": 5, "anchorPoint": word}),
                 pixel=(point, YELLOW))
        for word, point in (
            ("top_left", (11, 6)), ("top", (111, 6)), ("top_right", (181, 6)),
            ("left", (11, 81)), ("center", (111, 81)), ("right", (181, 81)),
            ("bottom_left", (11, 131)), ("bottom", (111, 131)), ("bottom_right", (181, 131)),
        )
    ),
    on_photo("a centre from an anchor",
             block(PIECE, position={"xCenter": 10, "yCenter": 5, "anchorPoint": "center"}), pixel=((101, 71), YELLOW)),
    *(
        on_photo(f"at the {word}", block(PIECE, position={"focus": word}), pixel=(point, YELLOW))
        for word, point in (
            ("center", (100, 75)), ("top", (100, 5)), ("left", (5, 75)), ("bottom", (100, 145)), ("right", (195, 75)),
            ("top_left", (5, 5)), ("top_right", (195, 5)), ("bottom_left", (5, 145)), ("bottom_right", (195, 145)),
        )
    ),
    on_photo("a point wins over a focus", block(PIECE, position={"x": 10, "y": 20, "focus": "bottom_right"}),
             pixel=((15, 25), YELLOW)),
    on_photo("flush with the far edges", image(position={"x": "bw_sub_cw", "y": "bh_sub_ch"}),
             pixel=((195, 145), WHITE)),
]  # fmt: skip
MODES = [
    on_photo("layer mode multiply", image(layerMode="multiply", position={"x": 10, "y": 10}), pixel=((70, 20), BLACK)),
    *(
        on_photo(f"layer mode {word}", image(layerMode=word, position={"x": 10, "y": 10}))
        for word in ("cutter", "cutout", "displace")
    ),
]
BLOCKS = [
    on_photo("block", block({"width": 50, "height": 50}), pixel=((100, 75), YELLOW)),
    on_photo("block by expressions", block({"width": "bw_mul_0.5", "height": "bh_div_2"}), pixel=((60, 50), YELLOW)),
    on_photo("block that is half there", block({**PIECE, "alpha": 5})),
    on_photo("block that is rounded", block({**PIECE, "radius": "max"})),
    on_photo("block of eight digits", {**block(PIECE), "color": "FF000050"}),
    on_photo("block by name", {**block(PIECE), "color": "lime"}, pixel=((100, 75), GREEN)),
    on_photo("block with a gradient", block({**PIECE, "gradient": True})),
    on_photo("block with another gradient", block({**PIECE, "gradient": "ld-90_from-blue_to-FFFFFF00_sp-0.8"})),
    on_photo("block with another colour", block({**PIECE, "background": "0000FF"}), pixel=((100, 75), BLUE)),
]
NESTED = [
    on_photo("text with everything", text("Sale now on", EVERYTHING, position={"x": 5, "y": "N5"})),
    on_photo("text on an image", image({"width": 60, "overlay": text("It's, new", {"fontSize": 9})})),
    on_photo("image on an image", image({"width": 60, "overlay": image({"width": 20}, position={"x": 2, "y": 2})})),
    on_photo("three deep", image({"overlay": image({"width": 40, "overlay": block({"width": 10, "height": 10})})}),
             pixel=((100, 75), YELLOW)),
    refused("four deep", {"overlay": image({"overlay": image({"overlay": image({"overlay": block(PIECE)})})})}),
    png("one on another", [{"width": 200, "overlay": block({"width": 100, "height": 100})}, {"overlay": block(PIECE)},
                           {"overlay": text("Top: all, of it")}], SIZE, pixel=((60, 40), YELLOW)),
    png("then resized", [{"overlay": text("Sale, now")}, {"width": 100}], (100, 75)),
    png("resized before", [{"width": 100}, {"overlay": image({"width": 20})}, {"rotation": 90}], (75, 100)),
    png("two in raw", {"width": 200, "raw": "l-text,i-one,l-end,l-text,i-two words,ly-10,l-end"}, SIZE),
    png("with times", {"width": 200, "overlay": text("Sale", timing={"start": 1, "end": 2.5, "duration": 3})}, SIZE),
    case("empty text", {"width": 200, "overlay": text("")}, SIZE),
    refused("video", {"overlay": {"type": "video", "input": "clip.mp4"}}),
    refused("subtitles", {"overlay": {"type": "subtitle", "input": "words.srt"}}),
    refused("subtitles of a style", {"overlay": {"type": "subtitle", "input": "words.srt", "transformation": [
        {"fontOutline": "2_red", "fontShadow": "red_5_3", "color": "white"}]}}),
    png("a style of subtitles", {"width": 200, "overlay": text("Sale", {"fontOutline": "2_red", "fontShadow": "5"})},
        SIZE),
]  # fmt: skip
CASES = WORDS + PLAIN + PACKED + STYLES + IMAGES + PLACES + MODES + BLOCKS + NESTED
