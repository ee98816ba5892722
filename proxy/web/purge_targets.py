"""The body of a purge -> what is to be purged: an address of ours, a file, or everything of an endpoint."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import combinations

from proxy.address import EntryAddress
from proxy.cache.purges.scope import Below, Files
from proxy.delivery.ingredients import layered
from proxy.delivery.purging import Wanted
from proxy.errors import NoSuchPath, ProxyError
from proxy.imagekit.accept import NAMED
from proxy.imagekit.url import ORIGIN, ReadUrl, read_entry
from proxy.media import FAMILIES, MediaPath, MediaRequest, place_of
from proxy.plan.plan import Plan
from proxy.web.access import printable
from proxy.web.endpoints import Endpoints, Gate
from proxy.web.guard import Caller
from proxy.web.purge_wildcards import prefix_of

EXPECTED = (
    'expected one of {"url": "https://..."}, {"path": "media-files/..."}, {"code": "..."} and {"endpoint": "..."}'
)
VARIANTS = [frozenset(some) for count in range(len(NAMED) + 1) for some in combinations(NAMED.values(), count)]


class PurgeRefused(Exception):
    """Why, and what would have been welcome."""

    def __init__(self, message: str, help: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.status = status


class PurgeTargets:
    """Every method raises PurgeRefused. What a caller may not touch is left out, or refused if nothing is left."""

    def __init__(self, endpoints: Endpoints) -> None:
        self.endpoints = endpoints

    def read(self, body: object, caller: Caller) -> Wanted:
        readers = {"url": self.of_url, "path": self.of_path, "code": self.of_code, "endpoint": self.of_endpoint}
        if not isinstance(body, dict) or len(body) != 1:
            raise PurgeRefused("Invalid request", EXPECTED)
        [(kind, what)] = body.items()
        if kind not in readers or not isinstance(what, str):
            raise PurgeRefused("Invalid request", EXPECTED)
        return readers[kind](what, caller)

    def of_url(self, url: str, caller: Caller) -> Wanted:
        """Its endpoint is found as for a viewer."""
        origin = ORIGIN.match(url)
        try:
            if origin is None or not origin[1]:
                raise NoSuchPath("expected a whole URL, https://host/...")
            gate, remainder = self.endpoints.find(url, {})
            self.allowed([gate], caller)
            return (
                self.of_wildcard(url, gate, remainder, caller) if "*" in url else self.of_one(gate, remainder, caller)
            )
        except NoSuchPath as error:
            raise PurgeRefused("Invalid url", f"{error.message}: purges act on our own addresses only") from None
        except ProxyError as error:
            raise PurgeRefused("Invalid url", error.message) from None

    def of_wildcard(self, url: str, gate: Gate, remainder: str, caller: Caller) -> Wanted:
        if url.index("*") != len(url) - 1:
            raise PurgeRefused("Invalid url", "expected * at the end of the URL, or none")
        prefix = prefix_of(remainder.removesuffix("*"), folder=gate.endpoint.folder is not None)
        return Wanted(below(prefix, [gate]), "wildcard", printable(f"{prefix}*"), str(caller))

    def of_one(self, gate: Gate, remainder: str, caller: Caller) -> Wanted:
        """The rendition for every viewer, and all originals that it is made of. A signature is not looked at."""
        url = gate.read_any(remainder, "", trusted=True)
        if not isinstance(url, ReadUrl):
            raise PurgeRefused("Invalid url", "a list is kept by CDNs alone; purge its pictures")
        if url.entry is not None:
            return self.of_entry([gate], url.entry, caller)
        group = gate.delivery.originals
        group.having(url.request.path)  # a path of nobody is an error; what lies on it, or stands in for it, may be one
        asked = [url, *([url.default] if url.default else [])]
        keys = tuple(key for one in asked for key in keys_of(gate, one))
        paths = [*(one.request.path for one in asked), *others_of(url.request.plan)]
        originals = {place_of(it.origin.name, path) for path in paths if group.knows(path) for it in group.having(path)}
        name = f"{url.request.path}|{url.request.plan}"
        return Wanted(Files(keys, tuple(sorted(originals))), "url", name, str(caller))

    def of_entry(self, gates: Sequence[Gate], entry: EntryAddress, caller: Caller) -> Wanted:
        """Which file it stands for is asked anew; the file itself stays, unless it is one outside of the PIM."""
        places = {place for gate in gates for place in gate.addresses.places(entry, gate.connections)}
        return Wanted(shown_at(places, gates), "address", printable(str(entry)), str(caller))

    def of_path(self, text: str, caller: Caller) -> Wanted:
        knowing = [gate for gate in self.endpoints.gates if gate.endpoint.knows_entries]
        entry = entry_of(text.removeprefix("/")) if knowing else None
        if entry is not None:
            return self.of_entry(self.allowed(knowing, caller), entry, caller)
        try:
            path = MediaPath.parse_any(text.removeprefix("/"))
        except NoSuchPath:
            raise PurgeRefused("Invalid path", "expected media-files/1/2/a/b/12ab_mug.jpg or the like") from None
        return Wanted(self.made_from([path], caller), "path", str(path), str(caller))

    def of_code(self, code: str, caller: Caller) -> Wanted:
        try:
            paths = [MediaPath.parse(f"{family}/{code.removeprefix('/')}") for family in FAMILIES]
        except NoSuchPath:
            raise PurgeRefused("Invalid code", "expected a media code such as 1/2/a/b/12ab_mug.jpg") from None
        return Wanted(self.made_from(paths, caller), "code", paths[0].code, str(caller))

    def made_from(self, paths: Sequence[MediaPath], caller: Caller) -> Files:
        """Everything, by any endpoint."""
        renditions: set[str] = set()
        originals: set[str] = set()
        for gate in self.allowed(self.endpoints.gates, caller):
            group = gate.delivery.originals
            for path in paths:
                if path.changes and group.folder is None:
                    continue
                renditions.add(place_of(group.name, path))
                originals.update(place_of(it.origin.name, path) for it in group.having(path))
        if not renditions:
            raise PurgeRefused("Invalid path", f"expected a path that begins with one of {', '.join(FAMILIES)}")
        return Files(tuple(sorted(renditions)), tuple(sorted(originals)))

    def of_endpoint(self, name: str, caller: Caller) -> Wanted:
        gates = self.allowed([gate for gate in self.endpoints.gates if is_called(gate, name)], caller)
        if not gates:
            names = sorted({gate.endpoint.host or f"/{gate.endpoint.prefix}" for gate in self.endpoints.gates})
            raise PurgeRefused("No such endpoint", f"expected one of {', '.join(names)}")
        return Wanted(below("", gates), "endpoint", name or "/", str(caller))

    def allowed(self, gates: Sequence[Gate], caller: Caller) -> list[Gate]:
        chosen = [gate for gate in gates if caller.may_act_on(gate.endpoint)]
        if gates and not chosen:
            raise PurgeRefused("Forbidden", "expected a private key of the endpoint that is to be purged", status=403)
        return chosen


def shown_at(places: Collection[str], gates: Sequence[Gate]) -> Files:
    """The documents of these places, and what the links in them lead to: its host may not tell that it has changed."""
    renditions: set[str] = set()
    originals = set(places)
    for gate in gates:
        group = gate.delivery.originals
        links = gate.addresses.links_at(places) if group.links else ()
        for link in links:
            renditions.add(place_of(group.name, link))
            originals.update(place_of(it.origin.name, link) for it in (group.links,) if it)
    return Files(tuple(sorted(renditions)), tuple(sorted(originals)))


def entry_of(path: str) -> EntryAddress | None:
    """None for the path of a file."""
    try:
        return read_entry(path.split("/"), {})
    except NoSuchPath as error:
        raise PurgeRefused("Invalid path", error.message) from None


def is_called(gate: Gate, name: str) -> bool:
    """By its prefix, or by its host; nothing is the root."""
    prefix = name.strip("/")
    if not prefix:
        return gate.endpoint.host is None and not gate.endpoint.prefix
    return gate.endpoint.prefix == prefix or gate.endpoint.host == prefix.lower()


def below(prefix: str, gates: Sequence[Gate]) -> Below:
    groups = [gate.delivery.originals for gate in gates]
    return Below(prefix, frozenset(it.name for it in groups), frozenset(name for it in groups for name in it.by_name))


def keys_of(gate: Gate, url: ReadUrl) -> tuple[str, ...]:
    """Of the rendition in every set of formats and both qualities; of all of the file where a viewer's hints, or other
    files that may change, say more than the URL does.
    """
    request = url.request
    if url.hints.accept_ch or request.path.changes or takes_changing_files(request.plan):
        return (place_of(gate.delivery.originals.name, request.path),)
    return tuple({gate.delivery.key_of(variant) for variant in variants_of(gate, request)})


def variants_of(gate: Gate, request: MediaRequest) -> list[MediaRequest]:
    output = gate.endpoint.output
    qualities = {output.quality, min(output.quality, output.save_data_quality or output.quality)}
    return [
        replace(request, accepts=accepts, default_quality=quality)
        for accepts in (VARIANTS if request.negotiates else [request.accepts])
        for quality in qualities
    ]


def others_of(plan: Plan) -> list[MediaPath]:
    """The originals that lie on it."""
    return [MediaPath.parse_any(layer) for layer in layered(plan)[0]]


def takes_changing_files(plan: Plan) -> bool:
    """Layers from the folder, or a font, which may be missing for a while."""
    if not any(layered(plan)):
        return False
    layers, fonts = layered(plan)
    return bool(fonts) or any(MediaPath.parse_any(layer).changes for layer in layers)
