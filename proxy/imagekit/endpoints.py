"""The ways in: which endpoint a request is for, and what its target means there (ImageKit reference, section 1)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from proxy.errors import BadRequest, InvalidTransformation, NoSuchPath, ProxyError, SettingsError, SignatureRefused
from proxy.imagekit.hints import Hints
from proxy.imagekit.meaning import Dialect, Meaning, Words
from proxy.imagekit.notes import Note
from proxy.imagekit.reading import NO_HINTS, read_plan
from proxy.imagekit.signature import OURS, UNSIGNED, verify
from proxy.imagekit.url import NOWHERE, Address, ReadUrl, locate, read_address, without_origin
from proxy.settings import Endpoint

NAMED = "MEDIA_PROXY_NAMED_TRANSFORMATIONS"
NO_KEY = "there is no key to check signatures with"
NO_FILE = "no such media path"


def check_names(endpoints: Iterable[Endpoint]) -> None:
    """Every named transformation is one; raises SettingsError, which names the first that is not."""
    for endpoint in endpoints:
        for name in endpoint.named_transformations:
            try:
                if not endpoint.named_transformations[name].removeprefix("tr:").strip():
                    raise InvalidTransformation(name, "a transformation such as w-300")
                read_plan(f"n-{name}", names=endpoint.named_transformations)
            except ProxyError as error:
                raise SettingsError(f"{NAMED}__{name}: {error.message}") from None


def in_order(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """One of a certain host comes before those of any host, a longer prefix before a shorter one."""
    return sorted(endpoints, key=lambda endpoint: (endpoint.host is None, -len(endpoint.prefix)))


def find(endpoints: Sequence[Endpoint], target: str, authority: str = "") -> tuple[Endpoint, str]:
    """The first that the target leads to, and what is behind it: raw, and what a signature covers.

    `authority` is the request's `Host`; a target in absolute form has its own. Raises NoSuchPath.
    """
    own, local = without_origin(target)
    host, behind_slashes = host_of(own or authority), local.lstrip("/")
    for endpoint in endpoints:
        if leads(endpoint, host, behind_slashes.partition("?")[0]):
            behind = behind_slashes[len(endpoint.prefix) :] if endpoint.prefix else local
            return endpoint, behind.removeprefix("/")
    raise NoSuchPath("no such path")


def leads(endpoint: Endpoint, host: str, path: str) -> bool:
    if endpoint.host not in {None, host}:
        return False
    return not endpoint.prefix or f"{path}/".startswith(f"{endpoint.prefix}/")


def host_of(authority: str) -> str:
    """The name alone: `[::1]:8080` and `localhost:8080` without the port."""
    name, bracket, _ = authority.lower().rpartition("@")[2].partition("]")
    return name + bracket if bracket else name.partition(":")[0].removesuffix(".")


def dialect_of(endpoint: Endpoint) -> Dialect:
    return Dialect(
        endpoint.output, endpoint.named_transformations, endpoint.named_only, tuple(endpoint.abuse.width_ladder)
    )


def read(
    endpoint: Endpoint,
    remainder: str,
    accept: str,
    hints: Hints = NO_HINTS,
    *,
    trusted: bool = False,
    meaning_of: Callable[[Words], Meaning] | None = None,
) -> ReadUrl:
    """Raises NoSuchPath, InvalidTransformation, LimitExceeded, and SignatureRefused unless who asks is `trusted`.

    `meaning_of` may remember what the endpoint's dialect would say.
    """
    signed = is_signed(endpoint, remainder, trusted)
    address = located(endpoint, remainder, allowed=signed or trusted or not endpoint.signing.required)
    meaning_of = meaning_of or dialect_of(endpoint).meaning

    def meant() -> ReadUrl:
        url = read_address(address, accept, meaning_of(address.words(hints, free=signed)))
        return url if endpoint.signing.keys else unchecked(url, remainder)

    return stand_in(meant) if address.path == NOWHERE else meant()


def located(endpoint: Endpoint, remainder: str, *, allowed: bool) -> Address:
    """Raises what `locate` does; who is not `allowed` to ask is told no more than NoSuchPath or SignatureRefused."""
    try:
        address = locate(f"/{remainder}", folder=endpoint.folder is not None, entries=endpoint.knows_entries)
    except BadRequest:
        if allowed:
            raise
        raise SignatureRefused(UNSIGNED) from None
    if not allowed:
        raise NoSuchPath(NO_FILE) if address.path == NOWHERE else SignatureRefused(UNSIGNED)
    return address


def stand_in(read: Callable[[], ReadUrl]) -> ReadUrl:
    """A path that no file can have is missing like any other, and a default image is shown. Raises NoSuchPath, whatever
    else may be wrong.
    """
    try:
        default = read().default
    except BadRequest:
        default = None
    if default is None:
        raise NoSuchPath(NO_FILE)
    return default


def unchecked(url: ReadUrl, remainder: str) -> ReadUrl:
    """With a note of its signature, where there is no key to check it with."""
    query = remainder.partition("?")[2]
    names = OURS & {pair.partition("=")[0] for pair in query.split("&")} if query else ()
    return replace(url, ignored=(*url.ignored, *(Note(name, NO_KEY) for name in sorted(names)))) if names else url


def is_signed(endpoint: Endpoint, remainder: str, trusted: bool) -> bool:
    """A forged URL is refused, whatever it says; only to who is trusted it is one that is not signed."""
    try:
        return verify(remainder, endpoint.signing.keys, required=False)
    except SignatureRefused:
        if trusted:
            return False
        raise
