"""Health, metrics, the admin port, restarts, newer engines, and an orderly end."""

import asyncio
import json
import logging
import sys
from pathlib import Path

import httpx
import pytest

from proxy.demo.faults import Hold
from proxy.demo.pictures import sample
from proxy.imagekit.signature import signed
from proxy.native.presence import present
from proxy.pixels.job import ENGINE
from proxy.web.access import printable
from proxy.web.answer import Answer
from proxy.web.log_lines import JsonLines
from tests.site import Site, client_of, path_of
from tests.web.conftest import Start, small_picture

COFFEE = path_of(sample("coffee"), "w-80")


async def test_a_ready_server_says_so_without_asking_akeneo(start: Start) -> None:
    site = await start(render={"workers": 2})

    live, ready = await site.get("/-/health/live"), await site.get("/-/health/ready")

    assert (live.status_code, ready.status_code) == (200, 200)
    sandbox = list(site.server.renderers.sandbox)
    assert ready.json()["workers"] == {"ready": 2, "wanted": 2, "sandbox": sandbox, "native": present()}
    assert ready.json()["connections"]["akeneo"]["outcome"] == "unknown"
    assert ready.headers["Cache-Control"] == "no-store"
    assert site.pim.calls == []


async def test_metrics_are_on_the_admin_port_alone(site: Site) -> None:
    await site.get(COFFEE)

    async with client_of(site.admin_url) as operator:
        exposed = await operator.get("/-/metrics")
    public = await site.get("/-/metrics")

    assert 'media_proxy_requests_total{status="200",tier="none"} 1.0' in exposed.text
    assert 'media_proxy_origin_calls_total{connection="akeneo",family="media-files",status="200"} 1.0' in exposed.text
    assert 'media_proxy_render_seconds_count{format="jpg",stage="decode"}' in exposed.text
    assert 'media_proxy_cache_bytes{tier="memory"}' in exposed.text
    assert public.status_code == 404


async def test_the_admin_port_answers_to_loopback_names_only(site: Site) -> None:
    async with client_of(site.admin_url) as operator:
        rebound = await operator.get("/-/metrics", headers={"Host": "evil.example.com"})
        foreign = await operator.get("/-/metrics", headers={"Origin": "https://evil.example.com"})
        local = await operator.get("/-/metrics", headers={"Host": "localhost:8081"})

    assert [rebound.status_code, foreign.status_code, local.status_code] == [403, 403, 200]


async def test_the_admin_port_demands_its_token(start: Start) -> None:
    site = await start(admin_token="t0ken")

    async with client_of(site.admin_url) as operator:
        nobody = await operator.get("/-/metrics")
        guess = await operator.get("/-/metrics", headers={"Authorization": "Bearer tOken"})
        known = await operator.get("/-/metrics", headers={"Authorization": "Bearer t0ken"})

    assert [nobody.status_code, guess.status_code, known.status_code] == [401, 401, 200]


async def test_metrics_can_be_exempted_from_the_token(start: Start) -> None:
    site = await start(admin_token="t0ken", admin_open_metrics=True)

    async with client_of(site.admin_url) as operator:
        nobody = await operator.get("/-/metrics")
        elsewhere = await operator.get("/")

    assert [nobody.status_code, elsewhere.status_code] == [200, 401]
    assert elsewhere.headers["Server"] == "media-proxy"


async def test_a_restart_keeps_renditions_and_originals(start: Start, site: Site) -> None:
    before = await site.get(COFFEE)
    await site.delivery.renditions.close()
    second = await start()

    same = await second.get(COFFEE)
    other = await second.get(path_of(sample("coffee"), "w-81"))

    assert (same.content, same.headers["X-Cache"]) == (before.content, "HIT")
    assert other.status_code == 200
    assert site.pim.downloads() == 1


async def test_a_picture_of_an_older_engine_is_served_while_it_is_drawn_anew(start: Start, site: Site) -> None:
    await site.get(COFFEE)
    await site.delivery.renditions.close()
    newer = await start(engine=ENGINE + 1)

    first = await newer.get(COFFEE)
    await newer.delivery.redraws.settle()
    second = await newer.get(COFFEE)

    assert (first.status_code, first.headers["X-Cache"]) == (200, "STALE")
    assert (second.status_code, second.headers["X-Cache"]) == (200, "HIT")
    assert newer.counted("redraws_total") == 1
    assert newer.counted("renders_total", outcome="drawn") == 1
    assert newer.pim.downloads() == 1


