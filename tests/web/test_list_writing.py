"""What a list of placeholders says of itself, from what was found."""

import pytest

from proxy.delivery.delivered import CacheStatus, Delivered
from proxy.errors import MediaNotFound, OriginBusy, OriginDown, OverBudget
from proxy.explain.report import report
from proxy.formats import Format
from proxy.imagekit.url import ReadUrl
from proxy.media import Family, MediaPath, MediaRequest, Rendition
from proxy.plan.plan import Plan
from proxy.web.lists.finding import Found
from proxy.web.lists.writing import a_day_at_most, cache_of, outcome_of, retry_after, status_of, tier_of

URL = ReadUrl(MediaRequest(MediaPath(Family.PRODUCT, "a.jpg"), Plan()))
BODY = Rendition(b"{}", Format.PNG, 1, 1, 1, negotiated=False, told=True)


def had(cache: CacheStatus = CacheStatus.HIT, tier: str = "memory") -> Found:
    return URL, Delivered(BODY, cache, tier)


BUSY, DOWN = OriginBusy("busy", retry_after_seconds=7), OriginDown("down", retry_after_seconds=30)
MISSING, BUDGET = MediaNotFound("no such file"), OverBudget("enough", retry_after_seconds=4)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("public, max-age=31536000, immutable", "public, max-age=86400"),
        ("immutable, max-age=90000", "max-age=86400"),
        ("public, max-age=600, s-maxage=604800", "public, max-age=600, s-maxage=86400"),
        ("no-store", "no-store"),
    ],
)
def test_nobody_keeps_a_list_for_longer_than_a_day(words: str, said: str) -> None:
    assert a_day_at_most(words) == said


@pytest.mark.parametrize(
    ("found", "status", "seconds"),
    [
        ([had(), BUSY, DOWN], 200, 30),
        ([MISSING, BUSY], 200, 7),
        ([BUSY, DOWN], 503, 30),
        ([BUSY, BUDGET], 503, 7),
        ([BUDGET, BUDGET], 429, 4),
        ([MISSING], 200, 0),
    ],
)
def test_a_list_of_nothing_but_passing_errors_is_one(found: list[Found], status: int, seconds: int) -> None:
    assert (status_of(found), retry_after(found)) == (status, seconds)


def test_one_stale_picture_makes_the_list_stale() -> None:
    stale, made = had(CacheStatus.STALE), had(CacheStatus.MISS, "none")

    assert [cache_of(found) for found in ([had(), stale, made], [had(), made], [had()])] == ["STALE", "MISS", "HIT"]


def test_the_tier_is_that_of_all_or_none() -> None:
    assert tier_of([had(), had()]) == "memory"
    assert tier_of([had(), had(tier="disk")]) == "several"
    assert tier_of([had(), MISSING]) == "none"


@pytest.mark.parametrize(
    ("found", "outcome"), [(had(), "hit"), (had(CacheStatus.STALE), "stale"), (MISSING, "refused"), (BUSY, "failed")]
)
def test_outcomes(found: Found, outcome: str) -> None:
    assert outcome_of(found) == outcome


def test_a_person_reads_where_each_picture_of_a_list_is() -> None:
    pictures = {
        "media-files/a.jpg": {"cache": {"key": "k", "rendition": True}},
        "media-files/b.jpg": {"cache": {"key": "k", "rendition": False}},
        "elsewhere": {"error": {"message": "no such media path"}},
    }
    endpoint = {"host": None, "prefix": "/", "connections": ["akeneo"], "folder": False}

    lines = report({"endpoint": endpoint, "signature": "none", "list": pictures}).splitlines()

    assert [line[12:] for line in lines[-3:]] == [
        "media-files/a.jpg: in the cache",
        "media-files/b.jpg: not here",
        "elsewhere: no such media path",
    ]
