"""Proposals that somebody has approved in the PIM: nothing of the asset itself has changed then."""

from collections.abc import Collection

from proxy.sync.bynder.documents import Medium
from proxy.sync.bynder.run import SYSTEM, Run
from proxy.sync.state.rows import Link, LinkState


async def approved(run: Run, known: Collection[str]) -> list[Medium]:
    """Their assets, without those that are `known` to be dealt with."""
    links = await run.service.state.links_in(SYSTEM, LinkState.DRAFT, LinkState.LEAVING)
    ours = [link for link in links if link.code and link.credential == run.credential and link.asset not in known]
    assets = dict.fromkeys([link.asset for link in ours if await is_approved(run, link)])
    found = [await run.bynder.medium(asset) for asset in assets]
    return [medium for medium in found if medium is not None]


async def is_approved(run: Run, link: Link) -> bool:
    """A file that came, or one that went."""
    entry = await run.service.reads.entry(link.kind, link.product)
    is_there = entry is not None and entry.data(link.slot) == link.code
    return is_there is (link.state is LinkState.DRAFT)
