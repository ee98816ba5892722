"""Text of a transformation -> raw steps: separators, nesting, encodings. Knows no parameter.

Grammar and encodings: ImageKit reference, section 1. The text is split first, then every item is decoded once.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from proxy.errors import InvalidTransformation, LimitExceeded

MAX_STEPS = 32
MAX_ITEMS = 256
MAX_DEPTH = 8  # ImageKit nests layers three deep
SHOWN_LENGTH = 80
SEPARATOR = re.compile(r"[,:]|%2C|%3A", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Param:
    """`w-300` as key and decoded value, and as it is written. A flag has an empty value."""

    key: str
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A layer (`l-...,l-end`) or an if-block (`if-...,if-end`), with whatever stands inside."""

    head: Param
    steps: tuple["RawStep", ...]
    text: str


Item = Param | Block
RawStep = tuple[Item, ...]


def read_steps(text: str, *, form: bool = False) -> tuple[RawStep, ...]:
    """Split a chain of steps; `form` is the query's way of writing, where `+` is a space. Empty items vanish."""
    if form and is_form_encoded(text):
        text, form = decode(text, form), False
    splitter = Splitter(text, form)
    start = 0
    for separator in SEPARATOR.finditer(text):
        if splitter.is_text(start, separator[0]):
            continue
        splitter.take(start, separator.start())
        start = separator.end()
        if separator[0] in (":", "%3A", "%3a"):
            splitter.open[-1].end_step()
    splitter.take(start, len(text))
    return splitter.finish()


def is_form_encoded(text: str) -> bool:
    """Whether a query's value is encoded as a whole: its own encodings, of a layer's text say, are then inside."""
    return not {",", ":"} & set(text) and SEPARATOR.search(text) is not None


def shown(text: str) -> str:
    """What an error may repeat of a viewer's text: short, printable, safe inside a header."""
    safe = "".join(letter if " " <= letter <= "~" else "?" for letter in text[:SHOWN_LENGTH])
    return safe if len(text) <= SHOWN_LENGTH else f"{safe}..."


def read_param(text: str, form: bool) -> Param:
    """The key is all before the first `-`; an effect's name belongs to its key: `e-sharpen`."""
    key, dash, value = decode(text, form).partition("-")
    if key == "e" and dash:
        name, _, value = value.partition("-")
        key = f"e-{name}"
    return Param(key, value, text)


def decode(text: str, form: bool) -> str:
    """A `+` inside base64 (`ie-`) is a letter in either way of writing."""
    if form and not text.startswith("ie-"):
        text = text.replace("+", " ")
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeError:
        raise InvalidTransformation(shown(text), "percent-encoded UTF-8") from None


class Level:
    """Steps being collected: of the chain itself, or of a block that is open."""

    def __init__(self, start: int = 0, head: Param | None = None) -> None:
        self.start = start
        self.head = head
        self.steps: list[RawStep] = []
        self.step: list[Item] = []

    def end_step(self) -> None:
        if not self.step:
            return
        if len(self.steps) == MAX_STEPS:
            raise LimitExceeded(f"at most {MAX_STEPS} steps are taken")
        self.steps.append(tuple(self.step))
        self.step = []


class Splitter:
    """Builds the tree from items in reading order, with a stack in place of recursion."""

    def __init__(self, text: str, form: bool) -> None:
        self.text = text
        self.form = form
        self.open = [Level()]
        self.items = 0

    def is_text(self, start: int, separator: str) -> bool:
        """Whether an encoded separator is a letter of a text layer's `i-` value, behind one that is not."""
        head = self.open[-1].head
        in_text_layer = head is not None and (head.key, head.value) == ("l", "text")
        plain = start > 0 and self.text[start - 1] in ",:"
        return len(separator) == 3 and in_text_layer and plain and self.text.startswith("i-", start)

    def take(self, start: int, end: int) -> None:
        if start == end:
            return
        self.items += 1
        if self.items > MAX_ITEMS:
            raise LimitExceeded(f"at most {MAX_ITEMS} parameters are taken")
        param = read_param(self.text[start:end], self.form)
        match param.key, param.value:
            case "l" | "if", "end":
                self.close(param, end)
            case "if", "else":
                self.keep_else(param)
            case "l" | "if", kind if kind:
                self.enter(param, start)
            case _:
                self.open[-1].step.append(param)

    def enter(self, head: Param, start: int) -> None:
        if len(self.open) > MAX_DEPTH:
            raise LimitExceeded(f"{shown(head.text)}: at most {MAX_DEPTH} blocks may stand in each other")
        self.open.append(Level(start, head))

    def keep_else(self, param: Param) -> None:
        head = self.open[-1].head
        if head is None or head.key != "if":
            raise InvalidTransformation(shown(param.text), "an if- block around it")
        self.open[-1].step.append(param)

    def close(self, param: Param, end: int) -> None:
        level = self.open[-1]
        if level.head is None or level.head.key != param.key:
            raise InvalidTransformation(shown(param.text), f"an {param.key}- block that is open")
        self.open.pop()
        level.end_step()
        block = Block(level.head, tuple(level.steps), self.text[level.start : end])
        self.open[-1].step.append(block)

    def finish(self) -> tuple[RawStep, ...]:
        level = self.open[-1]
        if level.head is not None:
            raise InvalidTransformation(shown(level.head.text), f"an {level.head.key}-end behind it")
        level.end_step()
        return tuple(level.steps)
