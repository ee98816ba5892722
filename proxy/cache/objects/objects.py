"""The object store as a whole: renditions and originals behind one link. Loaded only where one is configured."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import obstore
from obstore.store import S3Store

from proxy.cache.objects.archive import ObjectArchive
from proxy.cache.objects.link import Link, ObjectsDown
from proxy.cache.objects.names import FORMAT
from proxy.cache.objects.store import READ_SECONDS, ObjectStore
from proxy.cache.purges.ledger import Ledger
from proxy.cache.purges.past import Past
from proxy.cache.tiers import Tiers
from proxy.metrics import Metrics
from proxy.setting_types import plain
from proxy.slices import CacheSettings

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config

TRIAL_SECONDS = 5.0
MOMENT = timedelta(milliseconds=50)
LONGEST = timedelta(hours=1)  # of one call as the client counts them; the link is stricter


class Objects:
    def __init__(self, settings: CacheSettings, ledger: Ledger, past: Past, tiers: Tiers, metrics: Metrics) -> None:
        self.link = Link(connect(settings), tiers, metrics)
        self.store = ObjectStore(self.link, past, metrics)
        self.archive = ObjectArchive(self.link, ledger, past, tiers, metrics)
        self.trial: asyncio.Task[None] | None = None

    def open(self) -> None:
        """What is wrong is told at the start, and not only when it is missed; nobody waits for it."""
        self.trial = asyncio.create_task(self.try_out())

    async def try_out(self) -> None:
        store, absent = self.link.store, f"{FORMAT}/nothing"
        with suppress(ObjectsDown):
            await self.link.run(
                self.link.purge, lambda: anext(obstore.list(store, FORMAT, chunk_size=1), []), TRIAL_SECONDS
            )
        with suppress(ObjectsDown, FileNotFoundError):  # refused to who may not list
            await self.link.run(self.link.read, lambda: obstore.head_async(store, absent), TRIAL_SECONDS)

    async def close(self) -> None:
        """When nobody asks any more."""
        if self.trial is not None:
            self.trial.cancel()
            await asyncio.gather(self.trial, return_exceptions=True)
        await self.archive.close()


def connect(settings: CacheSettings) -> S3Store:
    """To `object_store_url`. What is not set is looked for where Amazon's own clients do: in the environment, and at
    whatever gives roles to machines and pods.
    """
    assert settings.object_store_url is not None
    bucket, _, prefix = settings.object_store_url.removeprefix("s3://").partition("/")
    config: S3Config = {}
    if settings.object_store_endpoint:
        config["endpoint"] = settings.object_store_endpoint
    if settings.object_store_region:
        config["region"] = settings.object_store_region
    if settings.object_store_access_key_id:
        config["access_key_id"] = plain(settings.object_store_access_key_id)
        config["secret_access_key"] = plain(settings.object_store_secret_access_key)
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        client_options=client_options(settings),
        # A connection that the server has just closed is found out by using it: hence one more try, at once.
        retry_config={"max_retries": 1, "backoff": {"init_backoff": MOMENT, "max_backoff": MOMENT, "base": 2}},
    )


def client_options(settings: CacheSettings) -> "ClientConfig":
    options: ClientConfig = {
        "connect_timeout": timedelta(seconds=READ_SECONDS),
        "timeout": LONGEST,
        "pool_idle_timeout": timedelta(seconds=15),  # servers keep them longer
        "allow_http": (settings.object_store_endpoint or "").startswith("http://"),
    }
    if settings.object_store_ca_file:
        options["root_certificate"] = settings.object_store_ca_file.read_bytes()
    return options
