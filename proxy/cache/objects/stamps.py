"""What an object carries beside its bytes: the last purge that its writer had acted upon."""

from typing import TYPE_CHECKING

from proxy.cache.purges.past import BEGINNING, Stamp, stamp_in

if TYPE_CHECKING:
    from obstore import GetResult

STAMP = "purges"  # x-amz-meta-purges


def stamp_of(found: "GetResult") -> Stamp:
    text = found.attributes.get(STAMP)
    return BEGINNING if text is None else stamp_in(text)