async def test_the_canonical_link_leaves_transformation_and_query_out(start: Start) -> None:
    site = await start(canonical_base_url="https://img.example.com/shop/")

    response = await site.get(COFFEE + "?v=1")
    not_modified = await site.get(COFFEE, If_None_Match="*")
    missing = await site.get("/media-files/0/0/0/0/none.jpg")

    link = f'<https://img.example.com/shop{path_of(sample("coffee"))}>; rel="canonical"'
    assert response.headers["Link"] == not_modified.headers["Link"] == link
    assert "Link" not in missing.headers


async def test_cache_control_is_a_setting(start: Start) -> None:
    site = await start(output={"cache_control": "public, max-age=60"})

    assert (await site.get(COFFEE)).headers["Cache-Control"] == "public, max-age=60"


async def test_the_end_waits_for_running_requests_and_takes_no_new_ones(site: Site) -> None:
    go_on = asyncio.Event()
    site.pim.faults.add(Hold(go_on))
    running_request = asyncio.ensure_future(site.get(COFFEE))
    await site.pim.until(lambda: site.pim.in_flight == 1)

    closing = asyncio.ensure_future(site.server.close())
    while not site.server.health.draining:  # noqa: ASYNC110 (one turn of the loop, not a wait)
        await asyncio.sleep(0)
    go_on.set()
    answer = await running_request
    await closing

    assert answer.status_code == 200
    with pytest.raises(httpx.ConnectError):
        await site.get(COFFEE)


async def test_each_answer_has_a_line_and_a_request_id(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    site = await start(log={"access": "all"})
    caplog.set_level(logging.INFO, "proxy.access")

    response = await site.get(COFFEE)

    [line] = [record.getMessage() for record in caplog.records if record.name == "proxy.access"]
    assert response.headers["X-Request-Id"] in line
    assert line.startswith(f"GET {COFFEE} 200 MISS {len(response.content)}B ")


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("/a.jpg?ik-t=9&ik-s=0123abcd&v=1", "/a.jpg?ik-t=9&ik-s=***&v=1"),
        ("/a.jpg?mp-s=AbC_-&mp-t=0&ik-s=12", "/a.jpg?mp-s=***&mp-t=0&ik-s=***"),
        ("/ik-s=1/a-s=2.jpg?x-s=3&tr=w-9", "/ik-s=1/a-s=2.jpg?x-s=3&tr=w-9"),
        (f"/a.jpg?ik-s={'0' * 3000}", "/a.jpg?ik-s=***"),
    ],
)
def test_no_line_tells_a_signature(target: str, told: str) -> None:
    assert printable(target) == told


async def test_nor_does_that_of_an_answer(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    site = await start(log={"access": "all"}, signing={"private_key": "a key of ours"})
    caplog.set_level(logging.INFO, "proxy.access")
    target = f"/{signed(COFFEE[1:], 'a key of ours')}"
    signature = target.rpartition("=")[2]

    statuses = [(await site.get(target)).status_code for _ in range(2)]  # drawn, then from memory

    lines = [record.getMessage() for record in caplog.records if record.name == "proxy.access"]
    assert (statuses, len(lines)) == ([200, 200], 2)
    assert not [line for line in lines if signature in line]


async def test_only_errors_are_logged_on_demand(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    site = await start(log={"access": "errors"})
    caplog.set_level(logging.INFO, "proxy.access")

    await site.get(COFFEE)
    await site.get("/nothing%0d%0ahere")

    [line] = [record.getMessage() for record in caplog.records if record.name == "proxy.access"]
    assert line.startswith("GET /nothing%0d%0ahere 404 - ")


async def test_no_viewer_notices_that_tokens_expire(site: Site) -> None:
    for number in range(12):
        site.pim.tokens.expire_all()
        files = [small_picture(4 * number + place) for place in range(4)]
        site.pim.add(*files)

        replies = await site.get_all((path_of(file, "w-20"), "*/*") for file in files)

        assert {reply.status for reply in replies} == {200}
    assert site.pim.token_requests == 12


def test_a_json_line_carries_its_facts() -> None:
    facts = json.loads(JsonLines().line(Answer("id", "GET", "/a", 200, "HIT", "memory", 3, 0.5)))

    assert (facts["status"], facts["cache"], facts["target"], facts["milliseconds"]) == (200, "HIT", "/a", 0.5)
    assert (facts["level"], facts["logger"]) == ("INFO", "proxy.access")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody tells what a process has loaded")
async def test_a_worker_draws_without_loading_what_reads_settings(start: Start) -> None:
    """Each would load it anew, at its first picture, and keep it."""
    site = await start(render={"workers": 1})

    await site.get(COFFEE)

    [worker] = site.server.renderers.workers
    assert "PIL" in mapped_by(worker.process_id)
    assert "pydantic" not in mapped_by(worker.process_id)


def mapped_by(process_id: int) -> str:
    """Libraries among them."""
    return Path(f"/proc/{process_id}/maps").read_text()
