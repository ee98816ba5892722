"""What is asked for: small sets of addresses, each with the answers that are right for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.bars import path_of, tiny
from proxy.demo.files import DemoFile
from proxy.demo.pictures import sample, sample_files
from proxy.imagekit.signature import imagekit_signature, strong_signature

KEY = "private_soak"
ACCEPTS = ("*/*", "image/webp,*/*", "image/avif,image/webp,*/*")
TINY = 60
PURGED = 10  # the last of the tiny ones are purged again and again
OK = frozenset({200})
PHOTOS = ("coffee", "rocket", "astronaut", "chelsea")


@dataclass(frozen=True, slots=True)
class Ask:
    """One address as one kind of viewer asks for it. `right` are the statuses of a server that lacks nothing.

    `never_lost` says that a cache keeps it through every fault, `purged` that a purge may take it away at any time.
    """

    kind: str
    path: str
    accept: str = "*/*"
    right: frozenset[int] = OK
    never_lost: bool = False
    purged: bool = False

    @property
    def name(self) -> tuple[str, str]:
        """What one answer belongs to, whoever asks."""
        return self.path, self.accept


def catalogue() -> list[DemoFile]:
    return [*sample_files(), *(tiny(number) for number in range(TINY))]


def hot() -> list[Ask]:
    """So few, and asked for so often, that they never leave the memory."""
    return [
        Ask("hot", path_of(sample(name), f"w-{width}"), accept, never_lost=True)
        for name in PHOTOS[:3]
        for width in (90, 180)
        for accept in ACCEPTS
    ]


def kept() -> list[Ask]:
    """So many that memory, which floods run through, hands them on to the disk."""
    widths = range(40, 240, 20)
    return [Ask("kept", path_of(sample(name), f"w-{width},f-webp"), "*/*") for name in PHOTOS for width in widths]


def stored() -> list[Ask]:
    """Files as they are, their bytes known beforehand."""
    plain = [path_of(sample(name), "orig-true") for name in ("rocket", "hubble_deep_field")]
    others = [f"/{sample(name).family}/{sample(name).code}" for name in ("data sheet", "chime", "care", "badge")]
    return [Ask("file", path) for path in (*plain, *others)]


def contents() -> dict[str, bytes]:
    """Of the files as they are, by address."""
    return {ask.path: file.content for ask in stored() for file in sample_files() if ask.path.endswith(file.code)}


def signed() -> list[Ask]:
    """By both schemes; and one whose signature is another's."""
    asks = []
    for width in (50, 70):
        remainder = f"tr:w-{width}/{sample('coffee').family}/{sample('coffee').code}"
        asks.append(Ask("signed", f"/{remainder}?ik-s={imagekit_signature(KEY, remainder, None)}"))
        asks.append(Ask("signed", f"/{remainder}?mp-s={strong_signature(KEY, remainder, None)}"))
        wrong = imagekit_signature("another", remainder, None)
        asks.append(Ask("refused", f"/{remainder}?ik-s={wrong}", right=frozenset({401})))
    return asks


def folder() -> list[Ask]:
    """The operator's own files, alone and on a picture of Akeneo's."""
    coffee = f"{sample('coffee').family}/{sample('coffee').code}"
    paths = ["/logo.png", "/tr:w-32/logo.png", "/tr:w-20,f-webp/logo.png"]
    layers = [f"/tr:w-{width},l-image,i-logo.png,w-20,l-end/{coffee}" for width in (120, 140)]
    text = f"/tr:w-200,l-text,i-Sale,ff-fonts@@house.ttf,fs-20,l-end/{coffee}"
    return [Ask("folder", path) for path in (*paths, *layers, text)]


def addresses() -> list[Ask]:
    """That do not change: a model's picture, shown by its variant, one of a locale, of a collection, of an asset."""
    entries = [
        "products/cup-red-small/picture",
        "products/cup/red%20tall/banner?locale=fr_FR",
        "products/poster/packshots",
        "assets/packshots/rocket",
        "reference-entities/brands/acme/image",
    ]
    return [Ask("address", f"/tr:w-{width}/{entry}") for entry in entries for width in (48, 96)]


def placeholders() -> list[Ask]:
    """Alone, and of several in a list. They may differ by what was decoded, as pictures do."""
    files = [f"{sample(name).family}/{sample(name).code}" for name in PHOTOS]
    lists = [f"/mp-lqip.json?path={','.join(files[:count])}" for count in (2, 4)]
    return [Ask("placeholder", path) for path in (*(f"/{file}/mp-lqip.json" for file in files), *lists)]


def refused() -> list[Ask]:
    """Told by the address alone: nothing that happens elsewhere may change these answers."""
    coffee = f"{sample('coffee').family}/{sample('coffee').code}"
    bad = [f"/tr:w-0/{coffee}", f"/tr:zz/{coffee}?tr=w-x", f"/tr:q-900/{coffee}", f"/tr:rt-abc/{coffee}"]
    absent = ["/", "/favicon.ico", "/media-files/../../etc/passwd", "/nothing/1/2.jpg", "/media-files/a%00b.png"]
    return [Ask("refused", path, right=frozenset({400, 404})) for path in (*bad, *absent)]


def cold(chance: Random) -> Ask:
    """A random size; tens of thousands of them exist."""
    accept = chance.choice(ACCEPTS)
    if chance.random() < 0.15:
        return Ask("cold", path_of(sample(chance.choice(PHOTOS)), f"w-{chance.randint(16, 300)}"), accept)
    number = chance.randrange(TINY - PURGED)
    sides = f"w-{chance.randint(8, 120)},h-{chance.randint(8, 60)}"
    return Ask("cold", path_of(tiny(number), sides), accept)


def purgeable(chance: Random) -> tuple[DemoFile, Ask]:
    file = tiny(TINY - 1 - chance.randrange(PURGED))
    return file, Ask("purged", path_of(file, f"w-{chance.choice((16, 24, 32))}"), purged=True)


def lasting() -> Sequence[Ask]:
    """What is asked for before the first fault, so that it is cached."""
    return [*hot(), *kept(), *stored(), *(ask for ask in signed() if ask.right == OK), *folder(), *addresses()]
