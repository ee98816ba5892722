"""What a Redis is like, for an operator who wants to know: asked once, outside of the server's own link."""

import time
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import TimeoutError as TooSlow

from proxy.cache.shared.link import SPACE, RedisDown, RedisRefused

TRIES = 5
LIFE_MILLISECONDS = 10_000
PROBE = f"{SPACE}check"


@dataclass(frozen=True, slots=True)
class RedisFacts:
    """`seconds`: of the quickest of some round trips. What the server does not tell is empty."""

    version: str
    policy: str
    max_bytes: int
    seconds: float


async def try_redis(url: str, seconds: float) -> RedisFacts:
    """Writes a key and deletes it. Raises RedisDown, RedisRefused, in words that hold no secret."""
    client: Any = Redis.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds, protocol=2)
    try:
        async with client:
            took = min([await round_trip(client) for _ in range(TRIES)])
            server, memory = await told(client, "server"), await told(client, "memory")
    except (AuthenticationError, NoPermissionError) as error:
        raise RedisRefused(str(error)[:100]) from None
    except (TooSlow, TimeoutError):
        raise RedisDown(f"it does not answer within {seconds:g} seconds") from None
    except (NoConnection, OSError) as error:
        raise RedisDown(str(error)[:200]) from None
    except RedisError as error:
        raise RedisRefused(str(error)[:200]) from None
    version = str(server.get("redis_version", ""))
    return RedisFacts(version, str(memory.get("maxmemory_policy", "")), int(memory.get("maxmemory", 0)), took)


async def round_trip(client: Any) -> float:
    began = time.perf_counter()
    await client.execute_command("SET", PROBE, "1", "PX", LIFE_MILLISECONDS)
    await client.execute_command("DEL", PROBE)
    return (time.perf_counter() - began) / 2


async def told(client: Any, section: str) -> dict[str, Any]:
    """Nothing where a hosted Redis forbids the question."""
    try:
        found: dict[str, Any] = await client.info(section)
    except RedisError as error:
        if isinstance(error, NoConnection | TooSlow):
            raise
        return {}
    return found
