"""What leaves the size alone: looks and output, sections 2.2, 2.3 and 5 of the reference."""

from tests.conformance.case import Case, Options, case, png, refused
from tests.conformance.pictures import BLACK, CLEAR, GRAPH, MISSING, MOVING, OPAQUE, PHOTO, RED, SHEET, WHITE, path_of

MODERN = "image/avif,image/webp,*/*"


def small(name: str, more: Options, type: str = "jpeg") -> Case:
    return case(name, {"width": 100, **more}, (100, 75), type)


EFFECTS = [
    small("blur", {"blur": 10}),
    png("greys", {"width": 100, "grayscale": True}, (100, 75), pixel=((10, 10), (76, 76, 76))),
    small("stretched contrast", {"contrastStretch": True}),
    small("sharpened", {"sharpen": True}),
    small("sharpened by a number", {"sharpen": 10}),
    small("unsharp mask", {"unsharpMask": True}),
    small("unsharp mask by numbers", {"unsharpMask": "2-2-0.8-0.024"}),
    case("shadow", {"width": 100, "shadow": True}, (100, 50), "png", source=CLEAR),
    case("shadow by numbers", {"width": 100, "shadow": "bl-15_st-40_x-10_y-N5"}, (100, 50), "png", source=CLEAR),
    small("gradient", {"gradient": True}),
    small("gradient by words", {"gradient": "ld-top_right_from-green_to-00FF0010_sp-0.5"}),
    small("gradient by an expression", {"gradient": "from-red_to-white_sp-ih_mul_0.2"}),
    small("radius", {"radius": 20}, "png"),
    small("largest radius", {"radius": "max"}, "png"),
    small("four radii", {"radius": "10_20_30_40"}, "png"),
    case("radius in JPEG", {"width": 100, "radius": 20, "format": "jpg", "background": "FFFFFF"}, (100, 75)),
    small("half opaque", {"opacity": 50}, "png"),
    small("half opaque on a colour", {"opacity": 50, "background": "FFFFFF"}),
    png("another colour", {"width": 100, "colorReplace": "FF0000_30_0000FF"}, (100, 75), pixel=((10, 65), RED)),
    small("another colour for the commonest", {"colorReplace": "FF0022"}),
    small("another colour with tolerance", {"colorReplace": "red_40"}),
    png("tinted", {"width": 100, "colorize": "co-red_in-100"}, (100, 75)),
    case("corners moved", {"distort": "p-20_20_380_0_400_300_0_280"}, type="png"),
    case("bent", {"distort": "a-30"}, type="png"),
    case("bent the other way", {"distort": "a-N30"}, type="png"),
    png("on white", {"background": "FFFFFF"}, (200, 100), source=CLEAR, pixel=((150, 50), WHITE)),
    refused("too much blur", {"blur": 900}),
    refused("three digits of a colour", {"background": "FFF", "format": "jpg"}),
    refused("a direction of no gradient", {"gradient": "ld-inward"}),
]
FORMATS = [
    *(case(f"format {word}", {"width": 100, "format": word}, (100, 75), kind) for word, kind in
      (("jpg", "jpeg"), ("jpeg", "jpeg"), ("webp", "webp"), ("png", "png"), ("avif", "avif"), ("orig", "jpeg"),
       ("auto", "jpeg"), ("gif", "jpeg"), ("svg", "jpeg"))),
    case("negotiated format", {"width": 100, "format": "auto"}, (100, 75), "webp", accept=MODERN),
    case("negotiated format by default", {"width": 100}, (100, 75), "webp", accept=MODERN),
    case("original format of what is negotiated", {"width": 100, "format": "orig"}, (100, 75), accept=MODERN),
    case("opaque PNG", {"width": 100}, (100, 50), "jpeg", source=OPAQUE),
    case("transparent PNG", {"width": 100}, (100, 50), "png", source=CLEAR),
    case("transparent PNG for who takes WebP", {"width": 100}, (100, 50), "webp", source=CLEAR, accept="image/webp"),
    case("transparent PNG in JPEG", {"width": 100, "format": "jpg"}, (100, 50), source=CLEAR, pixel=((75, 25), BLACK)),
    case("vector as it is", {"width": 79}, type="svg+xml", source=GRAPH),
    case("vector in pixels", {"format": "png"}, (158, 33), "png", source=GRAPH),
    case("vector in more pixels", {"width": 316, "format": "png"}, (316, 66), "png", source=GRAPH),
    case("vector in JPEG", {"width": 200, "format": "jpg"}, (200, 42), source=GRAPH),
    case("moving picture", {"width": 30}, (30, 20), "gif", source=MOVING),
    case("moving picture in WebP", {"width": 30, "format": "webp"}, (30, 20), "webp", source=MOVING),
    case("document", {"width": 30}, type="text/plain", source=SHEET),
    *(refused(f"format {word} of a video", {"format": word}) for word in ("mp4", "webm")),
]  # fmt: skip
SWITCHES = [
    small("quality", {"quality": 30}),
    small("best quality", {"quality": 100}),
    refused("quality of none", {"quality": 0}),
    refused("quality beyond", {"quality": 101}),
    *(small(f"{name} {value}", {name: value})
      for name in ("progressive", "lossless", "colorProfile", "metadata", "original") for value in (False,)),
    *(small(f"{name} True", {name: True}) for name in ("progressive", "lossless", "colorProfile", "metadata")),
    case("lossless WebP", {"width": 100, "lossless": True, "format": "webp"}, (100, 75), "webp"),
    case("without trimming", {"trim": False}, (400, 300)),
    case("effects that are off", {"width": 100, "grayscale": False, "contrastStretch": False}, (100, 75)),
    case("as it is stored", {"width": 100, "original": True}, (400, 300), accept=MODERN),
    case("page of a picture", {"width": 100, "page": 2}, (100, 75)),
    case("layers of a file", {"width": 100, "page": "name-layer-4"}, (100, 75)),
    case("density of print", {"width": 100, "density": 300}, (100, 75)),
    case("density of print by an expression", {"width": 100, "density": "idn_mul_2"}, (100, 75)),
    case("default image", {"width": 100, "defaultImage": path_of(PHOTO)}, (100, 75), source=MISSING),
    case("default image with slashes", {"height": 75, "defaultImage": f"/{path_of(PHOTO)}"}, (100, 75), source=MISSING),
    case("default image that is not needed", {"width": 100, "defaultImage": path_of(CLEAR)}, (100, 75)),
    case("what is about videos", {"width": 100, "startOffset": 5, "endOffset": "10.5", "duration": 3}, (100, 75)),
    *(case(f"codec {word}", {"width": 100, "videoCodec": word}, (100, 75)) for word in ("h264", "vp9", "av1", "none")),
    *(case(f"sound {word}", {"width": 100, "audioCodec": word}, (100, 75)) for word in ("aac", "opus", "none")),
    case("streaming", {"width": 100, "streamingResolutions": ["240", "360", "480", "720", "1080", "1440", "2160"]},
         (100, 75)),
    case("nothing there", {"width": 100}, status=404, source=MISSING),
]  # fmt: skip
NAMED = [
    case("a name", {"named": "thumb"}, (100, 75)),
    case("a name of a chain", {"named": "turned"}, (100, 200)),
    case("a name and more", {"named": "thumb", "width": 50}, (50, 38)),
    case("a name with a dash", {"named": "small-grey"}, (40, 30)),
    case("a name in a chain", [{"named": "turned"}, {"named": "thumb"}], (50, 100)),
    case("a name of a layer", {"named": "badge"}, (400, 300)),
    refused("a name that is not defined", {"named": "thumbs"}),
]
PAID = [
    refused(f"{name} {value}", {"width": 100, name: value})
    for name, value in (
        ("aiUpscale", True), ("aiRetouch", True), ("aiVariation", True), ("aiRemoveBackground", True),
        ("aiRemoveBackgroundExternal", True), ("aiDropShadow", True), ("aiDropShadow", "az-45"),
        ("aiChangeBackground", "prompt-snow road"), ("aiEdit", "prompt-a red hat"), ("aiEdit", "prompte-c25vdw%3D%3D"),
        ("background", "genfill"), ("background", "genfill-prompt-snow road"),
    )
]  # fmt: skip
CASES = EFFECTS + FORMATS + SWITCHES + NAMED + PAID
