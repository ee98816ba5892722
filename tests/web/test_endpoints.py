"""Several endpoints in one server, and a folder beside Akeneo, over loopback."""

import asyncio
import io
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from proxy.demo.faults import Status
from proxy.demo.files import DemoFile, Family
from proxy.demo.pictures import sample
from proxy.demo.pim import DemoPim
from proxy.errors import SettingsError
from proxy.imagekit.signature import signed
from proxy.media import MediaPath
from proxy.origins.folder import FolderOrigin
from tests.site import Site, path_of
from tests.web.conftest import Start, small_picture

COFFEE = sample("coffee")
CHANGING = "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800"
KEY = "private_example_key"
LOBSTER = Path("proxy/pixels/typefaces/lobster/lobster-latin-400-normal.woff2").read_bytes()


def connection_to(pim: DemoPim) -> dict[str, Any]:
    credentials = pim.credentials
    return {
        "url": pim.url,
        "client_id": credentials.client_id,
        "secret": credentials.secret,
        "username": credentials.username,
        "password": credentials.password,
    }


@pytest.fixture
async def other_pim() -> AsyncIterator[DemoPim]:
    async with DemoPim([small_picture(7)]) as pim:
        yield pim


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "folder"
    (root / "logos").mkdir(parents=True)
    Image.new("RGB", (80, 40), (255, 0, 0)).save(root / "logos" / "red.png")
    return root


def opened(response: httpx.Response) -> Image.Image:
    assert response.status_code == 200, response.headers.get("ik-error")
    return Image.open(io.BytesIO(response.content)).convert("RGB")


async def shops(start: Start, other_pim: DemoPim, **changes: Any) -> Site:
    return await start(
        connections={"brand": connection_to(other_pim)},
        endpoints=[
            {
                "prefix": "brand",
                "connections": ["brand", "akeneo"],
                "canonical_base_url": "https://brand.example.com/i",
                "output": {"auto_format": False},
                "named_transformations": {"thumb": "w-20"},
            },
            {"prefix": "safe", "signing": {"private_key": KEY, "required": True}},
            {"host": "only.example.com", "connections": ["akeneo"], "named_only": True},
        ],
        named_transformations={"thumb": "w-30", "wide": "w-50"},
        **changes,
    )


async def test_each_endpoint_speaks_in_its_own_words(start: Start, other_pim: DemoPim) -> None:
    site = await shops(start, other_pim)
    coffee = path_of(COFFEE, "n-thumb")

    brand = await site.get(f"/brand{coffee}", "image/webp")
    wide = await site.get(f"/brand{path_of(COFFEE, 'n-wide')}")
    hosted = await site.get(coffee, "image/webp", Host="only.example.com:80")
    unnamed = await site.get(path_of(COFFEE, "w-30"), Host="only.example.com")
    nowhere = await site.get(coffee)

    assert (opened(brand).width, opened(wide).width, opened(hosted).width) == (20, 50, 30)
    assert (brand.headers["Content-Type"], hosted.headers["Content-Type"]) == ("image/png", "image/webp")
    assert brand.headers["Link"] == f'<https://brand.example.com/i{path_of(COFFEE)}>; rel="canonical"'
    assert "Link" not in hosted.headers
    assert (unnamed.status_code, nowhere.status_code) == (400, 404)


async def test_a_signature_is_that_of_its_endpoint(start: Start, other_pim: DemoPim) -> None:
    site = await shops(start, other_pim)
    target = path_of(COFFEE, "w-30").removeprefix("/")

    unsigned = await site.get(f"/safe/{target}")
    good = await site.get(f"/safe/{signed(target, KEY)}")
    elsewhere = await site.get(f"/brand/{signed(target, KEY)}")

    assert (unsigned.status_code, good.status_code, elsewhere.status_code) == (401, 200, 200)


async def test_the_first_connection_that_has_the_file_wins(start: Start, other_pim: DemoPim) -> None:
    site = await shops(start, other_pim)
    theirs, ours = small_picture(7), COFFEE

    replies = [await site.get(f"/brand{path_of(file, 'w-20')}") for file in (theirs, ours, ours)]

    assert [reply.status_code for reply in replies] == [200, 200, 200]
    assert (other_pim.downloads(theirs.code), site.pim.downloads(theirs.code)) == (1, 0)
    assert (other_pim.downloads(ours.code), site.pim.downloads(ours.code)) == (1, 1)


