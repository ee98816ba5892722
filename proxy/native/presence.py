"""Which of the fast functions are there, and what it costs where they are not, for who operates a server."""

from typing import NamedTuple

from proxy.native import library, turbojpeg


class Missing(NamedTuple):
    told: str
    repair: str


NOT_COMPILED = Missing(
    "proxy/native was not compiled: PNGs take up to three times as long to read, and scaling three to eight times",
    "Have a C compiler (on Debian: apt-get install gcc libc6-dev) and install media-proxy anew.",
)
NO_AVX2 = Missing(
    "there is no AVX2 in this processor: scaling takes three to eight times as long as where it is",
    "Processors of x86-64 have it since 2013, others never; a virtual machine's may have to be told to show it.",
)
NO_TURBOJPEG = Missing(
    "libturbojpeg is missing: JPEGs take up to twice as long to read",
    "Install it (on Debian: apt-get install libturbojpeg0) and start media-proxy anew.",
)


def present() -> list[str]:
    """By the names of the functions."""
    functions = {
        "unfilter": library.CAN_UNFILTER,
        "resample": library.CAN_RESAMPLE,
        "read_planes": turbojpeg.CAN_READ_PLANES,
    }
    return [name for name, there in functions.items() if there]


def missing() -> list[Missing]:
    slow = []
    if not library.CAN_RESAMPLE:
        slow.append(NO_AVX2 if library.CAN_UNFILTER else NOT_COMPILED)
    if not turbojpeg.CAN_READ_PLANES:
        slow.append(NO_TURBOJPEG)
    return slow
