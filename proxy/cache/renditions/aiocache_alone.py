"""aiocache's base class without the Redis client, which aiocache loads wherever it is installed.

That takes a third of a second and some megabytes, which only a replica among several needs to spend.
"""

import sys

__all__ = ["BaseCache", "NullSerializer"]

HIDDEN = "redis"
hides = HIDDEN not in sys.modules
if hides:
    sys.modules[HIDDEN] = None  # type: ignore[assignment] # what Python takes for a module that is not there
try:
    from aiocache.base import BaseCache
    from aiocache.serializers import NullSerializer
finally:
    if hides:
        del sys.modules[HIDDEN]
