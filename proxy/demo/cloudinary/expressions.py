"""Search expressions, as far as sync writes them: equality, AND, OR, NOT, brackets."""

import re
from collections.abc import Callable

from proxy.demo.cloudinary.metadata import Refused
from proxy.demo.cloudinary.model import CloudAsset

TOKEN = re.compile(
    r"\s*(?:(?P<bracket>[()])|(?P<word>AND|OR|NOT)\b"
    r'|(?P<name>[\w.]+)\s*[=:]\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s()"]+)))',
    re.IGNORECASE,
)
Test = Callable[[CloudAsset], bool]
PLAIN = {"asset_id", "public_id", "resource_type", "type", "format"}


def read_expression(text: str) -> Test:
    """Raises Refused. An empty expression finds everything."""
    reader = Reader(tokens_of(text))
    test = reader.either() if reader.tokens else (lambda _: True)
    if reader.tokens:
        raise Refused(400, f"Invalid expression: {text}")
    return test


def tokens_of(text: str) -> list[re.Match[str]]:
    found, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None:
            raise Refused(400, f"Invalid expression: {text}")
        found.append(match)
        at = match.end()
    return found


class Reader:
    def __init__(self, tokens: list[re.Match[str]]) -> None:
        self.tokens = tokens

    def either(self) -> Test:
        tests = [self.both()]
        while self.takes("OR"):
            tests.append(self.both())
        return lambda asset: any(test(asset) for test in tests)

    def both(self) -> Test:
        tests = [self.one()]
        while self.takes("AND"):
            tests.append(self.one())
        return lambda asset: all(test(asset) for test in tests)

    def one(self) -> Test:
        if self.takes("NOT"):
            test = self.one()
            return lambda asset: not test(asset)
        if self.takes("("):
            test = self.either()
            if not self.takes(")"):
                raise Refused(400, "Invalid expression: a bracket is open")
            return test
        if not self.tokens or not self.tokens[0]["name"]:
            raise Refused(400, "Invalid expression")
        return comparison(self.tokens.pop(0))

    def takes(self, word: str) -> bool:
        if self.tokens and (self.tokens[0]["word"] or self.tokens[0]["bracket"] or "").upper() == word:
            self.tokens.pop(0)
            return True
        return False


def comparison(token: re.Match[str]) -> Test:
    name = token["name"]
    value = re.sub(r"\\(.)", r"\1", token["quoted"]) if token["plain"] is None else token["plain"]
    if name.startswith("metadata."):
        field = name.removeprefix("metadata.")
        return lambda asset: has(asset.metadata.get(field), value)
    if name not in PLAIN:
        raise Refused(400, f"Invalid expression: unknown field {name}")
    return lambda asset: getattr(asset, name) == value


def has(held: object, value: str) -> bool:
    return value in held if isinstance(held, list) else held is not None and str(held) == value
