"""Slots that an asset has left in this run, and who has been waiting for them: who once lost a slot to another asset
may not have changed for long.
"""

from collections.abc import Sequence

from proxy.sync.bynder.documents import Medium
from proxy.sync.bynder.emptying import slot_of
from proxy.sync.bynder.filling import held_in
from proxy.sync.bynder.fingerprint import id_of, plain
from proxy.sync.bynder.notes import Notes
from proxy.sync.bynder.run import SYSTEM, Run
from proxy.sync.bynder.slots import Slot
from proxy.sync.state.rows import Kind, Link


async def waiting_for(run: Run, left: Sequence[Link]) -> list[Medium]:
    """Assets that ask for one of those slots, as far as they are free."""
    free = await free_slots(run, left)
    found: dict[str, Medium] = {}
    for kind, product in dict.fromkeys((slot.kind, slot.product) for slot in free):
        names = run.settings.metaproperty_mappings
        name = names.sku if kind is Kind.PRODUCT else names.product_model_code
        media = await run.bynder.named(name, product, images=True) if name is not None else []
        found |= {medium.id: medium for medium in media}
    return [medium for medium in found.values() if await is_waiting(run, medium, free)]


async def is_waiting(run: Run, medium: Medium, free: dict[Slot, str]) -> bool:
    claims = run.targets.claims_of(await Notes(run).current(medium))
    return any(free.get(slot) in ("", plain(medium.id)) for slot in claims.slots)


async def free_slots(run: Run, left: Sequence[Link]) -> dict[Slot, str]:
    """Those that nobody is recorded in: empty, or with the asset whose upload was cut before it could be recorded."""
    free = {}
    leaving = {(link.asset, slot_of(link)) for link in left}
    for slot in dict.fromkeys(slot for _, slot in leaving):
        links = await run.service.state.links_of_slot(SYSTEM, slot.product, slot.attribute, slot.kind)
        entry = await run.service.reads.entry(slot.kind, slot.product)
        if entry is None or any((link.asset, slot) not in leaving for link in links):
            continue
        held = held_in(entry, slot.attribute)
        asset = "" if held is None else id_of(held)
        if asset is not None:
            free[slot] = plain(asset)
    return free


async def forget(run: Run, left: Sequence[Link]) -> None:
    """Last of all: whoever is cut before begins again with them. Who has another file there since stays."""
    state = run.service.state
    for link in left:
        found = await state.link_of(SYSTEM, link.asset, link.product, link.slot, link.kind)
        if found is not None and found.code == link.code:
            await state.delete_link(found)
