"""All that the settings speak of, as groups of steps; and one after the other, what came of them."""

import asyncio
from collections.abc import AsyncIterator

from proxy.commands.checking.akeneo import AkeneoCheck
from proxy.commands.checking.collector import collector_group
from proxy.commands.checking.directory import directory_group
from proxy.commands.checking.endpoint import endpoint_group
from proxy.commands.checking.findings import Finding, Group, Secrets, findings_of
from proxy.commands.checking.machine import machine_group
from proxy.commands.checking.stores import store_groups
from proxy.pixels.processes import Processes
from proxy.setting_types import plain
from proxy.settings import AKENEO, PREFIX, Settings


def groups_of(settings: Settings, processes: Processes | None = None) -> list[Group]:
    connections = [
        AkeneoCheck(akeneo, prefix_of(name)).group(f"Akeneo {name}, {akeneo.url}")
        for name, akeneo in settings.all_connections.items()
    ]
    endpoints = [endpoint_group(endpoint) for endpoint in settings.all_endpoints]
    return [
        *connections,
        *endpoints,
        directory_group(settings.cache),
        *store_groups(settings.cache),
        *([collector_group()] if settings.tracing.enabled else []),
        machine_group(settings, processes),
    ]


def prefix_of(connection: str) -> str:
    """What the names of its settings begin with."""
    return f"{PREFIX}AKENEO__" if connection == AKENEO else f"{PREFIX}CONNECTIONS__{connection.upper()}__"


def secrets_of(settings: Settings) -> Secrets:
    texts = [plain(settings.admin_token)]
    for akeneo in settings.all_connections.values():
        texts += [plain(akeneo.secret), plain(akeneo.password), plain(akeneo.access_token)]
    for endpoint in settings.all_endpoints:
        texts += endpoint.signing.keys
    cache = settings.cache
    texts += [plain(cache.redis_url), plain(cache.object_store_secret_access_key)]
    texts.append(password_in(plain(cache.redis_url)))
    return Secrets.of(texts)


def password_in(url: str) -> str:
    return url.partition("://")[2].rpartition("@")[0].partition(":")[2]


async def check_all(settings: Settings, processes: Processes | None = None) -> AsyncIterator[tuple[str, list[Finding]]]:
    """Groups side by side; each is told when it and those before it are done."""
    groups, secrets = groups_of(settings, processes), secrets_of(settings)
    tasks = [asyncio.create_task(findings_of(group, secrets)) for group in groups]
    try:
        for group, task in zip(groups, tasks, strict=True):
            yield group.name, await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
