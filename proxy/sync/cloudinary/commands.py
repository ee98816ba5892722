"""`media-proxy sync cloudinary ...`: what the commands do."""

import argparse
from collections.abc import Awaitable, Callable

from proxy.sync.cloudinary.assets import SYSTEM, Wishes
from proxy.sync.cloudinary.cloudinary import Cloudinary
from proxy.sync.cloudinary.informing import inform_all
from proxy.sync.outcomes import ConfigurationError, Result, SyncError, Tally
from proxy.sync.service import Service
from proxy.sync.state.rows import Subject


async def checked(service: Service, options: argparse.Namespace) -> Cloudinary:
    """Raises ConfigurationError, before anything is written."""
    cloudinary = connected(service, options)
    await cloudinary.check()
    return cloudinary


async def checked_by_hand(service: Service, options: argparse.Namespace) -> Cloudinary:
    cloudinary = connected(service, options)
    await cloudinary.check_by_hand()
    return cloudinary


def connected(service: Service, options: argparse.Namespace) -> Cloudinary:
    return Cloudinary.of(service, tell=print if options.dry_run else None)


async def link(service: Service, options: argparse.Namespace, tally: Tally) -> None:
    cloudinary = await checked_by_hand(service, options)
    wishes = Wishes(options.sku.strip(), options.family.strip(), options.attribute.strip())

    async def work() -> Result:
        return await cloudinary.flows.link_by_hand(options.asset_id, wishes, cloudinary.changes)

    arguments = link_arguments(options.asset_id, wishes)
    subject = Subject(SYSTEM, options.asset_id, product=wishes.sku, arguments=arguments)
    await by_hand(cloudinary, "cloudinary link", subject, work, tally)


async def unlink(service: Service, options: argparse.Namespace, tally: Tally) -> None:
    cloudinary = await checked_by_hand(service, options)
    sku, family = (options.sku or "").strip(), (options.family or "").strip()

    async def work() -> Result:
        return await cloudinary.flows.unlink_by_hand(options.asset_id, sku, family, cloudinary.changes)

    given = [word for name, text in (("--sku", sku), ("--family", family)) if text for word in (name, text)]
    subject = Subject(SYSTEM, options.asset_id, product=sku, arguments=(options.asset_id, *given))
    await by_hand(cloudinary, "cloudinary unlink", subject, work, tally)


def link_arguments(asset_id: str, wishes: Wishes) -> tuple[str, ...]:
    """Of the command that does the same once more."""
    return (asset_id, "--sku", wishes.sku, "--family", wishes.family, "--attribute", wishes.attribute)


async def retry(service: Service, options: argparse.Namespace, tally: Tally) -> None:
    cloudinary = await checked(service, options)
    await cloudinary.retry.run(tally, cloudinary.changes)


async def product_info(service: Service, options: argparse.Namespace, tally: Tally) -> None:
    cloudinary = await checked(service, options)
    await inform_all(cloudinary, (options.sku or "").strip(), tally)


async def by_hand(
    cloudinary: Cloudinary, flow: str, subject: Subject, work: Callable[[], Awaitable[Result]], tally: Tally
) -> Result:
    """One asset, into attempts and tally; what a person has to know is raised on. Raises ConfigurationError."""
    tally.seen += 1
    changes = cloudinary.changes
    attempt = await changes.begin_attempt(flow, subject)
    try:
        result = await work()
    except SyncError as error:
        await changes.end_attempt(attempt, flow, Result.of(error))
        if isinstance(error, ConfigurationError):
            raise
        result = Result.of(error)
    else:
        await changes.end_attempt(attempt, flow, result)
    tally.count(result)
    return result
