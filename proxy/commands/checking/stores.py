"""What several replicas share: Redis, and an object store. What speaks to them is loaded where they are configured."""

from proxy.commands.checking.findings import Group, Step, Trouble, Verdict, warning
from proxy.setting_types import plain
from proxy.slices import CacheSettings

REDIS_SECONDS = 3.0
SLOW_SECONDS = 0.02  # a viewer's question has a tenth of a second in all
EVICTING = ("allkeys-", "volatile-")  # what is written there has a lifetime always
REDIS_URL = "MEDIA_PROXY_CACHE__REDIS_URL"
OBJECT_STORE = "MEDIA_PROXY_CACHE__OBJECT_STORE_"


def store_groups(settings: CacheSettings) -> list[Group]:
    groups = []
    if settings.redis_url is not None:
        groups.append(Group("Redis", [Step("questions", lambda: ask_redis(plain(settings.redis_url)))]))
    if settings.object_store_url is not None:
        name = f"Object store {settings.object_store_url}"
        groups.append(Group(name, [Step("an object", lambda: use_objects(settings), seconds=30.0)]))
    return groups


async def ask_redis(url: str) -> Verdict:
    from proxy.cache.shared.link import RedisDown, RedisRefused  # noqa: PLC0415
    from proxy.cache.shared.trial import try_redis  # noqa: PLC0415

    try:
        facts = await try_redis(url, REDIS_SECONDS)
    except RedisDown as error:
        repair = f"Check host and port in {REDIS_URL}, whether it runs, and firewalls. Pictures are served without it."
        raise Trouble(f"cannot be reached: {error}", repair) from None
    except RedisRefused as error:
        repair = f"Check user and password in {REDIS_URL}, and what that user may do."
        raise Trouble(f"refuses: {error}", repair) from None
    told = f"version {facts.version or 'unknown'}, {facts.seconds * 1000:.1f} ms for a question"
    if facts.seconds > SLOW_SECONDS:
        return warning(told, "Have it nearer: a question that takes a tenth of a second is given up.")
    if facts.policy and not facts.policy.startswith(EVICTING):
        repair = "Set maxmemory-policy to allkeys-lru: when it is full it refuses new pictures otherwise."
        return warning(f"{told}, maxmemory-policy {facts.policy}", repair)
    if facts.policy and not facts.max_bytes:
        return warning(f"{told}, maxmemory 0", "Set maxmemory: without it Redis grows until the machine is full.")
    return Verdict(f"{told}, maxmemory-policy {facts.policy or 'unknown'}")


async def use_objects(settings: CacheSettings) -> Verdict:
    from proxy.cache.objects.link import ObjectsDown  # noqa: PLC0415
    from proxy.cache.objects.trial import try_objects  # noqa: PLC0415

    try:
        await try_objects(settings)
    except ObjectsDown as error:
        repair = f"Check {OBJECT_STORE}URL, _ENDPOINT, _REGION and the keys; they need Get, Put, Delete and List there."
        raise Trouble(str(error), repair) from None
    return Verdict("written, read and deleted")
