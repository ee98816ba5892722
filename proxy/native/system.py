"""Libraries of the system, which may be there or not."""

import ctypes
from collections.abc import Iterator


def libraries(name: str) -> Iterator[ctypes.CDLL]:
    """Those of this name that can be loaded, first the one whose interface is known to be the right one (version 0)."""
    for file in (f"lib{name}.so.0", f"lib{name}.so", f"lib{name}.0.dylib", f"lib{name}.dylib"):
        try:
            yield ctypes.CDLL(file)
        except OSError:
            continue
