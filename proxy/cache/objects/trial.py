"""Whether an object store takes, gives and deletes: tried with an object of its own."""

import secrets

import obstore
from obstore.exceptions import BaseError

from proxy.cache.objects.link import ObjectsDown, words_for
from proxy.cache.objects.objects import connect
from proxy.slices import CacheSettings

ROOM = "check"  # beside what the server keeps there


async def try_objects(settings: CacheSettings) -> None:
    """Raises ObjectsDown, which says what could not be done."""
    name, body, doing = f"{ROOM}/{secrets.token_hex(8)}", secrets.token_bytes(64), "be reached"
    try:
        store = connect(settings)
        doing = "be written to"
        await obstore.put_async(store, name, body)
        doing = "be read"
        found = await (await obstore.get_async(store, name)).bytes_async()
        doing = "be deleted from"
        await obstore.delete_async(store, name)
    except (BaseError, OSError, ValueError) as error:
        raise ObjectsDown(f"it cannot {doing}: {words_for(error)}") from None
    if bytes(found) != body:
        raise ObjectsDown("it gives back other bytes than it was given")
