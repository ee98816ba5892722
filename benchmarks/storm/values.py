"""Values for every parameter of the parser's own tables: mostly good ones, some at the edge."""

from base64 import b64encode, urlsafe_b64encode

from benchmarks.storm.dice import Dice, Make
from proxy.imagekit.colors import NAMED
from proxy.imagekit.focus import OBJECTS, PLACES
from proxy.plan.effects import Flip
from proxy.plan.expressions import OPERATORS
from proxy.plan.frame import Crop
from proxy.plan.output import OutputFormat
from proxy.plan.steps import Blend

BUILT_IN = "AbrilFatFace Amaranth Arvo Lato Lobster Monoton Roboto Ubuntu exo Vollkorn PT_Serif PT%20Mono Nobody"
CORNERS = ["top", "bottom", "left", "right", "top_right", "top_left", "bottom_left", "bottom_right"]
EFFECT_SIDES = [2, 5, 16, 50, 100, 150, 200]  # small beside a shop's, as the sources are: the rules are the same
LARGE_SIDES = [1000, 2000, 3000, 4096, 5000, 8192, 8193, 16383, 16384, 65535]
PRINTABLE = "abcXYZ019 -_.!?%&+~*'()[]{}<>/\\|#@$^`;=\""
SCRIPTS = [
    (0x41, 0x17F),
    (0x300, 0x36F),
    (0x370, 0x52F),
    (0x590, 0x6FF),
    (0x900, 0x97F),
    (0xE00, 0xE7F),
    (0x2000, 0x206F),
    (0x3040, 0x30FF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0xE000, 0xF8FF),
    (0xFE00, 0xFE0F),
    (0x1F300, 0x1FAFF),
    (0xE0000, 0xE01EF),
    (0x0, 0x1F),
]


def choice(words: object) -> Make:
    chosen = [str(word) for word in words]  # type: ignore[attr-defined]
    return lambda dice: dice.one(chosen)


def whole(lowest: int, highest: int) -> Make:
    return lambda dice: str(dice.one([lowest, highest, *(dice.whole(lowest, highest) for _ in range(3))]))


def signed(farthest: int) -> Make:
    return lambda dice: ("N" if dice.happens(0.4) else "") + str(dice.whole(0, farthest))


def decimal(highest: float) -> Make:
    return lambda dice: f"{dice.random.uniform(0, highest):.{dice.whole(0, 7)}f}"


def pixels(dice: Dice) -> str:
    if dice.happens(dice.large):
        return str(dice.one(LARGE_SIDES))
    return str(dice.one([1, dice.one(EFFECT_SIDES), dice.whole(1, 200), dice.whole(10, 150)]))


def share(dice: Dice) -> str:
    return f"{dice.random.uniform(0.001, 0.999):.{dice.whole(1, 6)}f}"


def operand(dice: Dice) -> str:
    known: Make = lambda dice: dice.variable()  # noqa: E731 (a value of a table)
    return dice.of(known, known, decimal(3), whole(1, 300), choice(["0", "0.0", "1", "2", "1000000000"]))


def expression(dice: Dice) -> str:
    """Sums that often come to nothing sensible; towers of powers and divisions by zero among them."""
    operators = sorted(OPERATORS)
    rest = [f"{dice.one(operators)}_{operand(dice)}" for _ in range(dice.whole(0, 5))]
    return "_".join([operand(dice), *rest])


def sensible(dice: Dice) -> str:
    variable = dice.one([name for name in dice.variables if name.endswith(("w", "h"))])
    return dice.one(
        [f"{variable}_div_2", f"{variable}_mul_0.{dice.whole(1, 9)}", f"{variable}_add_{dice.whole(0, 50)}"]
    )


def side(dice: Dice) -> str:
    return dice.of(*[pixels] * 7, share, sensible, sensible, expression if dice.happens(0.3) else pixels)


def color(dice: Dice) -> str:
    code = f"{dice.whole(0, 0xFFFFFF):06{dice.one('xX')}}"
    return dice.one([code, f"{code}{dice.whole(0, 99):02d}", dice.one(sorted(NAMED))])


def ratio(dice: Dice) -> str:
    return dice.one([f"{dice.whole(1, 20)}{dice.one('-_')}{dice.whole(1, 20)}", f"{dice.random.uniform(0.05, 9):.3f}"])


def joined(dice: Dice, parts: dict[str, Make]) -> str:
    chosen = [key for key in parts if dice.happens(0.6)]
    dice.random.shuffle(chosen)
    return "_".join(f"{key}-{parts[key](dice)}" for key in chosen)


def shadow(dice: Dice) -> str:
    return joined(dice, {"bl": whole(0, 15), "st": whole(0, 100), "x": signed(100), "y": signed(100)})


def gradient(dice: Dice) -> str:
    directions = choice([*CORNERS, *range(0, 360, 7)])
    stop: Make = lambda dice: dice.of(share, pixels, sensible)  # noqa: E731 (a value of a table)
    return joined(dice, {"ld": directions, "from": color, "to": color, "sp": stop})


def distort(dice: Dice) -> str:
    if dice.happens(0.5):
        return f"a-{dice.of(signed(360), decimal(360))}"
    corners = [0, 0, 100, 0, 100, 75, 0, 75] if dice.happens(0.7) else [0] * 8
    reach = dice.one([5, 30, 150, 65535])
    places = [corner + dice.whole(-reach, reach) for corner in corners]
    return "p-" + "_".join(f"N{-place}" if place < 0 else str(place) for place in places)


