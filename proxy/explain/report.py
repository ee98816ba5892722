"""An explanation as a person reads it."""

from collections.abc import Iterator
from typing import Any

Facts = dict[str, Any]
WIDTH = 12  # of the first column


def report(facts: Facts) -> str:
    return "\n".join(lines(facts)) + "\n"


def lines(facts: Facts) -> Iterator[str]:
    endpoint = facts["endpoint"]
    host = f" on {endpoint['host']}" if endpoint["host"] else ""
    yield row("endpoint", f"{endpoint['prefix']}{host}, from {', '.join(endpoint['connections'])}")
    if endpoint["folder"]:
        yield row("", "and the folder")
    yield row("signature", facts["signature"])
    if "source" in facts:
        yield from of_url(facts)
    if "steps" in facts:
        yield from of_steps(facts["steps"])
        yield from of_cache(facts["cache"]) if facts["cache"] else [row("cache key", unknown(facts))]
    if "list" in facts:
        yield from of_list(facts["list"])
    if "error" in facts:
        yield row("answer", of_error(facts["error"]))


def of_error(error: Facts) -> str:
    told, expected = f"{error['status']} {error['code']}: {error['message']}", error.get("expected", "")
    return told if expected in told else f"{told}, expected {expected}"


def of_list(pictures: dict[str, Facts]) -> Iterator[str]:
    for number, (path, facts) in enumerate(pictures.items()):
        error = facts.get("error")
        held = "in the cache" if not error and facts["cache"]["rendition"] else "not here"
        yield row("" if number else "list", f"{path}: {error['message'] if error else held}")


def of_url(facts: Facts) -> Iterator[str]:
    output = facts["output"]
    negotiated = output["negotiated_among"]
    instead = ", the default image: no file can have this path" if facts["source_is_default_image"] else ""
    yield row("source", f"{facts['source']}{instead}")
    if "address" in facts:
        yield from of_address(facts["address"])
    yield row("plan", facts["plan"] or "nothing is done to it")
    formats = f" (the viewer takes {', '.join(negotiated) or 'none of them'})" if negotiated is not None else ""
    yield row("format", f"{output['format'] or 'as it is stored'}{formats}")
    if output["avif_max_pixels"]:
        behind = "; drawn behind the first viewer" if output["avif_is_deferred"] else ""
        yield row("avif", f"up to {output['avif_max_pixels']} pixels{behind}")
    reservation = ", or that of a JPEG source if it is lower" if output["quality_is_default"] else ""
    yield row("quality", f"{output['quality']}{reservation}")
    for name in ("layers", "fonts", "varies_with"):
        if facts[name]:
            yield row(name.replace("_", " "), ", ".join(facts[name]))
    if facts["default_image"]:
        yield row("if missing", facts["default_image"])
    for change in facts["snapped"]:
        yield row("snapped", f"{change}: not on the ladder of unsigned sizes")
    for name in ("ignored", "simplified"):
        for note in facts[name]:
            yield row(name, f"{note['part']}: {note['why']}")


def of_address(address: Facts) -> Iterator[str]:
    """What of it was said, and what Akeneo has said."""
    names = ("kind", "owner", "code", "attribute", "position", "locale", "scope")
    yield row("address", ", ".join(f"{name} {address[name]}" for name in names if address[name]))
    yield row("file", address["file"] or "not known here: a viewer's request asks Akeneo")


def unknown(facts: Facts) -> str:
    known = "address" not in facts or facts["address"]["file"]
    return "unknown: no Akeneo is set" if known else "unknown: it is that of the file"


def of_steps(steps: list[Facts]) -> Iterator[str]:
    for number, step in enumerate(steps):
        size = step["size"] or "size shows when it is drawn"
        yield row("" if number else "steps", f"{step['step'] or 'nothing'} -> {size}")


def of_cache(cache: Facts) -> Iterator[str]:
    original = cache["original"]
    held = f"{original['type']}, {original['bytes']} bytes" if original else "not here"
    yield row("original", f"{held}, sent as it is stored" if cache["original_is_the_answer"] else held)
    other = "not here; another format, for a minute, is in the cache" if cache["rendition_for_now"] else "not here"
    yield row("rendition", "in the cache" if cache["rendition"] else other)
    yield row("cache key", cache["key"])


def row(name: str, text: str) -> str:
    return f"{name:{WIDTH}}{text}"
