"""The lists of Akeneo's catalogue: not needed for pictures by their codes, but for all that begins at an entry."""

from proxy.commands.checking.findings import Verdict, left_out, warning
from proxy.commands.checking.wording import API, WEB_API

# What of the API, the right that it takes, and whether it lets a client choose how much comes.
LISTS: dict[str, tuple[str, str, bool]] = {
    "products": ("products", "List products", True),
    "families": ("families", "List families", True),
    "attributes": ("attributes", "List attributes", True),
    "channels": ("channels", "List channels", True),
    "asset families": ("asset-families", "List asset families", False),
    "reference entities": ("reference-entities", "List reference entities", False),
}
NEEDED = "Addresses, polling, events, warm and audit need it; pictures by their codes do not."


def is_offered(name: str, routes: set[str]) -> bool:
    return f"{API}/{LISTS[name][0]}" in routes


def path_to(name: str) -> str:
    """One entry is enough."""
    segment, _, limited = LISTS[name]
    return f"{API}/{segment}?limit=1" if limited else f"{API}/{segment}"


def verdict_on(name: str, status: int, said: str) -> Verdict:
    if status == 200:
        return Verdict("may be read")
    if status == 404 and said.startswith("No route found"):
        return not_there()
    told = f"may not be read ({status}): {said}".removesuffix(": ")
    if status != 403:
        return warning(told, NEEDED)
    right = f"In the PIM, give the role of the connection's user the right '{LISTS[name][1]}'."
    return warning(told, f"{WEB_API if 'web API' in said else right} {NEEDED}")


def not_there() -> Verdict:
    return left_out("this edition of Akeneo has none")
