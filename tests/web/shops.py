"""What the tests of addresses share: a server in front of the sample catalogue, and a clock for what it was told."""

from typing import Any

from proxy.demo.catalogue.samples import sample_catalogue
from proxy.demo.files import DemoFile
from proxy.demo.pictures import sample_files
from proxy.demo.pim import DemoPim
from proxy.demo.routes import Kind
from proxy.web.app import Server
from tests.clock import Clock
from tests.site import Site

CHANGING = "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800"


def pim_with_catalogue(**options: Any) -> DemoPim:
    return DemoPim(sample_files(), catalogue=sample_catalogue(), **options)


def on(clock: Clock, server: Server) -> None:
    """What was said of the catalogue ages by this clock, and so do refusals."""
    addresses = server.house.addresses
    for lookups in addresses.by_name.values():
        for cache in lookups.caches:
            cache.clock = clock
    addresses.links.revisions.clock = clock
    server.house.refusals.clock = clock


def asked(site: Site) -> list[str]:
    """What of the catalogue Akeneo was asked for, in order."""
    return [call.path.partition("/v1/")[2] for call in site.pim.calls if call.kind is Kind.DOCUMENT]


def path_to(file: DemoFile) -> str:
    return f"/{file.family}/{file.code}"