async def test_what_is_in_no_connection_is_asked_for_once_a_minute(start: Start, other_pim: DemoPim) -> None:
    site = await shops(start, other_pim)

    answers = [await site.get("/brand/media-files/0/0/0/0/none.jpg") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert (other_pim.downloads(), site.pim.downloads()) == (1, 1)


async def test_a_connection_in_trouble_is_not_taken_for_one_without_the_file(start: Start, other_pim: DemoPim) -> None:
    site = await shops(start, other_pim)
    other_pim.faults.add(Status(500))

    missing = await site.get("/brand/media-files/0/0/0/0/none.jpg")
    ours = await site.get(f"/brand{path_of(COFFEE, 'w-20')}")

    assert (missing.status_code, missing.headers["Cache-Control"]) == (502, "no-store")
    assert ours.status_code == 200


async def test_endpoints_with_the_same_origins_share_what_is_drawn(start: Start, other_pim: DemoPim) -> None:
    site = await start(endpoints=[{"prefix": "one"}, {"prefix": "two"}])

    first, second = [await site.get(f"/{name}{path_of(COFFEE, 'w-33')}") for name in ("one", "two")]

    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("MISS", "HIT")


async def test_health_tells_of_each_connection(start: Start, other_pim: DemoPim) -> None:
    site = await shops(start, other_pim)
    await site.get(f"/brand{path_of(COFFEE, 'w-20')}")

    ready = (await site.get("/-/health/ready")).json()

    assert {name: facts["outcome"] for name, facts in ready["connections"].items()} == {"akeneo": "ok", "brand": "ok"}
    assert site.counted("origin_up", connection="brand") == 1


# -- the folder --


async def test_a_file_of_the_folder_is_a_picture_like_others(start: Start, folder: Path) -> None:
    site = await start(folder={"directory": folder})

    response = await site.get("/tr:w-40,f-png/logos/red.png")

    assert opened(response).size == (40, 20)
    assert response.headers["Cache-Control"] == CHANGING
    assert site.pim.calls == []


async def test_a_changed_file_is_seen_at_once(start: Start, folder: Path) -> None:
    site = await start(folder={"directory": folder})
    layered = path_of(COFFEE, "w-60,h-60,l-image,i-logos@@red.png,t-false,w-60,h-60,l-end,f-png")
    pages = ("/tr:w-40,f-png/logos/red.png", layered)
    before = [await site.get(page) for page in pages]

    Image.new("RGB", (80, 40), (0, 0, 255)).save(folder / "new.png")
    os.replace(folder / "new.png", folder / "logos" / "red.png")
    after = [await site.get(page) for page in pages]

    assert [opened(reply).getpixel((10, 10)) for reply in before] == [(255, 0, 0)] * 2
    assert [opened(reply).getpixel((10, 10)) for reply in after] == [(0, 0, 255)] * 2
    assert {reply.headers["Cache-Control"] for reply in (*before, *after)} == {CHANGING}


async def test_an_unchanged_file_is_a_hit(start: Start, folder: Path) -> None:
    site = await start(folder={"directory": folder})
    await site.get("/tr:w-40/logos/red.png")

    again = await site.get("/tr:w-40/logos/red.png")

    assert again.headers["X-Cache"] == "HIT"


async def test_a_folder_that_is_away_is_served_stale_until_it_is_back(start: Start, folder: Path) -> None:
    site = await start(folder={"directory": folder})
    pages = ("/tr:w-40,f-png/logos/red.png", "/tr:orig-true/logos/red.png")
    before = [await site.get(page) for page in pages]

    os.rename(folder, f"{folder}.away")
    away = [await site.get(page) for page in pages]
    os.rename(f"{folder}.away", folder)
    back = [await site.get(page) for page in pages]

    assert [reply.headers["X-Cache"] for reply in (*away, *back)] == ["STALE", "STALE", "HIT", "HIT"]
    assert {reply.headers["Cache-Control"] for reply in (*before, *away, *back)} == {CHANGING}
    assert [reply.content for reply in away] == [reply.content for reply in before]


async def test_a_folder_that_hangs_holds_nobody_up(start: Start, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a network drive does: it says nothing, for as long as it likes."""
    site = await start(folder={"directory": folder})
    page = "/tr:w-40,f-png/logos/red.png"
    before, back = await site.get(page), threading.Event()
    revision_of = FolderOrigin.revision_of

    def hang(origin: FolderOrigin, path: MediaPath) -> str:
        back.wait()
        return revision_of(origin, path)

    try:
        monkeypatch.setattr(FolderOrigin, "revision_of", hang)
        unknown = [asyncio.ensure_future(site.get(f"/tr:w-{width}/logos/no.png")) for width in range(20, 60)]
        stale, other = await site.get(page), await site.get(path_of(COFFEE, "w-60"))
    finally:
        back.set()
    await asyncio.gather(*unknown)

    assert (stale.headers["X-Cache"], stale.content) == ("STALE", before.content)
    assert other.status_code == 200
    assert (await site.get(page)).headers["X-Cache"] == "HIT"


async def test_the_default_image_may_lie_in_the_folder(start: Start, folder: Path) -> None:
    site = await start(folder={"directory": folder})

    response = await site.get("/tr:w-20,f-png,di-logos@@red.png/media-files/0/0/0/0/none.jpg")

    assert opened(response).size == (20, 10)
    assert response.headers["Cache-Control"] == "public, max-age=60"


async def test_the_default_image_stands_in_where_nobody_has_media_codes(start: Start, folder: Path) -> None:
    site = await start(folder={"directory": folder}, endpoints=[{"connections": []}])

    shown, bare = [await site.get(f"/tr:w-20{words}{path_of(COFFEE)}") for words in (",di-logos@@red.png", "")]

    assert opened(shown).size == (20, 10)
    assert bare.status_code == 404
    assert site.pim.downloads() == 0


async def test_without_a_folder_there_are_only_media_paths(site: Site) -> None:
    response = await site.get("/logos/red.png")
    layer = await site.get(path_of(COFFEE, "w-60,l-image,i-logos@@red.png,l-end"))

    assert (response.status_code, layer.status_code) == (404, 404)


@pytest.mark.parametrize(
    "path", ["/logos", "/none.png", "/../folder/logos/red.png", "/.hidden", "/logos%2f..%2f..%2fx"]
)
async def test_what_the_folder_does_not_show_is_not_found(start: Start, folder: Path, path: str) -> None:
    (folder / ".hidden").write_text("secret")
    site = await start(folder={"directory": folder})

    response = await site.get(path)

    assert response.status_code == 404


# -- fonts --

TEXT = "w-200,l-text,i-Hello,fs-30,ff-{},l-end,f-png"


async def test_a_font_that_is_missing_is_replaced_for_a_minute(start: Start, folder: Path) -> None:
    site = await start(folder={"directory": folder})
    bare = await site.get(path_of(COFFEE, "w-200,l-text,i-Hello,fs-30,l-end,f-png"))

    for font in ("fonts@@brand.ttf", "asset-media-files@@0@@0@@0@@0@@none.ttf", "media-files@@..@@x.ttf"):
        first, second = [await site.get(path_of(COFFEE, TEXT.format(font))) for _ in range(2)]
        assert opened(first).tobytes() == opened(second).tobytes() == opened(bare).tobytes()
        assert (first.headers["Cache-Control"], second.headers["X-Cache"]) == ("public, max-age=60", "HIT")
    assert site.pim.downloads() == 2  # the picture, and once the font


async def test_a_missing_font_that_comes_is_taken(start: Start, folder: Path) -> None:
    site = await start(folder={"directory": folder})
    page = path_of(COFFEE, TEXT.format("brand.ttf"))
    before = await site.get(page)

    (folder / "brand.ttf").write_bytes(b"no font at all, but there")
    after = await site.get(page)

    assert (before.headers["Cache-Control"], after.headers["Cache-Control"]) == ("public, max-age=60", CHANGING)
    assert after.headers["X-Cache"] == "MISS"


@pytest.mark.parametrize("home", ["folder", "akeneo"])
async def test_a_font_of_ones_own_is_drawn(start: Start, folder: Path, pim: DemoPim, home: str) -> None:
    site = await start(folder={"directory": folder})
    font = DemoFile.named(Family.ASSET, "brand.woff2", "font/woff2", LOBSTER)
    pim.add(font)
    (folder / "brand.woff2").write_bytes(LOBSTER)
    name = "brand.woff2" if home == "folder" else path_of(font)[1:].replace("/", "@@")

    own = await site.get(path_of(COFFEE, TEXT.format(name)))
    family = await site.get(path_of(COFFEE, TEXT.format("Lobster")))
    default = await site.get(path_of(COFFEE, TEXT.format("Open Sans")))

    assert opened(own).tobytes() == opened(family).tobytes() != opened(default).tobytes()
    assert own.headers["Cache-Control"].startswith(
        "public, max-age=300" if home == "folder" else "public, max-age=31536"
    )


# -- what the viewer hints at --


async def test_a_viewer_who_saves_data_gets_less_of_it(start: Start) -> None:
    site = await start(output={"save_data_quality": 20})
    page = path_of(COFFEE, "w-200,f-jpg")

    plain, saving = await site.get(page), await site.get(page, Save_Data="on")
    named = await site.get(path_of(COFFEE, "w-200,f-jpg,q-90"), Save_Data="on")

    assert len(saving.content) < len(plain.content) < len(named.content)
    assert (plain.headers["Vary"], saving.headers["Vary"]) == ("Save-Data", "Save-Data")
    assert "Vary" not in named.headers


async def test_save_data_is_not_looked_at_unless_it_is_set(site: Site) -> None:
    page = path_of(COFFEE, "w-200,f-jpg")
    await site.get(page)

    saving = await site.get(page, Save_Data="on")

    assert saving.headers["X-Cache"] == "HIT"
    assert "Vary" not in saving.headers


async def test_hints_that_count_are_asked_for(site: Site) -> None:
    asked = await site.get(path_of(COFFEE, "w-auto,dpr-auto,f-jpg"))
    unasked = await site.get(path_of(COFFEE, "w-100,f-jpg"))

    assert asked.headers["Accept-CH"] == "Sec-CH-Width, Sec-CH-DPR"
    assert "Accept-CH" not in unasked.headers


@pytest.mark.parametrize("text", ["w-abc", "n-other", "l-text,i-a"])
async def test_a_named_transformation_that_is_none_stops_the_start(start: Start, text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        await start(named_transformations={"thumb": "w-20", "broken": text})

    assert str(refused.value).startswith("MEDIA_PROXY_NAMED_TRANSFORMATIONS__broken: ")


async def test_connections_to_one_akeneo_by_two_users_are_two(start: Start, pim: DemoPim) -> None:
    wrong = {**connection_to(pim), "username": "somebody", "password": "wrong"}
    endpoints = [{"prefix": "bad", "connections": ["other"]}, {"prefix": "good", "connections": ["akeneo"]}]
    site = await start(connections={"other": wrong}, endpoints=endpoints)

    bad, good = [await site.get(f"/{name}{path_of(COFFEE, 'w-20')}") for name in ("bad", "good")]

    assert (bad.status_code, good.status_code) == (503, 200)


async def test_an_endpoint_may_serve_nothing_but_the_folder(start: Start, folder: Path) -> None:
    site = await start(folder={"directory": folder}, endpoints=[{"connections": []}])

    ours, theirs = await site.get("/tr:w-40/logos/red.png"), await site.get(path_of(COFFEE, "w-20"))

    assert (ours.status_code, theirs.status_code) == (200, 404)
    assert site.pim.calls == []


async def test_while_the_folder_is_away_what_is_cached_is_served(start: Start, folder: Path) -> None:
    site = await start(folder={"directory": folder})
    cached = await site.get("/tr:w-40/logos/red.png")
    os.rename(folder, folder.with_name("away"))

    again, new = await site.get("/tr:w-40/logos/red.png"), await site.get("/tr:w-40/logos/blue.png")

    assert (again.status_code, again.content) == (200, cached.content)
    assert (new.status_code, new.headers["Cache-Control"]) == (502, "no-store")


async def test_a_link_to_the_folder_may_be_led_elsewhere(start: Start, folder: Path) -> None:
    newer, link = folder.with_name("newer"), folder.with_name("current")
    newer.mkdir()
    Image.new("RGB", (10, 10), (0, 0, 255)).save(newer / "a.png")
    Image.new("RGB", (10, 10), (255, 0, 0)).save(folder / "a.png")
    link.symlink_to(folder)
    site = await start(folder={"directory": link})
    before = await site.get("/tr:f-png/a.png")

    link.unlink()
    link.symlink_to(newer)
    after = await site.get("/tr:f-png/a.png")

    assert [opened(reply).getpixel((5, 5)) for reply in (before, after)] == [(255, 0, 0), (0, 0, 255)]


async def test_a_viewers_hint_is_no_reason_to_refuse_the_picture_to_others(site: Site) -> None:
    too_wide = await site.get(path_of(COFFEE, "w-auto,f-jpg"), Sec_CH_Width="65500")
    outside = await site.get(path_of(COFFEE, "w-auto,h-100,cm-extract"), Sec_CH_Width="3000")
    inside = await site.get(path_of(COFFEE, "w-auto,h-100,cm-extract"), Sec_CH_Width="200")

    assert (too_wide.status_code, outside.status_code, inside.status_code) == (200, 400, 200)
    assert outside.headers["Vary"] == "Accept, Sec-CH-Width, Width, Sec-CH-DPR, DPR"
