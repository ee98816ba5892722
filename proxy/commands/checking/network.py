"""The way to a server: its name, a connection, and a certificate that is trusted - told in words."""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from proxy.commands.checking.findings import Trouble, Verdict, warning
from proxy.settings import LOOPBACK

DAY_SECONDS = 86400.0
SOON_DAYS = 21
OWN_AUTHORITY = "If an authority of your own has signed it, name its certificate in PEM in {prefix}CA_FILE."
# By the numbers of OpenSSL's X509_V_ERR_...
UNTRUSTED = {
    9: ("is not valid yet", "Set the clock of this machine, or wait until the certificate is valid."),
    10: ("has expired", "Renew the certificate of the server; if it is new, set the clock of this machine."),
    18: ("is signed by itself", OWN_AUTHORITY),
    19: ("comes from an authority that is not known here", OWN_AUTHORITY),
    20: ("comes from an authority that is not known here", OWN_AUTHORITY),
    21: ("comes without those that lead to its authority", "Have the server send the whole chain."),
    62: ("is made out to another host name", "Use the name in the certificate in {prefix}URL."),
    64: ("is made out to another address", "Use the name in the certificate in {prefix}URL."),
}


@dataclass(frozen=True, slots=True)
class Way:
    """To the server of a URL. `proxy` stands in between, if the environment names one for TLS; `prefix` is what the
    names of the settings begin with.
    """

    host: str
    port: int
    tls: bool
    prefix: str
    proxy: str | None = None
    ca_file: Path | None = None
    seconds: float = 5.0  # for a connection

    @classmethod
    def to(cls, url: str, prefix: str, ca_file: Path | None = None, seconds: float = 5.0) -> "Way":
        parts = urlsplit(url)
        tls = parts.scheme == "https"
        host = parts.hostname or ""
        proxies = getproxies() if tls and not proxy_bypass(host) else {}
        proxy = proxies.get("https") or proxies.get("all")
        return cls(host, parts.port or (443 if tls else 80), tls, prefix, proxy, ca_file, seconds)

    @property
    def first(self) -> tuple[str, int]:
        """Where the connection goes to."""
        if self.proxy is None:
            return self.host, self.port
        parts = urlsplit(self.proxy if "://" in self.proxy else f"http://{self.proxy}")
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)

    @property
    def named(self) -> str:
        """The setting that says where it goes to."""
        return f"{self.prefix}URL" if self.proxy is None else "HTTPS_PROXY of the environment"

    async def resolve(self) -> Verdict:
        host, port = self.first
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError):
            raise Trouble(
                f"{host} is the name of no machine, as far as this one knows",
                f"Check the name in {self.named}, and the name servers of this machine or container.",
            ) from None
        addresses = sorted({str(place[0]) for *_, place in found})
        through = " (a proxy in between)" if self.proxy else ""
        return Verdict(f"{host}{through} is {', '.join(addresses)}")

    async def connect(self) -> Verdict:
        host, port = self.first
        async with opened(host, port, self.seconds):
            return Verdict(f"port {port} takes connections")

    async def trust(self) -> Verdict:
        if not self.tls:
            return self.unencrypted()
        if self.proxy:
            return Verdict("through the proxy; the next step sees the certificate")
        context = await asyncio.to_thread(ssl.create_default_context, cafile=self.ca_file)
        try:
            async with opened(self.host, self.port, self.seconds, context) as writer:
                certificate = cast(dict[str, Any], writer.get_extra_info("peercert"))
        except ssl.SSLCertVerificationError as error:
            raise untrusted(error.verify_code, error.verify_message, self.prefix) from None
        except ssl.SSLError as error:
            told = f"the server and this machine find no common way to encrypt ({error.reason or 'TLS'})"
            repair = f"Does {self.prefix}URL name the port for https? A port for http answers like this."
            raise Trouble(told, repair) from None
        return validity(certificate)

    def unencrypted(self) -> Verdict:
        if self.host in LOOPBACK:
            return Verdict("none needed: the address is this machine")
        return warning(
            "none: credentials and pictures travel unencrypted", f"Use an https:// address in {self.prefix}URL."
        )


@asynccontextmanager
async def opened(
    host: str, port: int, seconds: float, context: ssl.SSLContext | None = None
) -> AsyncIterator[asyncio.StreamWriter]:
    """Raises Trouble if nobody is there; ssl.SSLError goes through."""
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLError:
        raise
    except ConnectionRefusedError:
        repair = "Does the server run, is the port right, does a firewall refuse this machine?"
        raise Trouble(f"port {port} of {host} refuses connections", repair) from None
    except TimeoutError:
        repair = "A firewall that drops what it does not like looks like this; so does a wrong address."
        raise Trouble(f"nobody answers on port {port} of {host} within {seconds:g} seconds", repair) from None
    except ConnectionResetError:
        raise Trouble(f"{host} breaks the connection off", "Does a firewall stand in between?") from None
    except OSError as error:
        told = f"{host} cannot be reached: {error.strerror or type(error).__name__}"
        raise Trouble(told, "Check the network of this machine, and what firewalls let pass.") from None
    try:
        yield writer
    finally:
        writer.transport.abort()


def untrusted(code: int, words: str, prefix: str) -> Trouble:
    told, repair = UNTRUSTED.get(code, (f"is not trusted: {words}", OWN_AUTHORITY))
    return Trouble(f"the certificate {told}", repair.format(prefix=prefix))


def validity(certificate: dict[str, Any], clock: Callable[[], float] = time.time) -> Verdict:
    """Of one that is trusted."""
    ends = str(certificate["notAfter"])
    days = int((ssl.cert_time_to_seconds(ends) - clock()) // DAY_SECONDS)
    if days < SOON_DAYS:
        return warning(f"trusted, but it ends in {days} days", "Renew the certificate of the server.")
    return Verdict(f"trusted, valid for {days} days more")
