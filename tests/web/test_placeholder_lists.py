"""Lists of placeholders and everybody else: who waits for whom, what is kept ready, and what is said of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from proxy.deadline import Deadline
from proxy.delivery.admission import FREE
from proxy.demo.faults import Hold
from proxy.demo.pictures import sample
from proxy.imagekit.placeholders import read_many
from proxy.imagekit.reading import NO_HINTS
from proxy.imagekit.signature import signed
from proxy.media import MediaRequest
from proxy.web.lists.finding import LOOKERS, Finder
from tests.site import Site, client_of
from tests.web.conftest import Start, small_picture
from tests.web.test_placeholders import KEY, NAME, NONE, bare, list_of, place_of, told

COFFEE, MUG, ROCKET, LOGO = (sample(name) for name in ("coffee", "tasse à café", "rocket", "logo"))
DAY = "public, max-age=86400"


@asynccontextmanager
async def akeneo_held(site: Site) -> AsyncIterator[None]:
    """No file of it arrives within the block."""
    release = asyncio.Event()
    try:
        with site.pim.misbehaving(Hold(release)):
            yield
    finally:
        release.set()


async def asked_of_admin(site: Site, path: str, url: str, method: str = "GET") -> httpx.Response:
    async with client_of(site.admin_url) as operator:
        if method == "POST":
            return await operator.post(path, json={"url": url})
        return await operator.get(path, params={"url": url})


async def on_disk_alone(site: Site) -> None:
    await site.delivery.renditions.close()
    memory = site.delivery.renditions.memory
    for key in list(memory.entries):
        memory.drop(key)


# -- who waits for whom --


async def test_what_some_cache_has_waits_for_nobody(site: Site) -> None:
    """Neither for other lists nor for pictures of its own that Akeneo does not give."""
    files = [small_picture(number) for number in range(20)]
    site.pim.add(*files)
    await site.get(place_of(COFFEE))
    await on_disk_alone(site)

    async with akeneo_held(site):
        others = [asyncio.ensure_future(site.get(list_of(*map(bare, part)))) for part in (files[:10], files[10:])]
        await site.pim.until(lambda: site.pim.in_flight == 3)
        listed = await site.get(list_of(bare(COFFEE)))
        alone = asyncio.ensure_future(site.get(place_of(ROCKET)))
        await site.pim.until(lambda: site.pim.in_flight == 4)

    assert (told(listed)[bare(COFFEE)]["width"], listed.headers["X-Cache"]) == (600, "HIT")
    assert site.counted("requests_total", status="200", tier="disk") == 1
    assert [answer.status_code for answer in await asyncio.gather(*others, alone)] == [200] * 3


async def test_what_is_known_to_be_missing_does_not_wait_either(start: Start) -> None:
    site = await start(request_timeout_seconds=2)
    files = [small_picture(number) for number in range(12)]
    site.pim.add(*files)
    await site.get(f"/{NONE}")
    await site.get(place_of(COFFEE))

    async with akeneo_held(site):
        facts = told(await site.get(list_of(*map(bare, files), NONE, bare(COFFEE))))

    assert facts[NONE]["error"]["status"] == 404
    assert facts[bare(COFFEE)]["width"] == 600
    assert {facts[bare(file)]["error"]["status"] for file in files} == {504}


async def test_others_have_their_turn_between_the_pictures_of_a_list(site: Site) -> None:
    files = [small_picture(number) for number in range(50)]
    site.pim.add(*files)
    await site.get(list_of(*map(bare, files)))
    [gate] = site.server.house.endpoints.gates
    wanted = read_many(gate.endpoint, list_of(*map(bare, files)).removeprefix("/"), NO_HINTS, gate.meanings.of)
    turns = 0
    finding = asyncio.ensure_future(Finder(gate, Deadline.after(30), lambda: FREE).find(wanted))
    while not finding.done():
        await asyncio.sleep(0)
        turns += 1

    assert turns > len(files) / LOOKERS


async def test_each_key_is_computed_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = list_of(bare(COFFEE), bare(MUG))
    await site.get(listed)
    delivery, asked = site.delivery, list[str]()
    key_of = delivery.key_of

    def counting(request: MediaRequest) -> str:
        asked.append(str(request.path))
        return key_of(request)

    monkeypatch.setattr(delivery, "key_of", counting)
    for _ in range(3):
        await site.get(listed)

    assert asked == [bare(COFFEE), bare(MUG)]


# -- ready lists --


async def ready_list(site: Site, *more: str) -> str:
    listed = list_of(bare(COFFEE), bare(MUG), *more)
    for _ in range(2):
        await site.get(listed)
    assert len(site.server.public.lists.ready.lists) == 1
    return listed


async def test_a_ready_list_is_the_same_answer(site: Site) -> None:
    listed = await ready_list(site)
    lookups = site.counted("cache_lookups_total", tier="memory", outcome="hit")

    again = await site.get(listed)
    unchanged = await site.get(listed, If_None_Match=again.headers["ETag"])

    assert list(told(again)) == [bare(COFFEE), bare(MUG)]
    assert (again.headers["X-Cache"], again.headers["Cache-Control"]) == ("HIT", DAY)
    assert unchanged.status_code == 304
    assert site.counted("cache_lookups_total", tier="memory", outcome="hit") == lookups + 4
    assert site.counted("listed_placeholders_total", outcome="hit") == 6


async def test_a_purge_of_a_picture_ends_it(site: Site) -> None:
    listed = await ready_list(site)

    async with client_of(site.admin_url) as operator:
        await operator.post("/v1/files/purge", json={"path": bare(MUG)})

    assert (await site.get(listed)).headers["X-Cache"] == "MISS"
    assert site.pim.downloads(MUG.code) == 2


async def test_a_takedown_of_a_picture_ends_it(site: Site) -> None:
    listed = await ready_list(site)

    async with client_of(site.admin_url) as operator:
        await operator.post("/v1/blocklist", json={"path": bare(MUG)})

    answer = await site.get(listed)
    assert told(answer)[bare(MUG)]["error"]["status"] == 410
    assert answer.headers["Cache-Control"] == "no-store"


async def test_what_may_change_is_never_ready(site: Site) -> None:
    listed = list_of(bare(COFFEE), NONE)
    for _ in range(2):
        await site.get(listed)

    assert not site.server.public.lists.ready.lists


async def test_a_file_of_the_folder_is_found_where_it_was_kept(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "logo.png").write_bytes(COFFEE.content)
    site = await start(tmp_path / "cache", folder={"directory": folder})

    answers = [await site.get(list_of("logo.png", bare(MUG))) for _ in range(2)]

    assert [answer.headers["X-Cache"] for answer in answers] == ["MISS", "HIT"]
    assert answers[1].headers["Cache-Control"].startswith("public, max-age=300")
    assert site.counted("requests_total", status="200", tier="memory") == 1


# -- what is said --


async def test_codes_of_a_family_may_stand_together(site: Site) -> None:
    query = f"media-files={COFFEE.code},{MUG.code}&path={bare(ROCKET)}&{LOGO.family}={LOGO.code}"

    facts = told(await site.get(f"/{NAME}?{query}"))
    again = told(await site.viewer.get(f"/{NAME}", params={"media-files": f"{COFFEE.code},{MUG.code}"}))

    assert list(facts) == [bare(COFFEE), bare(MUG), bare(ROCKET), bare(LOGO)]
    assert list(again) == [bare(COFFEE), bare(MUG)]
    assert not any("error" in one for one in facts.values())


@pytest.mark.parametrize(("most", "statuses"), [(0, [404, 404]), (1, [200, 400])])
async def test_how_many_there_may_be_is_a_setting(start: Start, most: int, statuses: list[int]) -> None:
    site = await start(abuse={"most_in_list": most})

    answers = [await site.get(list_of(bare(COFFEE))), await site.get(list_of(bare(COFFEE), bare(MUG)))]

    assert [answer.status_code for answer in answers] == statuses


async def test_the_ladder_holds_unless_it_is_signed(start: Start) -> None:
    site = await start(abuse={"width_ladder": [100, 200]}, signing={"private_key": KEY})
    listed = list_of(bare(COFFEE), more="&tr=w-60")

    free, bound = await site.get("/" + signed(listed[1:], KEY)), await site.get(listed)

    assert (told(bound)[bare(COFFEE)]["width"], bound.headers["X-Snapped"]) == (100, "60->100")
    assert told(free)[bare(COFFEE)]["width"] == 60


async def test_only_names_are_taken_where_nothing_else_is(start: Start) -> None:
    site = await start(named_only=True, named_transformations={"tile": "w-60"})

    named, other = [await site.get(list_of(bare(COFFEE), more=f"&tr={words}")) for words in ("n-tile", "w-60")]

    assert (named.status_code, other.status_code) == (200, 400)


async def test_lists_over_the_budget_are_429_as_a_whole(start: Start) -> None:
    site = await start(abuse={"new_renditions_per_minute": 1})
    await site.get(place_of(COFFEE))

    answer = await site.get(list_of(bare(MUG), bare(ROCKET)))

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


# -- the operator's side --


async def test_a_list_is_explained_picture_by_picture(site: Site) -> None:
    await site.get(place_of(COFFEE))

    facts = (await asked_of_admin(site, "/v1/explain", list_of(bare(COFFEE), bare(MUG), "elsewhere"))).json()

    listed = facts["list"]
    assert [listed[bare(file)]["cache"]["rendition"] for file in (COFFEE, MUG)] == [True, False]
    assert listed["elsewhere"]["error"]["status"] == 404


async def test_a_list_is_seen_from_the_admin_port(site: Site) -> None:
    answer = await asked_of_admin(site, "/v1/preview", list_of(bare(COFFEE), bare(MUG)))

    assert list(told(answer)) == [bare(COFFEE), bare(MUG)]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_list_has_no_purge(site: Site) -> None:
    url = f"https://img.example.com{list_of(bare(COFFEE))}"

    answer = await asked_of_admin(site, "/v1/files/purge", url, "POST")

    assert answer.status_code == 400
    assert "a list is kept by CDNs alone; purge its pictures" in answer.text
