"""The blocklist in Redis: a table of paths, without an end. Each verdict replaces an earlier one only."""

import logging
from collections.abc import Mapping

from proxy.cache.blocklist import Verdict
from proxy.cache.shared.link import SPACE, Link
from proxy.cache.shared.news import News

log = logging.getLogger("proxy.cache")
KEY = SPACE + "blocklist"
BLOCKLIST = "blocklist"  # the kind of the news
BATCH = 500

OFFER = """
for place = 1, #ARGV, 2 do
    local known = redis.call('HGET', KEYS[1], ARGV[place])
    local at = known and tonumber(string.match(known, '^%d+')) or -1
    local offered = tonumber(string.match(ARGV[place + 1], '^%d+'))
    local blocks = string.find(ARGV[place + 1], 'blocked', 1, true)
    if offered > at or (offered == at and blocks) then redis.call('HSET', KEYS[1], ARGV[place], ARGV[place + 1]) end
end
return #ARGV / 2
"""


class RedisVerdicts:
    def __init__(self, link: Link, news: News) -> None:
        self.link = link
        self.news = news

    async def read(self) -> dict[str, Verdict]:
        verdicts = {}
        for path, text in (await self.link.ask("HGETALL", KEY)).items():
            try:
                verdicts[path.decode()] = Verdict.parse(text.decode())
            except ValueError:
                log.warning("redis: the blocklist has an entry that nobody of us has written: %r", path)
        return verdicts

    async def offer(self, verdicts: Mapping[str, Verdict]) -> None:
        facts = [part for path, it in verdicts.items() for part in (path, str(it))]
        for start in range(0, len(facts), BATCH):
            await self.link.eval(OFFER, [KEY], *facts[start : start + BATCH])
        await self.news.tell(BLOCKLIST, {})
