"""Which client a request comes from: by its connection, or as a proxy of ours tells in a header."""

from ipaddress import IPv6Address, ip_address

from aiohttp import web

from proxy.slices import AbuseSettings

NOBODY = 0
NETWORK_BITS = 64  # of an IPv6 address: whoever has one has all addresses of such a network
IPV6 = 1 << NETWORK_BITS  # keeps networks apart from IPv4 addresses


def client_of(request: web.BaseRequest, settings: AbuseSettings) -> int:
    """A small number that stands for it. What the header does not tell, the connection does: that is the proxy then,
    and all who come by it without the header share one budget.
    """
    told = None
    if settings.client_header is not None:
        told = read_address(entry(request.headers.getall(settings.client_header, ()), settings.trusted_proxies))
    return told if told is not None else read_address(request.remote or "") or NOBODY


def entry(values: "list[str] | tuple[str, ...]", from_end: int) -> str:
    """The address that the outermost of our proxies has seen. What stands before it the client may have made up."""
    addresses = ",".join(values).split(",")
    return addresses[-from_end].strip() if len(addresses) >= from_end else ""


def read_address(text: str) -> int | None:
    """An address, perhaps with a port; None for anything else."""
    try:
        address = ip_address(without_port(text))
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return IPV6 | int(address) >> NETWORK_BITS
        address = address.ipv4_mapped
    return int(address)


def without_port(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text.partition("%")[0]