def background(dice: Dice) -> str:
    blurred: Make = lambda dice: f"blurred_{dice.one(['auto', '0', '15', '100'])}_{signed(255)(dice)}"  # noqa: E731
    return dice.of(color, color, choice(["dominant", "gradient_dominant", "gradient_dominant_4", "blurred"]), blurred)


def condition(dice: Dice) -> str:
    subjects, relations = ["w", "h", "ar", "iw", "ih", "iar"], ["eq", "ne", "gt", "gte", "lt", "lte"]
    value: Make = lambda dice: dice.of(pixels, ratio, decimal(2))  # noqa: E731
    claims = [f"{dice.one(subjects)}_{dice.one(relations)}_{value(dice)}" for _ in range(dice.whole(1, 3))]
    return dice.one(["_and_", "_or_"]).join(claims)


def words(dice: Dice) -> str:
    """Letters of any script, controls and joiners included."""
    length = dice.one([1, 5, 20, 60]) if not dice.happens(dice.large) else dice.whole(100, 2500)
    if dice.happens(0.5):
        return "".join(dice.one(PRINTABLE) for _ in range(length))
    scripts = dice.some(SCRIPTS, 3)
    return "".join(chr(dice.whole(*dice.one(scripts))) for _ in range(length))


def packed(text: str, dice: Dice) -> str:
    code = dice.one([b64encode, urlsafe_b64encode])(text.encode(errors="replace")).decode()
    return code.rstrip("=") if dice.happens(0.5) else code


size: Make = lambda dice: dice.of(whole(1, 60), whole(4, 30), pixels, sensible)  # noqa: E731
offset: Make = lambda dice: ("N" if dice.happens(0.3) else "") + dice.of(whole(0, 100), sensible, pixels)  # noqa: E731
place = choice(PLACES)
boolean = choice(["true", "false"])

# By key; a row of the tables that is not here yet gets odd values only.
VALUES: dict[str, Make] = {
    "w": lambda dice: dice.of(side, side, side, choice(["auto"])),
    "h": side,
    "ar": lambda dice: dice.of(*[ratio] * 5, expression),
    "c": choice(Crop),
    "cm": choice(Crop),
    "fo": choice([*PLACES, "auto", "auto", "face", "custom", *OBJECTS.split()[:3]]),
    **dict.fromkeys(
        ["x", "y", "xc", "yc"], lambda dice: dice.of(*[whole(0, 30)] * 5, signed(150), sensible, expression)
    ),
    "z": decimal(3),
    "dpr": lambda dice: dice.of(*[choice(["1", "2", "3", "1.5", "0.5", "auto", "5", "0.1", "6"])] * 5, expression),
    "t": lambda dice: dice.of(boolean, whole(1, 99)),
    "rt": lambda dice: dice.of(choice(["90", "180", "270", "N90", "360", "auto"]), signed(400), decimal(360)),
    "fl": choice([*Flip, "v_h"]),
    "bg": background,
    "b": lambda dice: f"{dice.of(whole(0, 20), whole(0, 20), pixels, sensible)}{dice.one('_-')}{color(dice)}",
    "r": lambda dice: dice.of(
        whole(0, 100), choice(["max"]), lambda dice: "_".join(dice.some(["0", "5", "20", "99"], 4) * 4)[:7].strip("_")
    ),
    "o": whole(0, 100),
    "bl": whole(1, 100),
    "e-grayscale": choice(["", "true", "false"]),
    "e-contrast": choice(["", "true", "false"]),
    "e-sharpen": lambda dice: dice.of(choice(["", "true", "false"]), decimal(20), decimal(10_000)),
    "e-usm": lambda dice: "-".join(dice.of(decimal(3), decimal(1000)) for _ in range(4)),
    "e-shadow": shadow,
    "e-gradient": gradient,
    "cr": lambda dice: "_".join([color(dice), whole(0, 100)(dice), color(dice)][: dice.whole(1, 3)]),
    "e-colorize": lambda dice: joined(dice, {"co": color, "in": whole(0, 100)}),
    "e-distort": distort,
    "f": choice([*OutputFormat, "jpeg"]),
    "q": lambda dice: dice.of(whole(1, 100), choice(["auto"])),
    **dict.fromkeys(["pr", "lo", "cp", "md"], boolean),
    "dn": lambda dice: dice.of(whole(1, 1200), choice(["idn_mul_2", "idn_mul_2", "idn_pow_9"])),
    "pg": lambda dice: dice.of(whole(1, 6), choice(["2-4", "1_3", "4-", 'name-"a"', "100000"])),
    "orig": lambda dice: "true" if dice.happens(0.05) else "false",
    **dict.fromkeys(["lx", "ly", "lxc", "lyc"], offset),
    "lap": place,
    "lfo": place,
    "lm": choice(Blend),
    "al": whole(1, 9),
    "ff": choice(BUILT_IN.split()),
    "fs": size,
    "co": color,
    "ia": choice(["left", "right", "center"]),
    "pa": lambda dice: dice.of(lambda dice: "_".join(dice.some(["0", "5", "12", "40"], 4)), sensible),
    "tg": lambda dice: "_".join(dice.some(["b", "i", "strikethrough"], 3)),
    "lh": size,
}
VALUES_OF_TEXT: dict[str, Make] = VALUES | {"w": size, "bg": color}


def value(dice: Dice, key: str, table: dict[str, Make] = VALUES) -> str:
    return dice.odd() if dice.happens(dice.silly) or key not in table else table[key](dice)
