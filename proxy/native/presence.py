"""What of the compiled functions is there, and what it costs where it is not, for who operates a server."""

from typing import NamedTuple

from proxy.native import library


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


def present() -> list[str]:
    """By the names of the functions."""
    return [name for name, there in (("unfilter", library.CAN_UNFILTER), ("resample", library.CAN_RESAMPLE)) if there]


def missing() -> Missing | None:
    if not library.CAN_UNFILTER:
        return NOT_COMPILED
    return None if library.CAN_RESAMPLE else NO_AVX2
