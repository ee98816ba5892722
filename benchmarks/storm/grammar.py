"""Transformations from the parser's own tables: steps, chains, if-blocks, layers on layers."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from benchmarks.storm.dice import OF_DRAWN_LAYER, OF_PICTURE, Dice
from benchmarks.storm.values import VALUES, VALUES_OF_TEXT, condition, packed, value, words
from proxy.imagekit.layer_parameters import CANVAS, POSITION, TEXT
from proxy.imagekit.parameter import Part
from proxy.imagekit.parameters import PARAMETERS
from proxy.imagekit.refusals import REFUSED as ABSENT

KEYS = [row.key for row in PARAMETERS]
FRAME_KEYS = [row.key for row in PARAMETERS if row.part is Part.FRAME]
LAYER_KEYS = [row.key for row in PARAMETERS if row.part in {Part.FRAME, Part.STEP, Part.LOOK}]
POSITION_KEYS = [row.key for row in POSITION]
TEXT_KEYS = [row.key for row in TEXT if row.key not in {"i", "ie"}]
CANVAS_KEYS = [row.key for row in CANVAS]
REFUSED = sorted(word for absence in ABSENT for word in absence.words)
NAMES = ["card", "chain", "choice", "label", "nobody"]
MAX_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Writer:
    """`sources` are paths that layers may name, `fonts` those of fonts."""

    dice: Dice
    sources: Sequence[str]
    fonts: Sequence[str] = ()

    def transformation(self) -> str:
        steps = [self.step() for _ in range(self.dice.one([1, 1, 1, 2, 2, 3, 4]))]
        if self.dice.happens(0.01):
            steps *= self.dice.one([8, 16, 33])
        return ":".join(steps)

    def step(self, depth: int = 0, chosen: bool = False) -> str:
        if depth < MAX_DEPTH and self.dice.happens(0.01 if chosen else 0.06):
            return self.choice(depth)
        items = self.params(KEYS if depth == 0 else LAYER_KEYS, 5)
        if self.dice.happens(0.5):
            items += self.params(FRAME_KEYS[:2], 2)
        if depth < MAX_DEPTH + self.dice.happens(0.02) and self.dice.happens(0.25):
            items += [self.layer(depth) for _ in range(self.dice.one([1, 1, 2, 3]))]
        if self.dice.happens(0.02):
            items.append(self.dice.one([f"n-{self.dice.one(NAMES)}", f"{self.dice.one(REFUSED)}-5", "zz-1", "", ","]))
        self.dice.random.shuffle(items)
        return ",".join(items)

    def params(self, keys: Sequence[str], most: int) -> list[str]:
        return [self.param(key) for key in self.dice.some(keys, most)]

    def param(self, key: str) -> str:
        if key == "di":
            return f"di-{self.source()}"
        text = value(self.dice, key)
        return f"{key}-{text}" if text else key

    def choice(self, depth: int) -> str:
        """Sometimes inside another, which is refused."""
        parts = [
            f"if-{condition(self.dice)}",
            ":".join(self.step(depth, chosen=True) for _ in range(self.dice.whole(0, 2))),
        ]
        if self.dice.happens(0.5):
            parts += ["if-else", self.step(depth, chosen=True)]
        return ",".join([*parts, "if-end"])

    def layer(self, depth: int) -> str:
        outside = self.dice.variables
        head = self.dice.of(lambda _: self.image(), lambda _: self.text(), lambda _: self.canvas())
        items = [
            *self.params(POSITION_KEYS, 3),
            *([self.layer(depth + 1)] if depth < 2 and self.dice.happens(0.2) else []),
        ]
        chain = "" if self.dice.happens(0.8) else ":" + self.step(depth + 1)
        self.dice.variables = outside
        return ",".join([head, *items]) + chain + ",l-end"

    def image(self) -> str:
        self.dice.variables = (*OF_PICTURE, *OF_DRAWN_LAYER)
        name = self.source()
        source = f"ie-{quote(packed(name, self.dice))}" if self.dice.happens(0.5) else f"i-{name}"
        page = [f"pg-{value(self.dice, 'pg')}"] if self.dice.happens(0.1) else []
        return ",".join(["l-image", source, *page, *self.params(LAYER_KEYS, 3)])

    def canvas(self) -> str:
        self.dice.variables = OF_DRAWN_LAYER
        return ",".join(["l-image,i-ik_canvas", *self.params(CANVAS_KEYS, 2), *self.params(LAYER_KEYS, 3)])

    def text(self) -> str:
        self.dice.variables = OF_DRAWN_LAYER
        content = words(self.dice)
        said = f"i-{quote(content)}" if self.dice.happens(0.5) else f"ie-{quote(packed(content, self.dice))}"
        keys = [key for key in self.dice.some(TEXT_KEYS, 4) if key != "ff"]
        font = [f"ff-{self.font()}"] if self.dice.happens(0.3) else []
        return ",".join(["l-text", said, *font, *(f"{key}-{value(self.dice, key, VALUES_OF_TEXT)}" for key in keys)])

    def source(self) -> str:
        name = self.dice.one(self.sources).replace("/", "@@")
        return self.dice.odd() if self.dice.happens(self.dice.silly) else f"{self.dice.one(['', '', '@@'])}{name}"

    def font(self) -> str:
        if self.fonts and self.dice.happens(0.3):
            return self.dice.one(self.fonts).replace("/", "@@")
        return VALUES["ff"](self.dice)
